use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use store::StoreError;
use tokio::{sync::OwnedMutexGuard, task::JoinHandle};

/// Maximum number of values: viewers choose the keys.
const MAX_VALUES: usize = 32;

/// How long values that nobody requests are kept.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(600);

/// How old a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Freshness {
    /// Up to this age, a value is returned as it is.
    pub(super) fresh_for: Duration,
    /// Up to this age, it is returned while a new one is computed.
    pub(super) stale_for: Duration,
}

impl Freshness {
    pub(super) fn up_to(age: Duration) -> Self {
        Self {
            fresh_for: age,
            stale_for: age,
        }
    }
}

/// Values by key. One value at a time is computed, which bounds the work that viewers can cause.
pub(super) struct Cached<K, V> {
    known: Mutex<HashMap<K, Known<V>>>,
    computing: Arc<tokio::sync::Mutex<()>>,
}

struct Known<V> {
    at: Timestamp,
    value: Arc<V>,
}

impl<K, V> Default for Cached<K, V> {
    fn default() -> Self {
        Self {
            known: Mutex::default(),
            computing: Arc::default(),
        }
    }
}

impl<K, V> Cached<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// The value of a key: a known one that is fresh, or else a new one.
    pub(super) async fn get<F>(
        self: &Arc<Self>,
        key: K,
        now: Timestamp,
        freshness: Freshness,
        make: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Arc<V>, StoreError>
    where
        F: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        if let Some((value, age)) = self.find(&key, now) {
            if age <= freshness.fresh_for {
                return Ok(value);
            }
            if age <= freshness.stale_for {
                // While another value is computed, the next request tries again.
                if let Ok(computing) = Arc::clone(&self.computing).try_lock_owned() {
                    self.compute(computing, key, now, make);
                }
                return Ok(value);
            }
        }
        let computing = Arc::clone(&self.computing).lock_owned().await;
        // Another request may have computed it meanwhile.
        if let Some((value, age)) = self.find(&key, now)
            && age <= freshness.fresh_for
        {
            return Ok(value);
        }
        let computed = self.compute(computing, key, now, make).await;
        computed.map_err(|_| StoreError::Unavailable)?
    }

    /// Computes a value in a task of its own: a request that is cancelled must not let the next one begin meanwhile.
    fn compute<F>(
        self: &Arc<Self>,
        computing: OwnedMutexGuard<()>,
        key: K,
        now: Timestamp,
        make: impl FnOnce() -> F + Send + 'static,
    ) -> JoinHandle<Result<Arc<V>, StoreError>>
    where
        F: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let _computing = computing;
            let value = Arc::new(make().await?);
            this.insert(key, now, Arc::clone(&value));
            Ok(value)
        })
    }

    /// Drops old values.
    pub(super) fn tidy(&self, now: Timestamp) {
        self.known()
            .retain(|_, known| age(known.at, now) <= KEPT_FOR);
    }

    fn find(&self, key: &K, now: Timestamp) -> Option<(Arc<V>, Duration)> {
        let known = self.known();
        let known = known.get(key)?;
        Some((Arc::clone(&known.value), age(known.at, now)))
    }

    fn insert(&self, key: K, at: Timestamp, value: Arc<V>) {
        let mut known = self.known();
        if known.len() >= MAX_VALUES && !known.contains_key(&key) {
            let oldest = known.iter().min_by_key(|(_, known)| known.at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                known.remove(&oldest);
            }
        }
        known.insert(key, Known { at, value });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<K, Known<V>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The age; after the clock was set back, very old.
fn age(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test]
    async fn a_value_is_computed_once_while_it_is_fresh() {
        let cache = Arc::new(Cached::<u8, i64>::default());
        let get = |key, second| {
            let cache = Arc::clone(&cache);
            async move {
                let make = move || async move { Ok(second) };
                let fresh = Freshness::up_to(Duration::from_secs(5));
                *cache.get(key, at(second), fresh, make).await.unwrap()
            }
        };
        assert_eq!(
            (get(1, 10).await, get(1, 15).await, get(1, 16).await),
            (10, 10, 16)
        );
        assert_eq!(get(2, 17).await, 17);
        assert_eq!(get(1, 3).await, 3, "the clock was set back");
    }

    #[tokio::test]
    async fn values_are_bounded_in_number_and_age() {
        let cache = Arc::new(Cached::<usize, usize>::default());
        let fresh = Freshness::up_to(Duration::from_secs(5));
        for key in 0..MAX_VALUES + 8 {
            let make = move || async move { Ok(key) };
            let now = at(key as i64);
            cache.get(key, now, fresh, make).await.unwrap();
        }
        assert_eq!(cache.known().len(), MAX_VALUES);
        cache.tidy(at(100_000));
        assert_eq!(cache.known().len(), 0);
    }
}
