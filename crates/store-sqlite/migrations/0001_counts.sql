-- Invariants: reactions = votes + imported; reads and shares = imported + the sum of days.

-- The keys of the vote hashes. They are kept with the votes, because hashes without their key are useless, so a backup
-- must contain both. What is hashed contains 128 random bits, which cannot be guessed even with the key.
create table secret (
    name text primary key,
    value blob not null
) strict, without rowid;

create table site (
    id integer primary key,
    name text not null unique
) strict;

-- Names of metrics: reads, reaction:KEY, share:KEY.
create table metric (
    id integer primary key,
    name text not null unique
) strict;

-- Ids are never reused (autoincrement), because votes and reads are hashed with them. Days are days since 1970-01-01 in
-- the site's time zone.
create table article (
    id integer primary key autoincrement,
    site integer not null references site (id),
    key text not null,
    rev integer not null,
    created integer not null,
    published integer,
    unique (site, key)
) strict;

-- The stored copy of an article.
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

-- Daily counts; for reactions, the net change.
create table day (
    article integer not null references article (id) on delete cascade,
    day integer not null,
    metric integer not null references metric (id),
    change integer not null,
    primary key (article, day, metric)
) strict, without rowid;

-- One row per reader and article; a withdrawn vote keeps its row, because its seq still decides.
create table vote (
    article integer not null references article (id) on delete cascade,
    voter blob not null check (length(voter) = 16),
    reaction integer references metric (id),
    seq integer not null,
    primary key (article, voter)
) strict, without rowid;

-- Deduplication digests of reads and shares in the live windows; deleted with their salts, which are not in this file.
create table seen (
    site integer not null references site (id),
    window integer not null,
    digest blob not null check (length(digest) = 16),
    primary key (site, window, digest)
) strict, without rowid;
