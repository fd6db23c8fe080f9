-- The newest counts of readers' events in the order of arrival: one row for each transaction, with a record for each of its
-- articles. A record is the article (8 bytes), its rev (8), the day of its creation (4), whether it has counts (bit 0) and
-- votes (bit 1) of its own (1), the number of its changes (2), and each change: day (4), hour (1), metric (2) and change (8);
-- numbers in big-endian order. They replace and are added to what is in `article`, `day`, `hour` and `article_hour`, where
-- they move later, all at once. A row may be long, so this table has row ids.
create table count_log (
    id integer primary key,
    changes blob not null check (length(changes) > 0)
) strict;
