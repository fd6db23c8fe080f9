use rusqlite::Connection;

use super::{seen::Seen, vote_log::VoteLog};

/// Readers' events in rows by transaction, and in memory.
pub(super) struct EventLogs {
    pub(super) seen: Seen,
    pub(super) vote_log: VoteLog,
}

impl EventLogs {
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            seen: Seen::load(conn)?,
            vote_log: VoteLog::load(conn)?,
        })
    }

    /// Keeps the transaction's changes, after its commit.
    pub(super) fn commit(&mut self) {
        self.seen.commit();
        self.vote_log.commit();
    }

    /// Takes back the transaction's changes.
    pub(super) fn rollback(&mut self) {
        self.seen.rollback();
        self.vote_log.rollback();
    }
}
