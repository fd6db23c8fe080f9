-- The newest votes in the order of arrival: one row for each transaction, with a record of 34 bytes for each of its votes,
-- sorted. A record is the article (8 bytes), the voter (16), the seq (8) and the option (2; 0: taken back), numbers in
-- big-endian order. It replaces the row of the same article and voter in `vote`, where it moves later. Of two records of one
-- article and voter, the later one counts. A row may be long, so this table has row ids.
create table vote_log (
    id integer primary key,
    votes blob not null check (length(votes) > 0 and length(votes) % 34 = 0)
) strict;
