-- Whether the newsroom has told of the article: by a copy, by starting counts, or by registering it with neither.
alter table article add column put integer not null default 0;

update article set put = 1 where exists (select 1 from copy where article = article.id)
    or exists (select 1 from json_each(counts) where value ->> 2 > 0);
