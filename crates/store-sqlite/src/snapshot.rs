use std::path::Path;

use rusqlite::Connection;

use super::{connection, read_model::ReadModel};

/// Database and memory, as of one commit. The connection is separate, so that the writer goes on.
pub(super) struct Snapshot {
    pub(super) conn: Connection,
    pub(super) read_model: ReadModel,
}

/// Opens a read-only connection with a read transaction, which sees the last commit until it is closed.
pub(super) fn read_transaction(database: &Path) -> rusqlite::Result<Connection> {
    let conn = connection::open_read_only(database)?;
    // `begin` is deferred: the first read starts the transaction.
    conn.execute_batch("begin; select count(*) from sqlite_schema")?;
    Ok(conn)
}
