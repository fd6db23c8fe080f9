//! What was last heard of articles. Told as it is for at most a second; readers are looked for by it for longer, since the
//! server says when it is not so any more.

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

/// How long it may be told. A little less than a second, so that whoever asks once a second is told what is new each time.
const FRESH: Duration = Duration::from_millis(900);

/// In so many parts, each with a lock.
const PARTS: usize = 16;

/// Of how many keys each has room, at about a kilobyte a key.
const KEYS: usize = 2000;

/// How many buckets an article's tables have.
#[derive(Clone, Debug)]
pub(super) struct Sizes {
    pub(super) votes: u32,
    /// By window, of those that have more than one.
    pub(super) seen: Vec<(Day, u32)>,
}

/// What was heard of a key.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) found: Found,
    /// When it was asked.
    at: Instant,
    pub(super) sizes: Sizes,
}

/// By site and key.
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

    /// Whether this is of an earlier moment than that.
    fn is_older(&self, than: &Self) -> bool {
        match (&self.found, &than.found) {
            (Found::Article(this), Found::Article(that)) if this.id == that.id => this.version < that.version,
            _ => self.at < than.at,
        }
    }
}

impl Known {
    /// What was heard, however long ago; but a key that had moved may have come back.
    pub(super) fn usable(&self, site: &SiteId, key: &ArticleKey) -> Option<Heard> {
        let name = (site.clone(), key.clone());
        let part = self.part(&name);
        part.get(&name).filter(|heard| heard.is_fresh() || !matches!(heard.found, Found::Moved(_))).cloned()
    }

    /// What was heard within the last second.
    pub(super) fn fresh(&self, site: &SiteId, key: &ArticleKey) -> Option<Found> {
        let name = (site.clone(), key.clone());
        let part = self.part(&name);
        part.get(&name).filter(|heard| heard.is_fresh()).map(|heard| heard.found.clone())
    }

    /// Notes what was found by a question of that moment, unless something newer was heard since.
    pub(super) fn hear(&self, site: &SiteId, key: &ArticleKey, at: Instant, found: Found) {
        let name = (site.clone(), key.clone());
        let mut part = self.part(&name);
        let known = part.get(&name);
        let heard = Heard { found, at, sizes: known.map(|known| known.sizes.clone()).unwrap_or_default() };
        if known.is_none_or(|known| !heard.is_older(known)) {
            part.insert(name, heard);
        }
    }

    /// Notes what was found, and how many buckets its tables have, in the place of what was heard before.
    pub(super) fn hear_all(&self, site: &SiteId, key: &ArticleKey, heard: Heard) {
        let name = (site.clone(), key.clone());
        self.part(&name).insert(name, heard);
    }

    /// Nothing is known of it any more.
    pub(super) fn forget(&self, site: &SiteId, key: &ArticleKey) {
        let name = (site.clone(), key.clone());
        self.part(&name).remove(&name);
    }

    /// Whether that was told within the last second, and nothing newer was heard.
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
