-- An article's counts are stored in its row, because they are only read and written together: a JSON list of [metric,
-- counted, imported]. No number is negative.
alter table article add column counts text not null default '[]' check (json_valid(counts) and instr(counts, '-') = 0);

update article set counts = (
    select json_group_array(json_array(metric, counted, imported)) from count where article = article.id
);

drop table count;
