//! Most read and most answered: the articles of which most was counted in the last days. What the store tells for that is kept for a
//! minute a site, and so is each list that was made of it. Both are made by one at a time, beside the threads that answer, so that it costs as much
//! however often it is asked.

/// The order of the articles.
mod ranked;
/// Values that one task at a time makes for everybody who waits.
mod single_flight;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, ToSpan};
use wire::{ArticleKey, SiteId};

use self::{
    ranked::Counts,
    single_flight::{REST_MS, SingleFlight},
};
use crate::{
    config::Site,
    store::{Named, Store, StoreError, Wanted},
    visitor::{Day, Window},
};

/// The longest time that is looked back, in days.
pub const MAX_DAYS: u16 = 90;

/// The longest list.
pub const MAX_ENTRIES: usize = 50;

/// How long what was gathered is told.
const FRESH_SECONDS: i64 = 60;

/// How much longer it is told, while the store does not tell anew.
const STALE_SECONDS: i64 = 600;

/// By what articles are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// How often they were read.
    Reads,
    /// How many readers have chosen an option, less those who took their choice back.
    Reactions,
}

impl By {
    /// As it is called in a query, and in files of languages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Reactions => "reactions",
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The order.
    pub by: By,
    /// Today and so many days before, less one.
    pub days: u16,
    /// At most so many.
    pub limit: usize,
}

/// A list, first the first.
#[derive(Debug)]
pub struct List {
    /// At most [`MAX_ENTRIES`].
    pub entries: Vec<Entry>,
    /// The last of its days.
    pub day: Day,
    /// Until when it is told.
    pub until: Timestamp,
}

/// An article of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub article: ArticleKey,
    /// What was counted of it in these days.
    pub count: u64,
    /// What the endpoint's copy says, if there is one.
    pub about: About,
}

/// Of an article's copy what a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `wire::Article`")]
pub struct About {
    pub title: Option<String>,
    pub url: Option<String>,
    pub published: Option<String>,
}

/// What is kept of each site.
#[derive(Default)]
pub struct Top {
    /// Held for moments only: nobody waits for another site.
    sites: Mutex<HashMap<SiteId, OfSite>>,
}

/// The only clock.
pub type Clock = dyn Fn() -> Timestamp + Send + Sync;

/// Of one site, as configured now.
struct OfSite {
    site: Arc<Site>,
    gathered: Arc<SingleFlight<(), Arc<Gathered>>>,
}

/// Ranked lists, by order and number of days.
type Lists = SingleFlight<(By, u16), Arc<[Entry]>>;

/// Of one site, as of one moment.
struct Gathered {
    until: Timestamp,
    counts: Arc<Counts>,
    /// Those that were asked for, by order and number of days, each with [`MAX_ENTRIES`].
    lists: Arc<Lists>,
    /// What copies say of the articles of these.
    about: Mutex<HashMap<ArticleKey, About>>,
}

impl Top {
    /// The list that is asked for, at most a minute old; while the store cannot tell, as old as `STALE_SECONDS` allow.
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
        // What is stale is told until it is tried again.
        let until = if now < gathered.until { gathered.until } else { later(now, REST_MS / 1000) };
        Ok(List { entries, day: gathered.counts.day, until })
    }

    /// Lets go of what is not told any more.
    pub fn tidy(&self, now: Timestamp) {
        let is_told = |known: &Arc<Gathered>| now < later(known.until, STALE_SECONDS);
        self.sites().retain(|_, of_site| of_site.gathered.is_of_use(now, is_told));
    }

    /// What is gathered of the site; nothing of what was gathered as it was configured before.
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
        let recent = store.recent(&site.id, first(window.day, MAX_DAYS), listed(&site)).await?;
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

/// The articles that a list of the site may have.
fn listed(site: &Arc<Site>) -> Arc<Wanted> {
    let site = Arc::clone(site);
    Arc::new(move |Named { key, is_known, .. }: &Named| site.lists(key, *is_known))
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(seconds.seconds()).unwrap_or(time)
}

/// Of a hundred thousand articles, this takes milliseconds.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    // It fails only where the process ends.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Unavailable)
}

/// The first of so many days of which that is the last.
fn first(last: Day, days: u16) -> Day {
    Day::new(last.get().saturating_sub(i32::from(days) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Articles, Lists};

    #[test]
    fn a_list_has_what_the_newsroom_vouches_for() {
        let keys =
            [("Buy now", false), ("//other.example/x", false), ("/a.html", false), ("stranger", false), ("slug", true)];
        let listed = |lists, articles| {
            let wanted = listed(&Arc::new(Site { lists, articles, ..Site::demo() }));
            let is_listed = |(key, is_known): &(&str, bool)| {
                wanted(&Named { key: ArticleKey::parse(key).unwrap(), since: None, is_known: *is_known })
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
