//! Single-flight cache: one task at a time computes a missing value, for all callers that wait for it. The task
//! continues if callers are cancelled. After a failure, callers get the error immediately until the next attempt.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use store::StoreError;
use tokio::sync::watch;

use super::Clock;

/// Delay before the next attempt after a failure, in milliseconds.
pub(super) const REST_MS: i64 = 5000;

/// Computed values by key.
pub(super) struct SingleFlight<K, T>(Mutex<State<K, T>>);

struct State<K, T> {
    known: HashMap<K, T>,
    /// Time and error of the last attempt, if it failed.
    failed: Option<(Timestamp, StoreError)>,
    making: Option<Making<K, T>>,
}

/// A computation in progress.
#[derive(Clone)]
struct Making<K, T> {
    key: K,
    /// Its result.
    end: watch::Receiver<Option<Result<T, StoreError>>>,
}

impl<K, T> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self(Mutex::new(State { known: HashMap::new(), failed: None, making: None }))
    }
}

impl<K, T> SingleFlight<K, T>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// The cached value, if it is fresh, or else a new one. After a recent failure, returns its error immediately;
    /// then one caller retries, and the others get the error meanwhile.
    pub(super) async fn get<F>(
        self: &Arc<Self>,
        clock: &Arc<Clock>,
        key: &K,
        is_fresh: impl Fn(&T, Timestamp) -> bool,
        make: impl Fn() -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        loop {
            let mut making = {
                let (mut state, now) = (self.state(), clock());
                if let Some(known) = state.known.get(key).filter(|known| is_fresh(known, now)) {
                    return Ok(known.clone());
                }
                if let Some(why) = state.refuses(now) {
                    return Err(why);
                }
                match state.making() {
                    Some(making) => making.clone(),
                    None => self.begin(&mut state, clock, key, make()),
                }
            };
            let end = making.end.wait_for(Option::is_some).await.ok().and_then(|end| end.clone());
            // `None`: the task has panicked.
            let end = end.unwrap_or(Err(StoreError::Unavailable));
            if end.is_err() || making.key == *key {
                return end;
            }
        }
    }

    /// The last value, however old.
    pub(super) fn last(&self, key: &K) -> Option<T> {
        self.state().known.get(key).cloned()
    }

    /// Whether the state must be kept: it has a usable value, a recent failure, or a computation in progress.
    pub(super) fn is_of_use(&self, now: Timestamp, is_known: impl Fn(&T) -> bool) -> bool {
        let state = self.state();
        state.making().is_some() || state.refuses(now).is_some() || state.known.values().any(is_known)
    }

    fn begin<F>(self: &Arc<Self>, state: &mut State<K, T>, clock: &Arc<Clock>, key: &K, make: F) -> Making<K, T>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (tell, end) = watch::channel(None);
        let making = Making { key: key.clone(), end };
        state.making = Some(making.clone());
        let (made, clock, key) = (Arc::clone(self), Arc::clone(clock), key.clone());
        tokio::spawn(async move {
            let end = make.await;
            made.state().ends(key, &end, clock());
            tell.send_replace(Some(end));
        });
        making
    }

    fn state(&self) -> MutexGuard<'_, State<K, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, T: Clone> State<K, T> {
    fn making(&self) -> Option<&Making<K, T>> {
        // After a panic, the sender is dropped.
        self.making.as_ref().filter(|making| making.end.has_changed().is_ok())
    }

    fn refuses(&self, now: Timestamp) -> Option<StoreError> {
        let (at, why) = self.failed?;
        let rests = (0..REST_MS).contains(&(now.as_millisecond() - at.as_millisecond()));
        (rests || self.making().is_some()).then_some(why)
    }

    fn ends(&mut self, key: K, end: &Result<T, StoreError>, now: Timestamp) {
        self.making = None;
        match end {
            Ok(made) => {
                self.known.insert(key, made.clone());
                self.failed = None;
            }
            Err(why) => self.failed = Some((now, *why)),
        }
    }
}
