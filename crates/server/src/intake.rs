//! Whether what would change counts is taken: not while all of them are copied to another store, so that nothing is acknowledged
//! that would stay behind. This process knows by itself what is copied out of its own file; whether others copy what it shares
//! with them, its store looks.

use std::sync::Arc;

use store::{Closed, Store};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::problem::Problem;

/// Who writes, and whether anybody may. Set: nobody until this process ends, because all counts are elsewhere.
#[derive(Debug, Default)]
pub struct Intake(Arc<RwLock<bool>>);

impl Intake {
    /// Something is written for as long as what this gives lives.
    ///
    /// # Errors
    /// 503 while writes are held, and after they have ended.
    pub fn begin(&self) -> Result<OwnedRwLockReadGuard<bool>, Problem> {
        let writing = Arc::clone(&self.0).try_read_owned().ok().filter(|ended| !**ended);
        writing.ok_or_else(|| Closed::Moving.into())
    }

    /// Waits for what is being written. Nothing else is for as long as what this gives lives; nor afterwards, if it is set.
    pub async fn hold(&self) -> OwnedRwLockWriteGuard<bool> {
        Arc::clone(&self.0).write_owned().await
    }
}

/// Whether the store takes writes.
///
/// # Errors
/// Why it does not.
pub async fn is_open(store: &dyn Store) -> Result<(), Closed> {
    if store.is_open() { Ok(()) } else { store.look().await }
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
