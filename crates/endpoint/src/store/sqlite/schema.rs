use rusqlite::Connection;

use crate::{store::OpenError, visitor::HashKey};

/// In order; a database has had the first `user_version` of them.
const MIGRATIONS: [&str; 4] = [
    include_str!("../../../migrations/0001_counts.sql"),
    include_str!("../../../migrations/0002_moving.sql"),
    include_str!("../../../migrations/0003_counts_with_articles.sql"),
    include_str!("../../../migrations/0004_days_by_day.sql"),
];

/// "Gema" in ASCII: how SQLite's header says whose file it is.
const APPLICATION_ID: i32 = 0x4765_6d61;

/// Pages that are kept in memory, in KiB.
const PAGES_KIB: i32 = 4 * 1024;

/// Brings the schema up to date, whatever it is: empty, older, or this one.
pub(super) fn prepare(conn: &mut Connection) -> Result<(), OpenError> {
    // Only an empty file's format can still be chosen; WAL and what follows hold for this connection.
    conn.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma foreign_keys = on;",
    )?;
    // SQLite's own 2 MB are too few for the pages that events change again and again: it would read them for each.
    conn.pragma_update(None, "cache_size", -PAGES_KIB)?;
    conn.set_prepared_statement_cache_capacity(64);
    let version: usize = conn.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    let owner: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: u32 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if owner != APPLICATION_ID && tables > 0 {
        return Err(OpenError::NotOurs);
    }
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer { found: version, known: MIGRATIONS.len() });
    }
    for (at, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = conn.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", at as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Refuses what is no database of ours, also an empty one.
pub(super) fn require_ours(conn: &Connection) -> Result<(), OpenError> {
    let owner: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if owner == APPLICATION_ID { Ok(()) } else { Err(OpenError::NotOurs) }
}

/// Makes the key of the votes' hashes, once a database.
pub(super) fn ensure_vote_secret(conn: &Connection, fresh: &HashKey) -> rusqlite::Result<()> {
    conn.execute("insert or ignore into secret (name, value) values ('vote', ?1)", [&fresh.0])?;
    Ok(())
}
