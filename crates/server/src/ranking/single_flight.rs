//! Single-flight cache: one task at a time computes a missing value, for all callers that wait for it. The task
//! continues if callers are cancelled. After a failure, callers get the error immediately until the next attempt.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use store::StoreError;
use tokio::sync::watch;

use super::Clock;

/// Delay before the next attempt after a failure.
pub(super) const RETRY_BACKOFF: Duration = Duration::from_secs(5);

/// Computed values by key.
pub(crate) struct SingleFlight<K, T>(Mutex<State<K, T>>);

struct State<K, T> {
    known: HashMap<K, T>,
    /// Time and error of the last attempt, if it failed.
    failed: Option<(Timestamp, StoreError)>,
    in_flight: Option<InFlight<K, T>>,
}

/// A computation in progress.
#[derive(Clone)]
struct InFlight<K, T> {
    key: K,
    /// Its result.
    result: watch::Receiver<Option<Result<T, StoreError>>>,
}

impl<K, T> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self(Mutex::new(State {
            known: HashMap::new(),
            failed: None,
            in_flight: None,
        }))
    }
}

impl<K, T> SingleFlight<K, T>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// The cached value, if it is fresh, or else a new one. After a recent failure, returns its error immediately;
    /// then one caller retries, and the others get the error meanwhile.
    pub(crate) async fn get<F>(
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
            let mut in_flight = {
                let mut state = self.state();
                let now = clock();
                if let Some(known) = state.known.get(key).filter(|known| is_fresh(known, now)) {
                    return Ok(known.clone());
                }
                if let Some(why) = state.recent_error(now) {
                    return Err(why);
                }
                match state.in_flight() {
                    Some(in_flight) => in_flight.clone(),
                    None => self.begin(&mut state, clock, key, make()),
                }
            };
            let result = in_flight
                .result
                .wait_for(Option::is_some)
                .await
                .ok()
                .and_then(|result| result.clone());
            // `None`: the task has panicked.
            let result = result.unwrap_or(Err(StoreError::Unavailable));
            if result.is_err() || in_flight.key == *key {
                return result;
            }
        }
    }

    /// The last value, however old.
    pub(super) fn last(&self, key: &K) -> Option<T> {
        self.state().known.get(key).cloned()
    }

    /// Whether the state must be kept: it has a usable value, a recent failure, or a computation in progress.
    pub(super) fn is_in_use(&self, now: Timestamp, is_known: impl Fn(&T) -> bool) -> bool {
        let state = self.state();
        state.in_flight().is_some()
            || state.recent_error(now).is_some()
            || state.known.values().any(is_known)
    }

    fn begin<F>(
        self: &Arc<Self>,
        state: &mut State<K, T>,
        clock: &Arc<Clock>,
        key: &K,
        make: F,
    ) -> InFlight<K, T>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (sender, result) = watch::channel(None);
        let in_flight = InFlight {
            key: key.clone(),
            result,
        };
        state.in_flight = Some(in_flight.clone());
        let value = Arc::clone(self);
        let clock = Arc::clone(clock);
        let key = key.clone();
        tokio::spawn(async move {
            let result = make.await;
            value.state().finish(key, &result, clock());
            sender.send_replace(Some(result));
        });
        in_flight
    }

    fn state(&self) -> MutexGuard<'_, State<K, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, T: Clone> State<K, T> {
    fn in_flight(&self) -> Option<&InFlight<K, T>> {
        // After a panic, the sender is dropped.
        self.in_flight
            .as_ref()
            .filter(|in_flight| in_flight.result.has_changed().is_ok())
    }

    fn recent_error(&self, now: Timestamp) -> Option<StoreError> {
        let (at, why) = self.failed?;
        let backs_off =
            Duration::try_from(now.duration_since(at)).is_ok_and(|waited| waited < RETRY_BACKOFF);
        (backs_off || self.in_flight().is_some()).then_some(why)
    }

    fn finish(&mut self, key: K, result: &Result<T, StoreError>, now: Timestamp) {
        self.in_flight = None;
        match result {
            Ok(value) => {
                self.known.insert(key, value.clone());
                self.failed = None;
            }
            Err(why) => self.failed = Some((now, *why)),
        }
    }
}
