-- Aliases of articles, and imports from other databases.

-- Whether anything was ever counted under the article's own id, and whether votes may be hashed with it.
alter table article add column own integer not null default 1;
alter table article add column voted integer not null default 1;

-- A key for which another article answers. `carried`: counts moved with the alias and cannot be separated any more.
create table alias (
    site integer not null references site (id),
    key text not null,
    article integer not null references article (id) on delete cascade,
    carried integer not null,
    primary key (site, key)
) strict, without rowid;

create index alias_article on alias (article);

-- Another id under which some of an article's counts originated: that of a merged article, or its id in the database
-- that it was imported from. Votes may be hashed with that database's key and that id (`voted`); reads of this database
-- may be hashed with that id until the day `until`. `rev`: the revision at the last import. `home`: the article
-- originated there, and new votes are hashed with this id, so that databases which import each other recognise the same
-- readers.
create table source (
    id integer primary key,
    article integer not null references article (id) on delete cascade,
    secret text not null references secret (name),
    number integer not null,
    rev integer not null,
    until integer not null,
    voted integer not null,
    home integer not null,
    unique (secret, number)
) strict;

create index source_article on source (article);

-- Days are stored per source, so that a repeated import does not add them again. Source 0: the article's own id.
create table day_of_source (
    article integer not null references article (id) on delete cascade,
    day integer not null,
    metric integer not null references metric (id),
    source integer not null,
    change integer not null,
    primary key (article, day, metric, source)
) strict, without rowid;

insert into day_of_source (article, day, metric, source, change) select article, day, metric, 0, change from day;
drop table day;
alter table day_of_source rename to day;
