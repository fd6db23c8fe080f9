use std::cell::RefCell;

use rusqlite::{CachedStatement, Connection};

use super::super::vote_log::SET_VOTE;

/// Statements that most events execute. Each is taken from the connection's cache once in a transaction, because that
/// hashes and copies its SQL.
pub(super) struct EventStatements<'w> {
    pub(super) find_vote: Reused<'w>,
    pub(super) set_vote: Reused<'w>,
}

impl EventStatements<'_> {
    pub(super) fn new() -> Self {
        Self {
            // No join with the options' names: SQLite would re-plan the statement for each reader.
            find_vote: Reused::new(
                "select reaction, seq from vote where article = ?1 and voter = ?2",
            ),
            set_vote: Reused::new(SET_VOTE),
        }
    }
}

/// A statement, prepared when it is first used.
pub(super) struct Reused<'w> {
    sql: &'static str,
    prepared: RefCell<Option<CachedStatement<'w>>>,
}

impl<'w> Reused<'w> {
    fn new(sql: &'static str) -> Self {
        Self {
            sql,
            prepared: RefCell::default(),
        }
    }

    /// Runs the statement. `run` must not run it again.
    pub(super) fn with<T>(
        &self,
        conn: &'w Connection,
        run: impl FnOnce(&mut CachedStatement<'w>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let mut prepared = self.prepared.borrow_mut();
        let statement = match &mut *prepared {
            Some(statement) => statement,
            empty => empty.insert(conn.prepare_cached(self.sql)?),
        };
        run(statement)
    }
}
