-- Counts stand with their article, because they are only ever read and written together: JSON, a list of [metric, counted,
-- imported]. Nothing is below zero.
alter table article add column counts text not null default '[]' check (json_valid(counts) and instr(counts, '-') = 0);

update article set counts = (
    select json_group_array(json_array(metric, counted, imported)) from count where article = article.id
);

drop table count;
