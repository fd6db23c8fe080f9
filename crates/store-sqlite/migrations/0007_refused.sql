-- Numbers of refused events by day. `process`: the process that refused them; 0: processes that have ended.
create table refused (
    site integer not null references site (id),
    day integer not null,
    process integer not null,
    kind text not null,
    reason text not null,
    count integer not null,
    primary key (site, day, process, kind, reason)
) strict, without rowid;
