use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use store::StoreError;
use tokio::{sync::OwnedMutexGuard, task::JoinHandle, time::Instant};

/// Maximum number of values: viewers choose the keys.
pub(super) const MAX_VALUES: usize = 32;

/// Time after which a value that nobody requests is dropped.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(600);

/// How long a request waits for a new value before it gets the known one.
const MAX_WAIT: Duration = Duration::from_millis(100);

/// A value stays fresh for this many times as long as it took to compute, but for no longer than that: what many look at is
/// computed a sixtieth of the time at most.
const FRESH_FOR_TIMES: u32 = 60;
const MAX_FRESH_FOR: Duration = Duration::from_secs(60);

/// How old a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Freshness {
    /// Up to this age, a value is returned as it is.
    pub(super) fresh_for: Duration,
    /// Up to this age, it is returned if computing a new one takes longer than [`MAX_WAIT`].
    pub(super) stale_for: Duration,
}

impl Freshness {
    /// Up to which age a value is returned as it is that took so long to compute.
    fn fresh_for(self, took: Duration) -> Duration {
        let in_proportion = took.saturating_mul(FRESH_FOR_TIMES);
        let longest = self.stale_for.min(MAX_FRESH_FOR);
        self.fresh_for.max(in_proportion.min(longest))
    }
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

/// A value that is cached.
pub(super) trait CachedValue {
    /// How many bytes it takes, about.
    fn bytes(&self) -> usize;

    /// How old it is as soon as it has been computed.
    fn first_age(&self) -> Duration {
        Duration::ZERO
    }
}

/// Values by key, in bounded memory. One value at a time is computed, which bounds the work that viewers can cause.
pub(super) struct Cached<K, V> {
    known: Mutex<HashMap<K, Known<V>>>,
    computing: Arc<tokio::sync::Mutex<()>>,
    max_bytes: usize,
}

struct Known<V> {
    at: Timestamp,
    /// How long it took to compute.
    took: Duration,
    value: Arc<V>,
}

/// A known value at some moment.
struct AgedValue<V> {
    value: Arc<V>,
    age: Duration,
    took: Duration,
}

impl<V> AgedValue<V> {
    fn is_fresh(&self, freshness: Freshness) -> bool {
        self.age <= freshness.fresh_for(self.took)
    }
}

impl<K, V> Cached<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: CachedValue + Send + Sync + 'static,
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
        let requested = Instant::now();
        if let Some(found) = self.find(&key, now) {
            if found.is_fresh(freshness) {
                return Ok(found.value);
            }
            if found.age <= freshness.stale_for {
                // While another value is computed, the next request tries again.
                if let Ok(computing) = Arc::clone(&self.computing).try_lock_owned() {
                    let computed = self.compute(computing, key, (now, requested), make);
                    if let Ok(Ok(Ok(new))) = tokio::time::timeout(MAX_WAIT, computed).await {
                        return Ok(new);
                    }
                }
                return Ok(found.value);
            }
        }
        let computing = Arc::clone(&self.computing).lock_owned().await;
        // Another request may have computed it meanwhile.
        if let Some(found) = self.find(&key, now)
            && found.is_fresh(freshness)
        {
            return Ok(found.value);
        }
        let computed = self.compute(computing, key, (now, requested), make).await;
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
        let requested = Instant::now();
        if self
            .find(&key, now)
            .is_some_and(|found| found.age <= max_age)
        {
            return;
        }
        let computing = Arc::clone(&self.computing).lock_owned().await;
        // The store logs its errors, and who looks at the page tries again.
        let _ = self.compute(computing, key, (now, requested), make).await;
    }

    /// Computes a value in a task of its own: a request that is cancelled must not let the next one begin meanwhile.
    /// `requested`: the time of the request, by both clocks.
    fn compute<F>(
        self: &Arc<Self>,
        computing: OwnedMutexGuard<()>,
        key: K,
        requested: (Timestamp, Instant),
        make: impl FnOnce() -> F + Send + 'static,
    ) -> JoinHandle<Result<Arc<V>, StoreError>>
    where
        F: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let _computing = computing;
            let begun = Instant::now();
            let value = Arc::new(make().await?);
            // It counts as no newer than the request.
            let (now, requested) = requested;
            let age_then = value.first_age().saturating_sub(requested.elapsed());
            let at = now.saturating_sub(age_then).unwrap_or(now);
            this.insert(key, at, begun.elapsed(), Arc::clone(&value));
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

    fn find(&self, key: &K, now: Timestamp) -> Option<AgedValue<V>> {
        let known = self.known();
        let known = known.get(key)?;
        Some(AgedValue {
            value: Arc::clone(&known.value),
            age: age(known.at, now),
            took: known.took,
        })
    }

    /// Sets a value. The oldest others are dropped for it.
    pub(super) fn insert(&self, key: K, at: Timestamp, took: Duration, value: Arc<V>) {
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
        known.insert(key, Known { at, took, value });
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
mod tests;
