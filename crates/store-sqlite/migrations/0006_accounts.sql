-- Accounts of the newsroom. Times are seconds since 1970-01-01 UTC.

-- JSON: roles by site, the password's argon2id hash, the epoch, the hash of a pending invitation.
create table account (
    name text primary key,
    value text not null check (json_valid(value))
) strict, without rowid;

-- Sessions of browsers, by the SHA-256 of their token. A session is valid while its epoch is that of the account.
create table session (
    token blob primary key check (length(token) = 32),
    account text not null,
    epoch integer not null,
    created integer not null,
    used integer not null
) strict, without rowid;

-- Read-only links, by the SHA-256 of their token.
create table link (
    token blob primary key check (length(token) = 32),
    site text not null,
    section text,
    label text not null,
    author text not null,
    created integer not null,
    expires integer not null
) strict, without rowid;

-- The log of who did what. JSON: the actor, the action, its subject, the sites.
create table audit (
    at integer not null,
    id integer not null,
    value text not null check (json_valid(value)),
    primary key (at, id)
) strict, without rowid;
