-- Sums of ten days, months, quarters, half-years and years that have ended, by day and by article, as `store::Rollup` writes
-- them. They are made from the table `day` in the background, and deleted by a transaction that changes one of their days. A
-- row is long, so this table has row ids.
create table rollup (
    site integer not null references site (id),
    first integer not null,
    last integer not null,
    days blob not null,
    articles blob not null,
    primary key (site, first, last)
) strict;

-- How often days that may be in a roll-up were changed: one that was made meanwhile is not stored.
create table rollup_changes (
    site integer primary key references site (id),
    changes integer not null
) strict;

-- The newsroom's articles by day of publication, and those without one by the day of their creation.
create index article_by_publication on article (site, published) where published is not null;
create index article_by_creation on article (site, created) where put <> 0 and published is null;
