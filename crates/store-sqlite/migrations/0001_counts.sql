-- Reactions = votes + imported; reads and shares = imported + the sum of days. Always.

-- The key of the votes' hashes. It is kept with the votes because without it they are nobody's: a
-- backup must hold both. It protects 128 random bits, which nobody can guess with it either.
create table secret (
    name text primary key,
    value blob not null
) strict, without rowid;

create table site (
    id integer primary key,
    name text not null unique
) strict;

-- reads, reaction:KEY, share:KEY
create table metric (
    id integer primary key,
    name text not null unique
) strict;

-- An id is never used again (autoincrement): votes and reads are hashed with it. Days are days since
-- 1970-01-01 in the site's time zone.
create table article (
    id integer primary key autoincrement,
    site integer not null references site (id),
    key text not null,
    rev integer not null,
    created integer not null,
    published integer,
    unique (site, key)
) strict;

-- The endpoint's copy of an article.
create table copy (
    article integer primary key references article (id) on delete cascade,
    title text not null,
    byline text,
    published text,
    url text,
    html text not null
) strict;

create table count (
    article integer not null references article (id) on delete cascade,
    metric integer not null references metric (id),
    counted integer not null check (counted >= 0),
    imported integer not null check (imported >= 0),
    primary key (article, metric)
) strict, without rowid;

-- What was counted in a day; for reactions the net change.
create table day (
    article integer not null references article (id) on delete cascade,
    day integer not null,
    metric integer not null references metric (id),
    change integer not null,
    primary key (article, day, metric)
) strict, without rowid;

-- One row a reader and article, also after she took her choice back: its seq still decides.
create table vote (
    article integer not null references article (id) on delete cascade,
    voter blob not null check (length(voter) = 16),
    reaction integer references metric (id),
    seq integer not null,
    primary key (article, voter)
) strict, without rowid;

-- Reads and shares of the live windows; deleted with their salts, which are not in this file.
create table seen (
    site integer not null references site (id),
    window integer not null,
    digest blob not null check (length(digest) = 16),
    primary key (site, window, digest)
) strict, without rowid;
