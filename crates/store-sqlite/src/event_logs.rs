use rusqlite::Connection;

use super::{count_log::CountLog, rollups::RolledDays, seen::Seen, vote_log::VoteLog};

/// Readers' events in rows by transaction, and in memory.
pub(super) struct EventLogs {
    pub(super) seen: Seen,
    pub(super) vote_log: VoteLog,
    pub(super) count_log: CountLog,
}

impl EventLogs {
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            seen: Seen::load(conn)?,
            vote_log: VoteLog::load(conn)?,
            count_log: CountLog::load(conn)?,
        })
    }

    /// Whether no vote and no count is in a log.
    pub(super) fn is_empty(&self) -> bool {
        self.vote_log.is_empty() && self.count_log.is_empty()
    }

    /// Moves the logged votes and counts into their tables.
    pub(super) fn fold(
        &mut self,
        conn: &Connection,
        rolled_days: &mut RolledDays,
    ) -> rusqlite::Result<()> {
        self.vote_log.fold(conn)?;
        self.count_log.fold(conn, rolled_days)
    }

    /// Keeps the transaction's changes, after its commit.
    pub(super) fn commit(&mut self) {
        self.seen.commit();
        self.vote_log.commit();
        self.count_log.commit();
    }

    /// Takes back the transaction's changes.
    pub(super) fn rollback(&mut self) {
        self.seen.rollback();
        self.vote_log.rollback();
        self.count_log.rollback();
    }
}
