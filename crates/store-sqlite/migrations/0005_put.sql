-- Whether the newsroom has submitted the article: with a copy, with starting counts, or with neither.
alter table article add column put integer not null default 0;

update article set put = 1 where exists (select 1 from copy where article = article.id)
    or exists (select 1 from json_each(counts) where value ->> 2 > 0);
