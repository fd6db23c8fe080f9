-- What was counted in each hour, of a site and of its articles; and days in the order of days.

-- Days are stored by day, because rankings and sums read whole days, and events of one day then share pages. The days
-- of one article are found by the index.
create table day_of_site (
    site integer not null references site (id),
    day integer not null,
    metric integer not null references metric (id),
    article integer not null references article (id) on delete cascade,
    source integer not null,
    change integer not null,
    primary key (site, day, metric, article, source)
) strict, without rowid;

insert into day_of_site (site, day, metric, article, source, change)
select a.site, d.day, d.metric, d.article, d.source, d.change from day d join article a on a.id = d.article
order by a.site, d.day, d.metric, d.article, d.source;

drop table day;
alter table day_of_site rename to day;
create index day_by_article on day (article, day);

-- Counts of a site by hour: 0 to 23 in the site's time zone. Hour 24: the rest of the day, whose hours are not known
-- (stored before hours were kept, imported, withdrawn by an erasure, or removed with an article of which no hours are
-- stored). Invariant: the hours of a day add up to the days of its articles.
create table hour (
    site integer not null references site (id),
    day integer not null,
    hour integer not null check (hour between 0 and 24),
    metric integer not null references metric (id),
    change integer not null,
    primary key (site, day, hour, metric)
) strict, without rowid;

insert into hour (site, day, hour, metric, change) select site, day, 24, metric, sum(change) from day group by site, day, metric;

-- The same of each article: of its first eight days, and of the site's last eight. Articles are removed and merged by
-- the writer, because an index of articles would be changed by most events.
create table article_hour (
    site integer not null references site (id),
    day integer not null,
    hour integer not null check (hour between 0 and 24),
    article integer not null,
    metric integer not null references metric (id),
    change integer not null,
    primary key (site, day, hour, article, metric)
) strict, without rowid;

-- The first day from which hours of all articles are stored; before it, only those of their first eight days.
create table article_hours_from (
    site integer primary key references site (id),
    day integer not null
) strict;

-- Title, byline and day of every article, for lists: the table `copy` has the texts between them.
create index copy_in_lists on copy (article, title, byline, published);
