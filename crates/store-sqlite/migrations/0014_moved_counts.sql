-- How far the counts of the log's older rows have moved into their tables, as of the transaction of this row: those of rows
-- until `moved_until`, of articles until `moved_article`, are in the tables already. Only the last row tells; null: none.
alter table count_log add column moved_until integer;
alter table count_log add column moved_article integer;
