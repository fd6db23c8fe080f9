use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use text::printable::printable;
use visitor::HashKey;

use super::failure::OpenFailure;
use store::OpenError;

/// Migrations in order; `user_version` counts those that were applied.
const MIGRATIONS: [&str; 14] = [
    include_str!("../migrations/0001_counts.sql"),
    include_str!("../migrations/0002_moving.sql"),
    include_str!("../migrations/0003_counts_with_articles.sql"),
    include_str!("../migrations/0004_days_by_day.sql"),
    include_str!("../migrations/0005_put.sql"),
    include_str!("../migrations/0006_accounts.sql"),
    include_str!("../migrations/0007_refused.sql"),
    include_str!("../migrations/0008_hours.sql"),
    include_str!("../migrations/0009_rollups.sql"),
    include_str!("../migrations/0010_polls_and_refused.sql"),
    include_str!("../migrations/0011_seen_in_order_of_arrival.sql"),
    include_str!("../migrations/0012_vote_log.sql"),
    include_str!("../migrations/0013_count_log.sql"),
    include_str!("../migrations/0014_moved_counts.sql"),
];

/// "Gema" in ASCII: the `application_id` in SQLite's header.
const APPLICATION_ID: i32 = 0x4765_6d61;

/// The first bytes of every SQLite database.
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// Where SQLite's header has the `application_id`, in big-endian order.
const APPLICATION_ID_BYTES: std::ops::Range<usize> = 68..72;

/// Size of the page cache, in KiB.
const PAGE_CACHE_KIB: i32 = 4 * 1024;

/// Whether these are the first bytes of a database of Gema.
pub(super) fn is_header_of_ours(header: &[u8]) -> bool {
    header.starts_with(SQLITE_MAGIC)
        && header.get(APPLICATION_ID_BYTES) == Some(&APPLICATION_ID.to_be_bytes()[..])
}

/// Migrates the schema to the current version; creates it in an empty file.
pub(super) fn prepare(conn: &mut Connection) -> Result<(), OpenFailure> {
    use_wal(conn)?;
    conn.execute_batch(
        "pragma synchronous = full; pragma secure_delete = on; pragma foreign_keys = on;",
    )?;
    // SQLite's default of 2 MB is too small for the working set of events: pages would be read again for each.
    conn.pragma_update(None, "cache_size", -PAGE_CACHE_KIB)?;
    conn.set_prepared_statement_cache_capacity(96);
    let version: usize =
        conn.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    let owner: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: u32 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if owner != APPLICATION_ID && tables > 0 {
        return Err(OpenError::NotOurs.into());
    }
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer {
            found: version,
            known: MIGRATIONS.len(),
        }
        .into());
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

/// Sets the journal mode, which is stored in the file. SQLite keeps the old mode, without an error, if the shared memory of
/// the new one cannot be used. It commits the new mode after it has returned the name.
fn use_wal(conn: &Connection) -> Result<(), OpenFailure> {
    let mut set = conn.prepare("pragma journal_mode = wal")?;
    let modes = set.query_map([], |row| row.get(0))?;
    let modes: Vec<String> = modes.collect::<rusqlite::Result<_>>()?;
    match modes[..] {
        [ref mode] if mode == "wal" || mode == "memory" => Ok(()),
        _ => Err(OpenError::Engine(
            "its write-ahead log cannot be used: let gema write to the directory, on a disk of this machine".into(),
        )
        .into()),
    }
}

/// Rejects an empty file, a foreign database, and a schema that differs from what the migrations create: an added
/// trigger, view, column or constraint would run with every write. Nothing of the file has been executed before this
/// check.
pub(super) fn require_ours(conn: &Connection) -> Result<(), OpenFailure> {
    conn.execute_batch("pragma trusted_schema = off")?;
    let owner: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if owner != APPLICATION_ID {
        return Err(OpenError::NotOurs.into());
    }
    let version: usize =
        conn.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    let Some(migrations) = MIGRATIONS.get(..version) else {
        return Err(OpenError::Newer {
            found: version,
            known: MIGRATIONS.len(),
        }
        .into());
    };
    let differences = differences(conn, migrations)?;
    if differences.is_empty() {
        Ok(())
    } else {
        Err(OpenError::Changed(differences.join(", ")).into())
    }
}

/// How the schema of a prepared database differs from Gema's: one phrase for each object.
pub(super) fn changes(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    differences(conn, &MIGRATIONS)
}

fn differences(conn: &Connection, migrations: &[&str]) -> rusqlite::Result<Vec<String>> {
    let model = Connection::open_in_memory()?;
    migrations
        .iter()
        .try_for_each(|migration| model.execute_batch(migration))?;
    let found = objects(conn)?;
    let expected = objects(&model)?;
    let differs = |object: &Object| match (found.get(object), expected.get(object)) {
        (Some(_), None) => Some(format!("{} is not gema's", object.shown())),
        (None, _) => Some(format!("{} is missing", object.shown())),
        (found, expected) if found != expected => Some(format!("{} is another", object.shown())),
        _ => None,
    };
    let all: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    Ok(all.into_iter().filter_map(differs).collect())
}

/// An object of a schema: type and name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Object(String, String);

impl Object {
    fn shown(&self) -> String {
        printable(&format!("{} `{}`", self.0, self.1))
    }
}

/// All objects of a schema, each with its table and SQL. White space and quotes are removed, because versions of
/// SQLite write them differently when a table is renamed. Tables of statistics (`analyze`) are ignored: they hold no
/// code.
fn objects(conn: &Connection) -> rusqlite::Result<BTreeMap<Object, String>> {
    let mut select = conn.prepare(
        "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema \
         where not (type = 'table' and name in ('sqlite_stat1', 'sqlite_stat4'))",
    )?;
    let normalised = |table: String, sql: String| -> String {
        format!("{table}:{sql}")
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '"')
            .collect()
    };
    let rows = select.query_map([], |row| {
        Ok((
            Object(row.get(0)?, row.get(1)?),
            normalised(row.get::<_, String>(2)?, row.get::<_, String>(3)?),
        ))
    })?;
    rows.collect()
}

/// Stores a vote key if the database has none.
pub(super) fn ensure_vote_secret(conn: &Connection, fresh: &HashKey) -> rusqlite::Result<()> {
    conn.execute(
        "insert or ignore into secret (name, value) values ('vote', ?1)",
        [&fresh.0],
    )?;
    Ok(())
}
