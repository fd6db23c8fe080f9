//! Rows of the logs of events.

use rusqlite::Connection;

/// Into about how many parts the deletion of rows is divided. In tests so few that it ends soon.
const PARTS: i64 = if cfg!(debug_assertions) { 3 } else { 32 };

/// Minimum number of rows that are deleted at once.
const AT_LEAST: i64 = if cfg!(debug_assertions) { 2 } else { 16 };

/// Deletes the oldest rows of a log, of those until this one. Returns whether none of them is left. Deleted pages are
/// overwritten, so that events would wait some milliseconds for all at once.
pub(super) fn delete_oldest(conn: &Connection, log: &str, until: i64) -> rusqlite::Result<bool> {
    let first: i64 = conn
        .prepare_cached(&format!("select coalesce(min(id), 0) from {log}"))?
        .query_row([], |row| row.get(0))?;
    let rows = ((until - first) / PARTS).max(AT_LEAST);
    let last = until.min(first.saturating_add(rows - 1));
    conn.prepare_cached(&format!("delete from {log} where id <= ?1"))?
        .execute([last])?;
    Ok(last == until)
}
