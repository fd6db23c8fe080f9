//! Record cache. Entries are served to readers for at most a second. For locating keys they are used longer, because
//! the scripts detect stale ones.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use quick_cache::unsync::Cache;
use store::Edition;
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::record::{Found, Record};

/// How long an entry is served. Slightly less than a second, so that a client that polls once a second always gets new
/// data.
const FRESH: Duration = Duration::from_millis(900);

/// Number of shards, each with its own lock.
const PARTS: usize = 16;

/// Capacity of each shard; about a kilobyte per key.
const KEYS: usize = 2000;

/// Number of buckets of an article's tables.
#[derive(Clone, Debug)]
pub(super) struct Sizes {
    pub(super) votes: u32,
    /// By window; windows with one bucket are omitted.
    pub(super) seen: Vec<(Day, u32)>,
}

/// A cached record.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) found: Found,
    /// When it was requested.
    at: Instant,
    pub(super) sizes: Sizes,
}

/// The cache, by site and key.
pub(super) struct Known {
    hasher: RandomState,
    parts: [Mutex<Part>; PARTS],
}

type Part = Cache<(SiteId, ArticleKey), Heard>;

impl Default for Sizes {
    fn default() -> Self {
        Self { votes: 1, seen: Vec::new() }
    }
}

impl Default for Known {
    fn default() -> Self {
        Self { hasher: RandomState::new(), parts: std::array::from_fn(|_| Mutex::new(Cache::new(KEYS))) }
    }
}

impl Heard {
    pub(super) fn new(found: Found, at: Instant, sizes: Sizes) -> Self {
        Self { found, at, sizes }
    }

    fn is_fresh(&self) -> bool {
        self.at.elapsed() < FRESH
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
            (Found::Article(this), Found::Article(that)) if this.id == that.id => this.version < that.version,
            _ => self.at < than.at,
        }
    }
}

impl Known {
    /// The cached entry, however old; except for an expired alias, since the key may have become an article again.
    pub(super) fn usable(&self, site: &SiteId, key: &ArticleKey) -> Option<Heard> {
        let name = (site.clone(), key.clone());
        let part = self.part(&name);
        part.get(&name).filter(|heard| heard.is_fresh() || !matches!(heard.found, Found::Moved(_))).cloned()
    }

    /// The cached record, at most a second old.
    pub(super) fn fresh(&self, site: &SiteId, key: &ArticleKey) -> Option<Found> {
        let name = (site.clone(), key.clone());
        let part = self.part(&name);
        part.get(&name).filter(|heard| heard.is_fresh()).map(|heard| heard.found.clone())
    }

    /// Caches a record that was requested at that time, unless a newer one is cached.
    pub(super) fn hear(&self, site: &SiteId, key: &ArticleKey, at: Instant, found: Found) {
        let name = (site.clone(), key.clone());
        let mut part = self.part(&name);
        let known = part.get(&name);
        let heard = Heard { found, at, sizes: known.map(|known| known.sizes.clone()).unwrap_or_default() };
        if known.is_none_or(|known| !heard.is_older(known)) {
            part.insert(name, heard);
        }
    }

    /// Caches a record with its table sizes, replacing any entry.
    pub(super) fn hear_all(&self, site: &SiteId, key: &ArticleKey, heard: Heard) {
        let name = (site.clone(), key.clone());
        self.part(&name).insert(name, heard);
    }

    /// Removes the entry.
    pub(super) fn forget(&self, site: &SiteId, key: &ArticleKey) {
        let name = (site.clone(), key.clone());
        self.part(&name).remove(&name);
    }

    /// Whether this edition was served within the last second and no newer one is known.
    pub(super) fn is_current(&self, site: &SiteId, key: &ArticleKey, edition: Edition) -> bool {
        let mut name = (site.clone(), key.clone());
        for _ in 0..super::MAX_HOPS {
            let part = self.part(&name);
            let to = match part.get(&name).filter(|heard| heard.is_fresh()).map(|heard| &heard.found) {
                Some(Found::Article(record)) => return record.edition() == edition,
                Some(Found::Nothing) => return edition == Edition::default(),
                Some(Found::Moved(to)) => to.clone(),
                None => return false,
            };
            drop(part);
            name.1 = to;
        }
        false
    }

    fn part(&self, name: &(SiteId, ArticleKey)) -> MutexGuard<'_, Part> {
        let part = self.hasher.hash_one(name) as usize % PARTS;
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(version: i64) -> Found {
        Found::Article(Record { version, ..Record::new(7, Day::new(1)) }.into())
    }

    #[test]
    fn what_is_older_does_not_replace_what_is_newer() {
        let (known, site, key) = (Known::default(), SiteId::parse("news").unwrap(), ArticleKey::parse("a").unwrap());
        let before = Instant::now();
        known.hear(&site, &key, before, article(2));
        known.hear(&site, &key, Instant::now(), article(1));
        assert_eq!(known.fresh(&site, &key), Some(article(2)));
        let Found::Article(record) = article(2) else { unreachable!("it is one") };
        assert!(known.is_current(&site, &key, record.edition()));
        known.hear(&site, &key, Instant::now(), Found::Nothing);
        known.hear(&site, &key, before, article(2));
        assert_eq!(known.fresh(&site, &key), Some(Found::Nothing), "it was asked for later");
        assert!(!known.is_current(&site, &key, record.edition()));
    }
}
