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
pub struct Intake(Arc<RwLock<bool>>);

impl Intake {
    /// Starts a write, which lasts while the returned guard lives.
    ///
    /// # Errors
    /// 503 while a copy is running or after it has completed.
    pub fn begin(&self) -> Result<OwnedRwLockReadGuard<bool>, Problem> {
        let writing = Arc::clone(&self.0).try_read_owned().ok().filter(|ended| !**ended);
        writing.ok_or_else(|| WritesBlocked::Migrating.into())
    }

    /// Waits for running writes, then blocks new ones while the returned guard lives; permanently, if its value is set
    /// to true.
    pub async fn hold(&self) -> OwnedRwLockWriteGuard<bool> {
        Arc::clone(&self.0).write_owned().await
    }
}

/// Whether the store accepts writes.
///
/// # Errors
/// The reason why it does not.
pub async fn is_open(store: &dyn Store) -> Result<(), WritesBlocked> {
    if store.accepts_writes() { Ok(()) } else { store.refresh_write_block().await }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn nobody_begins_while_all_is_held_and_all_is_held_when_nobody_writes() {
        let intake = Intake::default();
        let writing = intake.begin().unwrap();
        let mut holding = std::pin::pin!(intake.hold());
        tokio::select! {
            biased;
            _ = &mut holding => panic!("somebody writes still"),
            () = std::future::ready(()) => {}
        }
        assert!(intake.begin().is_err(), "it waits for those before, not for those after");
        drop(writing);
        let held = holding.await;
        assert_eq!(intake.begin().unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(held);
        assert!(intake.begin().is_ok());
    }

    #[tokio::test]
    async fn what_has_ended_begins_no_more_and_whoever_would_hold_it_does_not_wait() {
        let intake = Intake::default();
        *intake.hold().await = true;
        assert_eq!(intake.begin().unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(*intake.hold().await);
    }
}
