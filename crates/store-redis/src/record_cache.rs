//! Record cache. Entries are served to readers for at most a second. For locating keys they are used longer, because
//! the scripts detect stale ones.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use quick_cache::unsync::Cache;
use store::CountsVersion;
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::record::{Found, Record};

/// How long an entry is served. Slightly less than a second, so that a client that polls once a second always gets new
/// data.
const MAX_RECORD_AGE: Duration = Duration::from_millis(900);

/// Number of shards, each with its own lock.
const CACHE_SHARDS: usize = 16;

/// Capacity of each shard; about a kilobyte per key.
const MAX_SHARD_RECORDS: usize = 2000;

/// Number of buckets of an article's tables.
#[derive(Clone, Debug)]
pub(super) struct BucketCounts {
    pub(super) votes: u32,
    /// Number of buckets by window; windows with one bucket are omitted.
    pub(super) seen: Vec<(Day, u32)>,
}

#[derive(Clone)]
pub(super) struct CachedRecord {
    pub(super) found: Found,
    /// When it was requested.
    at: Instant,
    pub(super) bucket_counts: BucketCounts,
}

/// The cache, by site and key.
pub(super) struct RecordCache {
    hasher: RandomState,
    shards: [Mutex<CacheShard>; CACHE_SHARDS],
}

type CacheShard = Cache<(SiteId, ArticleKey), CachedRecord>;

impl Default for BucketCounts {
    fn default() -> Self {
        Self {
            votes: 1,
            seen: Vec::new(),
        }
    }
}

impl Default for RecordCache {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::new(Cache::new(MAX_SHARD_RECORDS))),
        }
    }
}

impl CachedRecord {
    pub(super) fn new(found: Found, at: Instant, bucket_counts: BucketCounts) -> Self {
        Self {
            found,
            at,
            bucket_counts,
        }
    }

    fn is_fresh(&self) -> bool {
        self.at.elapsed() < MAX_RECORD_AGE
    }

    pub(super) fn record(&self) -> Option<&Record> {
        match &self.found {
            Found::Article(record) => Some(record),
            _ => None,
        }
    }

    /// Whether this state is older than the other.
    fn is_older(&self, than: &Self) -> bool {
        match (&self.found, &than.found) {
            (Found::Article(this), Found::Article(that)) if this.id == that.id => {
                this.write_version < that.write_version
            }
            _ => self.at < than.at,
        }
    }
}

impl RecordCache {
    /// The cached entry, however old; except for an expired alias, since the key may have become an article again.
    pub(super) fn get_stale_ok(&self, site: &SiteId, key: &ArticleKey) -> Option<CachedRecord> {
        let name = (site.clone(), key.clone());
        let shard = self.shard(&name);
        shard
            .get(&name)
            .filter(|cached| cached.is_fresh() || !matches!(cached.found, Found::Moved(_)))
            .cloned()
    }

    /// The cached record, at most a second old.
    pub(super) fn get_fresh(&self, site: &SiteId, key: &ArticleKey) -> Option<Found> {
        let name = (site.clone(), key.clone());
        let shard = self.shard(&name);
        shard
            .get(&name)
            .filter(|cached| cached.is_fresh())
            .map(|cached| cached.found.clone())
    }

    /// Caches a record that was requested at that time, unless a newer one is cached.
    pub(super) fn insert(&self, site: &SiteId, key: &ArticleKey, at: Instant, found: Found) {
        let name = (site.clone(), key.clone());
        let mut shard = self.shard(&name);
        let known = shard.get(&name);
        let cached = CachedRecord {
            found,
            at,
            bucket_counts: known
                .map(|known| known.bucket_counts.clone())
                .unwrap_or_default(),
        };
        if known.is_none_or(|known| !cached.is_older(known)) {
            shard.insert(name, cached);
        }
    }

    /// Caches a record with its table sizes, replacing any entry.
    pub(super) fn replace(&self, site: &SiteId, key: &ArticleKey, cached: CachedRecord) {
        let name = (site.clone(), key.clone());
        self.shard(&name).insert(name, cached);
    }

    /// Removes the entry.
    pub(super) fn remove(&self, site: &SiteId, key: &ArticleKey) {
        let name = (site.clone(), key.clone());
        self.shard(&name).remove(&name);
    }

    /// Whether this version was served within the last second and no newer one is known.
    pub(super) fn is_current(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        version: CountsVersion,
    ) -> bool {
        let mut name = (site.clone(), key.clone());
        for _ in 0..super::MAX_HOPS {
            let shard = self.shard(&name);
            let to = match shard
                .get(&name)
                .filter(|cached| cached.is_fresh())
                .map(|cached| &cached.found)
            {
                Some(Found::Article(record)) => return record.counts_version() == version,
                Some(Found::Nothing) => return version == CountsVersion::default(),
                Some(Found::Moved(to)) => to.clone(),
                None => return false,
            };
            drop(shard);
            name.1 = to;
        }
        false
    }

    fn shard(&self, name: &(SiteId, ArticleKey)) -> MutexGuard<'_, CacheShard> {
        let shard = self.hasher.hash_one(name) as usize % CACHE_SHARDS;
        self.shards[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(write_version: i64) -> Found {
        Found::Article(
            Record {
                write_version,
                ..Record::new(7, Day::new(1))
            }
            .into(),
        )
    }

    #[test]
    fn older_record_does_not_replace_a_newer_one() {
        let cache = RecordCache::default();
        let site = SiteId::parse("news").unwrap();
        let key = ArticleKey::parse("a").unwrap();
        let before = Instant::now();
        cache.insert(&site, &key, before, article(2));
        cache.insert(&site, &key, Instant::now(), article(1));
        assert_eq!(cache.get_fresh(&site, &key), Some(article(2)));
        let Found::Article(record) = article(2) else {
            unreachable!("it is one")
        };
        assert!(cache.is_current(&site, &key, record.counts_version()));
        cache.insert(&site, &key, Instant::now(), Found::Nothing);
        cache.insert(&site, &key, before, article(2));
        assert_eq!(
            cache.get_fresh(&site, &key),
            Some(Found::Nothing),
            "it was asked for later"
        );
        assert!(!cache.is_current(&site, &key, record.counts_version()));
    }
}
