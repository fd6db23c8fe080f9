//! Write block: writes are rejected while all data is copied to another store, so that none is acknowledged and then
//! left behind. A copy out of this process's own file is tracked here; for a shared store, the store polls its
//! migration flag.

use std::sync::Arc;

use store::{Store, WritesBlocked};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::problem::Problem;

/// Read lock: a write is in progress. Write lock: a copy is. The value: all data has been moved, so writes stay
/// blocked until this process ends.
#[derive(Debug, Default)]
pub struct WriteBlock(Arc<RwLock<bool>>);

impl WriteBlock {
    /// Starts a write, which lasts while the returned guard lives.
    ///
    /// # Errors
    /// 503 while a copy is running or after it has completed.
    pub fn begin_write(&self) -> Result<OwnedRwLockReadGuard<bool>, Problem> {
        let writing = Arc::clone(&self.0)
            .try_read_owned()
            .ok()
            .filter(|ended| !**ended);
        writing.ok_or_else(|| WritesBlocked::Migrating.into())
    }

    /// Waits for running writes, then blocks new ones while the returned guard lives; permanently, if its value is set
    /// to true.
    pub async fn block(&self) -> OwnedRwLockWriteGuard<bool> {
        Arc::clone(&self.0).write_owned().await
    }
}

/// Whether the store accepts writes.
///
/// # Errors
/// The reason why it does not.
pub async fn check_store_open(store: &dyn Store) -> Result<(), WritesBlocked> {
    if store.accepts_writes() {
        Ok(())
    } else {
        store.refresh_write_block().await
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_write_block_waits_for_writes_and_refuses_new_ones() {
        let write_block = WriteBlock::default();
        let writing = write_block.begin_write().unwrap();
        let mut holding = std::pin::pin!(write_block.block());
        tokio::select! {
            biased;
            _ = &mut holding => panic!("somebody writes still"),
            () = std::future::ready(()) => {}
        }
        assert!(
            write_block.begin_write().is_err(),
            "it waits for those before, not for those after"
        );
        drop(writing);
        let held = holding.await;
        assert_eq!(
            write_block.begin_write().unwrap_err().status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        drop(held);
        assert!(write_block.begin_write().is_ok());
    }

    #[tokio::test]
    async fn a_completed_migration_blocks_writes_without_waiting() {
        let write_block = WriteBlock::default();
        *write_block.block().await = true;
        assert_eq!(
            write_block.begin_write().unwrap_err().status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert!(*write_block.block().await);
    }
}
