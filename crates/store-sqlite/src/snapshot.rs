use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::memory::Memory;

/// Everything as of one commit: what is on disk, seen by a connection of its own so that the writer goes on, and the memory
/// of the same moment.
pub(super) struct Snapshot {
    pub(super) conn: Connection,
    pub(super) memory: Memory,
}

/// A connection that only reads, beside the writer's. It sees the last commit until it ends.
pub(super) fn pinned(database: &Path) -> rusqlite::Result<Connection> {
    let conn =
        Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // The first question begins the transaction.
    conn.execute_batch("begin; select count(*) from sqlite_schema")?;
    Ok(conn)
}
