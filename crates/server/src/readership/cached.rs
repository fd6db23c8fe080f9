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
pub(super) const MAX_VALUES: usize = 32;

/// Time after which a value that nobody requests is dropped.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(600);

/// How long a request waits for a new value before it gets the known one.
const MAX_WAIT: Duration = Duration::from_millis(100);

/// How old a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Freshness {
    /// Up to this age, a value is returned as it is.
    pub(super) fresh_for: Duration,
    /// Up to this age, it is returned if computing a new one takes longer than [`MAX_WAIT`].
    pub(super) stale_for: Duration,
}

#[cfg(test)]
impl Freshness {
    fn up_to(age: Duration) -> Self {
        Self {
            fresh_for: age,
            stale_for: age,
        }
    }
}

/// A value that is kept.
pub(super) trait MemorySize {
    /// How many bytes it takes, about.
    fn bytes(&self) -> usize;
}

/// Values by key, in bounded memory. One value at a time is computed, which bounds the work that viewers can cause.
pub(super) struct Cached<K, V> {
    known: Mutex<HashMap<K, Known<V>>>,
    computing: Arc<tokio::sync::Mutex<()>>,
    max_bytes: usize,
}

struct Known<V> {
    at: Timestamp,
    value: Arc<V>,
}

impl<K, V> Cached<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: MemorySize + Send + Sync + 'static,
{
    /// `max_bytes`: of all values together. One may take more.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            known: Mutex::default(),
            computing: Arc::default(),
            max_bytes,
        }
    }

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
                    let computed = self.compute(computing, key, now, make);
                    if let Ok(Ok(Ok(new))) = tokio::time::timeout(MAX_WAIT, computed).await {
                        return Ok(new);
                    }
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

    /// Computes the value of a key again if it is older than `max_age`.
    pub(super) async fn refresh<F>(
        self: &Arc<Self>,
        key: K,
        now: Timestamp,
        max_age: Duration,
        make: impl FnOnce() -> F + Send + 'static,
    ) where
        F: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        if self.find(&key, now).is_some_and(|(_, age)| age <= max_age) {
            return;
        }
        let computing = Arc::clone(&self.computing).lock_owned().await;
        // The store logs its errors, and who looks at the page tries again.
        let _ = self.compute(computing, key, now, make).await;
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

    /// Drops values that are older than that.
    pub(super) fn tidy(&self, now: Timestamp, max_age: Duration) {
        self.known()
            .retain(|_, known| age(known.at, now) <= max_age);
    }

    /// The value that is known, however old.
    pub(super) fn peek(&self, key: &K) -> Option<Arc<V>> {
        Some(Arc::clone(&self.known().get(key)?.value))
    }

    fn find(&self, key: &K, now: Timestamp) -> Option<(Arc<V>, Duration)> {
        let known = self.known();
        let known = known.get(key)?;
        Some((Arc::clone(&known.value), age(known.at, now)))
    }

    /// Sets a value that was computed elsewhere. The oldest others are dropped for it.
    pub(super) fn insert(&self, key: K, at: Timestamp, value: Arc<V>) {
        let mut known = self.known();
        known.remove(&key);
        let mut room = self.max_bytes.saturating_sub(value.bytes());
        let mut others: Vec<_> = known
            .iter()
            .map(|(key, known)| (known.at, known.value.bytes(), key.clone()))
            .collect();
        others.sort_unstable_by_key(|(at, ..)| std::cmp::Reverse(*at));
        for (number, (_, bytes, other)) in others.into_iter().enumerate() {
            if number + 1 >= MAX_VALUES || bytes > room {
                known.remove(&other);
            } else {
                room -= bytes;
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

    impl MemorySize for i64 {
        fn bytes(&self) -> usize {
            8
        }
    }

    /// A value of so many bytes.
    impl MemorySize for usize {
        fn bytes(&self) -> usize {
            *self
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test]
    async fn a_value_is_computed_once_while_it_is_fresh() {
        let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
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

    #[tokio::test(start_paused = true)]
    async fn an_old_value_is_returned_if_a_new_one_takes_long() {
        let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
        let freshness = Freshness {
            fresh_for: Duration::from_secs(5),
            stale_for: Duration::from_secs(60),
        };
        let get = |second: i64, takes: Duration| {
            let cache = Arc::clone(&cache);
            async move {
                let make = move || async move {
                    tokio::time::sleep(takes).await;
                    Ok(second)
                };
                *cache.get(1, at(second), freshness, make).await.unwrap()
            }
        };
        let long = 2 * MAX_WAIT;
        assert_eq!(get(10, long).await, 10, "nothing is known");
        assert_eq!(get(20, MAX_WAIT / 2).await, 20);
        assert_eq!(get(30, long).await, 20);
        tokio::time::sleep(long).await;
        assert_eq!(get(31, long).await, 30);
        assert_eq!(get(99, long).await, 99, "it is too old");
    }

    #[tokio::test]
    async fn refresh_computes_only_what_is_too_old() {
        let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
        let value = |second| cache.find(&1, at(second)).map(|(value, _)| *value);
        for (second, expected) in [(10, 10), (14, 10), (20, 20)] {
            let make = move || async move { Ok(second) };
            let max_age = Duration::from_secs(5);
            cache.refresh(1, at(second), max_age, make).await;
            assert_eq!(value(second), Some(expected));
        }
        let fails = || async { Err(StoreError::Unavailable) };
        cache.refresh(1, at(90), Duration::ZERO, fails).await;
        assert_eq!(value(90), Some(20), "what was known stays");
    }

    #[tokio::test]
    async fn values_are_bounded_in_number_and_age() {
        let cache = Arc::new(Cached::<usize, usize>::new(usize::MAX));
        let fresh = Freshness::up_to(Duration::from_secs(5));
        for key in 0..MAX_VALUES + 8 {
            let make = move || async move { Ok(key) };
            let now = at(key as i64);
            cache.get(key, now, fresh, make).await.unwrap();
        }
        assert_eq!(cache.known().len(), MAX_VALUES);
        cache.tidy(at(100_000), KEPT_FOR);
        assert_eq!(cache.known().len(), 0);
    }

    #[test]
    fn the_newest_values_are_kept_within_the_bytes() {
        let cache = Cached::<char, usize>::new(100);
        let mut second = 0;
        let mut kept = |key, bytes| {
            second += 1;
            cache.insert(key, at(second), Arc::new(bytes));
            let mut keys: Vec<char> = cache.known().keys().copied().collect();
            keys.sort_unstable();
            keys.into_iter().collect::<String>()
        };
        assert_eq!(kept('a', 40), "a");
        assert_eq!(kept('b', 60), "ab");
        assert_eq!(kept('b', 60), "ab", "the same key once");
        assert_eq!(kept('c', 40), "bc", "the oldest goes");
        assert_eq!(kept('d', 500), "d", "one alone may take more");
    }
}
