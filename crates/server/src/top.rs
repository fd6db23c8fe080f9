//! Rankings: the articles with the most reads or reactions in recent days. Data from the store and the lists made of
//! it are cached for a minute per site. Each is computed once at a time, off the async threads, so the cost does not
//! depend on the number of requests.

/// Ranking and filtering.
mod ranked;
/// Single-flight cache.
mod single_flight;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use config::Site;
use jiff::{Timestamp, ToSpan};
use store::{ArticleFilter, RecentArticle, Store, StoreError};
use visitor::{Day, Window};
use wire::{ArticleKey, SiteId};

use self::{
    ranked::Counts,
    single_flight::{REST_MS, SingleFlight},
};

/// Maximum period, in days.
pub const MAX_DAYS: u16 = 90;

/// Maximum length of a list.
pub const MAX_ENTRIES: usize = 50;

/// How long gathered data is fresh, in seconds.
const FRESH_SECONDS: i64 = 60;

/// How much longer stale data is served while the store fails, in seconds.
const STALE_SECONDS: i64 = 600;

/// Criterion of a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Number of reads.
    Reads,
    /// Number of readers who chose an option, minus those who withdrew.
    Reactions,
}

impl By {
    /// Name in queries and in language files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Reactions => "reactions",
        }
    }
}

/// Parameters of a list.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The criterion.
    pub by: By,
    /// Number of days, including today.
    pub days: u16,
    /// Maximum length.
    pub limit: usize,
}

/// A list, in descending order of counts.
#[derive(Debug)]
pub struct List {
    /// At most [`MAX_ENTRIES`].
    pub entries: Vec<Entry>,
    /// The last day of the period.
    pub day: Day,
    /// When the list expires.
    pub until: Timestamp,
}

/// An article of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub article: ArticleKey,
    /// Its count in the period.
    pub count: u64,
    /// Data of the stored copy, if there is one.
    pub about: About,
}

/// Data of a copy that a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `wire::Article`")]
pub struct About {
    pub title: Option<String>,
    pub url: Option<String>,
    pub published: Option<String>,
}

/// The rankings of all sites.
#[derive(Default)]
pub struct Top {
    /// Locked only briefly, so no site waits for another.
    sites: Mutex<HashMap<SiteId, OfSite>>,
}

/// The time source.
pub type Clock = dyn Fn() -> Timestamp + Send + Sync;

/// The state of a site with its current configuration.
struct OfSite {
    site: Arc<Site>,
    gathered: Arc<SingleFlight<(), Arc<Gathered>>>,
}

/// Ranked lists, by criterion and number of days.
type Lists = SingleFlight<(By, u16), Arc<[Entry]>>;

/// Data of a site, gathered at one time.
struct Gathered {
    until: Timestamp,
    counts: Arc<Counts>,
    /// Requested lists, by criterion and number of days, each with up to [`MAX_ENTRIES`].
    lists: Arc<Lists>,
    /// Data of copies of the listed articles.
    about: Mutex<HashMap<ArticleKey, About>>,
}

impl Top {
    /// The requested list, at most a minute old; if the store fails, at most `STALE_SECONDS` older.
    pub async fn list(
        &self,
        store: &Arc<dyn Store>,
        site: &Arc<Site>,
        clock: &Arc<Clock>,
        asked: Asked,
    ) -> Result<List, StoreError> {
        let of_site = self.of(site);
        let gather = || Gathered::gather(Arc::clone(store), Arc::clone(site), clock());
        let gathered = match of_site.get(clock, &(), |known, now| now < known.until, gather).await {
            Ok(gathered) => gathered,
            Err(why) => of_site.last(&()).filter(|known| clock() < later(known.until, STALE_SECONDS)).ok_or(why)?,
        };
        let entries = gathered.list(store, clock, asked).await?;
        let entries = entries.iter().take(asked.limit).cloned().collect();
        let now = clock();
        // A stale list expires when the next attempt is due.
        let until = if now < gathered.until { gathered.until } else { later(now, REST_MS / 1000) };
        Ok(List { entries, day: gathered.counts.day, until })
    }

    /// Drops expired data.
    pub fn tidy(&self, now: Timestamp) {
        let is_told = |known: &Arc<Gathered>| now < later(known.until, STALE_SECONDS);
        self.sites().retain(|_, of_site| of_site.gathered.is_of_use(now, is_told));
    }

    /// The site's cache, which is discarded when its configuration changes.
    fn of(&self, site: &Arc<Site>) -> Arc<SingleFlight<(), Arc<Gathered>>> {
        let mut sites = self.sites();
        if let Some(known) = sites.get(&site.id).filter(|known| Arc::ptr_eq(&known.site, site)) {
            return Arc::clone(&known.gathered);
        }
        let gathered = Arc::default();
        sites.insert(site.id.clone(), OfSite { site: Arc::clone(site), gathered: Arc::clone(&gathered) });
        gathered
    }

    fn sites(&self) -> MutexGuard<'_, HashMap<SiteId, OfSite>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    async fn gather(store: Arc<dyn Store>, site: Arc<Site>, now: Timestamp) -> Result<Arc<Self>, StoreError> {
        let window = Window::at(now, &site.time_zone);
        let recent = store.recent_changes(&site.id, first(window.day, MAX_DAYS), listed(&site)).await?;
        let counts = blocking(move || Counts::of(recent, site, window.day)).await?;
        let until = window.ends.min(later(now, FRESH_SECONDS));
        Ok(Arc::new(Self { until, counts: Arc::new(counts), lists: Arc::default(), about: Mutex::default() }))
    }

    async fn list(
        self: &Arc<Self>,
        store: &Arc<dyn Store>,
        clock: &Arc<Clock>,
        Asked { by, days, .. }: Asked,
    ) -> Result<Arc<[Entry]>, StoreError> {
        let make = || Arc::clone(self).ranked(Arc::clone(store), by, days);
        self.lists.get(clock, &(by, days), |_, _| true, make).await
    }

    async fn ranked(self: Arc<Self>, store: Arc<dyn Store>, by: By, days: u16) -> Result<Arc<[Entry]>, StoreError> {
        let counts = Arc::clone(&self.counts);
        let ranked = blocking(move || counts.ranked(by, days)).await?;
        let mut entries = Vec::with_capacity(ranked.len());
        for (article, count) in ranked {
            let about = self.about(&*store, &article).await?;
            entries.push(Entry { article, count, about });
        }
        Ok(entries.into())
    }

    async fn about(&self, store: &dyn Store, article: &ArticleKey) -> Result<About, StoreError> {
        let all = || self.about.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all().get(article).cloned();
        if let Some(about) = known {
            return Ok(about);
        }
        let copy = store.article(&self.counts.site.id, article).await?;
        let about = copy.map(|copy| About { title: Some(copy.title), url: copy.url, published: copy.published });
        let about = about.unwrap_or_default();
        all().insert(article.clone(), about.clone());
        Ok(about)
    }
}

/// The filter of the articles that the site's lists may contain.
fn listed(site: &Arc<Site>) -> Arc<ArticleFilter> {
    let site = Arc::clone(site);
    Arc::new(move |RecentArticle { key, is_known, .. }: &RecentArticle| site.lists(key, *is_known))
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(seconds.seconds()).unwrap_or(time)
}

/// Runs work on a blocking thread: for a hundred thousand articles, it takes milliseconds.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    // Fails only if the process is shutting down.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Unavailable)
}

/// The first of `days` days that end with `last`.
fn first(last: Day, days: u16) -> Day {
    Day::new(last.get().saturating_sub(i32::from(days) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::{Articles, Lists};

    #[test]
    fn a_list_has_what_the_newsroom_vouches_for() {
        let keys =
            [("Buy now", false), ("//other.example/x", false), ("/a.html", false), ("stranger", false), ("slug", true)];
        let listed = |lists, articles| {
            let wanted = listed(&Arc::new(Site { lists, articles, ..Site::demo() }));
            let is_listed = |(key, is_known): &(&str, bool)| {
                wanted(&RecentArticle { key: ArticleKey::parse(key).unwrap(), poll_opened: None, is_known: *is_known })
            };
            keys.iter().filter(|article| is_listed(article)).map(|(key, _)| *key).collect::<Vec<_>>()
        };
        let all = keys.map(|(key, _)| key);
        assert_eq!(listed(Lists::default(), Articles::Open), ["/a.html", "slug"]);
        assert_eq!(listed(Lists::Known, Articles::Open), ["slug"]);
        assert_eq!(listed(Lists::All, Articles::Open), all);
        assert_eq!(listed(Lists::Known, Articles::Registered), all, "the newsroom has let each of them in");
    }
}
