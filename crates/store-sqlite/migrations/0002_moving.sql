-- Articles that have moved: here from one key to another, or here from another database.

-- Whether anything was ever counted under the article's own id, and whether votes may be hashed with it.
alter table article add column own integer not null default 1;
alter table article add column voted integer not null default 1;

-- A key for which another article answers. `carried`: counts came along, which cannot be told apart any more.
create table alias (
    site integer not null references site (id),
    key text not null,
    article integer not null references article (id) on delete cascade,
    carried integer not null,
    primary key (site, key)
) strict, without rowid;

create index alias_article on alias (article);

-- Another id under which some of an article's counts arose: of an article that has become part of it, or its id in the
-- database that it was imported from. Votes may be hashed with that database's secret and that id (`voted`: there may be
-- such), and reads of this database, until that day, with that id. `rev` is that of what has been taken over. `home`: the
-- article began there, and new votes are hashed with it, so that databases that count on apart know each other's readers.
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

-- Days of each source by themselves, so that the same days cannot be taken over twice. 0: the article's own id.
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
