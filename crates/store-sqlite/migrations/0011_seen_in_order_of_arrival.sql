-- Counted reads and shares are looked up in memory, so their rows are in the order of arrival: one for each transaction, site
-- and window, with the last 8 bytes of each digest, sorted. A row may be long, so this table has row ids.
create table seen_by_arrival (
    id integer primary key,
    site integer not null references site (id),
    window integer not null,
    marks blob not null check (length(marks) > 0 and length(marks) % 8 = 0)
) strict;

insert into seen_by_arrival (site, window, marks) select site, window, substr(digest, 9) from seen;

drop table seen;
alter table seen_by_arrival rename to seen;
