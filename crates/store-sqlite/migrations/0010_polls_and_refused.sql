-- What the newsroom has set for the poll of one article: JSON with its state, its question and the options that are off.
-- `null`: everything is as the site has it.
alter table article add column poll text check (poll is null or json_valid(poll));

-- Numbers of refused events by article, of the last days. `process`: as in `refused`.
create table article_refused (
    article integer not null references article (id) on delete cascade,
    day integer not null,
    process integer not null,
    kind text not null,
    reason text not null,
    count integer not null,
    primary key (article, day, process, kind, reason)
) strict, without rowid;

create index article_refused_by_day on article_refused (day, process);
