//! Rankings: the articles with the most reads or reactions in recent days. Data from the store and the lists made of
//! it are cached for a minute per site. Each is computed once at a time, off the async threads, so the cost does not
//! depend on the number of requests. Anybody can name any section, so lists of sections wait in a bounded queue.

/// Ranking and filtering.
mod daily_changes;
/// Lists of sections.
mod section_lists;
/// Single-flight cache.
pub(crate) mod single_flight;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use config::Site;
use jiff::Timestamp;
use store::{ArticleFilter, ArticleMetadata, RecentArticle, Store, StoreError};
use visitor::{Day, Window};
use wire::{ArticleKey, SiteId};

use self::{
    daily_changes::DailyChanges,
    section_lists::SectionLists,
    single_flight::{RETRY_BACKOFF, SingleFlight},
};
use crate::work_queue::WorkQueue;

/// Maximum period, in days.
pub const MAX_DAYS: u16 = 90;

/// Maximum length of a list.
pub const MAX_ENTRIES: usize = 50;

/// How long loaded data is fresh.
const FRESH_FOR: Duration = Duration::from_secs(60);

/// How much longer stale data is served while the store fails.
const STALE_FOR: Duration = Duration::from_secs(600);

/// Criterion of a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RankBy {
    /// Number of reads.
    Reads,
    /// Number of readers who chose an option, minus those who withdrew.
    Reactions,
}

impl RankBy {
    /// Name in queries and in language files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Reactions => "reactions",
        }
    }
}

/// Parameters of a list.
#[derive(Clone, Debug)]
pub struct RankingQuery {
    /// The criterion.
    pub by: RankBy,
    /// Number of days, including today.
    pub days: u16,
    /// Maximum length.
    pub limit: usize,
    /// Only articles whose keys begin with this.
    pub section: Option<ArticleKey>,
    /// Only articles with a copy that has an address, so that there is something to print and to link to.
    pub is_titled: bool,
}

/// A list, in descending order of counts.
#[derive(Debug)]
pub struct Ranking {
    /// The articles, at most [`MAX_ENTRIES`].
    pub entries: Vec<RankedArticle>,
    /// The last day of the period.
    pub day: Day,
    /// When the list expires.
    pub until: Timestamp,
}

/// An article of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedArticle {
    /// Its key.
    pub article: ArticleKey,
    /// Its count in the period.
    pub count: u64,
    /// Data of the stored copy, if there is one.
    pub meta: ArticleMeta,
}

/// Data of a copy that a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `wire::Article`")]
pub struct ArticleMeta {
    pub title: Option<String>,
    pub url: Option<String>,
    pub published: Option<String>,
}

/// The rankings of all sites.
#[derive(Default)]
pub struct Rankings {
    /// Locked only briefly, so no site waits for another.
    sites: Mutex<HashMap<SiteId, SiteCache>>,
    /// Lists of sections, one at a time.
    section_queue: WorkQueue,
}

/// The time source.
pub type Clock = dyn Fn() -> Timestamp + Send + Sync;

/// The state of a site with its current configuration.
struct SiteCache {
    site: Arc<Site>,
    data: Arc<SingleFlight<(), Arc<SiteData>>>,
}

/// A ranked list of up to [`MAX_ENTRIES`].
type RankedList = Arc<[RankedArticle]>;

/// Data of a site, loaded at one time.
struct SiteData {
    until: Timestamp,
    changes: Arc<DailyChanges>,
    /// Requested lists, by criterion and number of days.
    lists: Arc<SingleFlight<(RankBy, u16), RankedList>>,
    /// The same of sections, apart, so that nobody who names many delays the others.
    section_lists: SectionLists,
    /// Data of copies of the listed articles.
    meta: Mutex<HashMap<ArticleKey, ArticleMeta>>,
}

impl Rankings {
    /// The requested list, at most a minute old; if the store fails, at most `STALE_FOR` older. `client`: the address
    /// that requests it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if too many lists of sections are waited for, in all or by the client's network.
    pub async fn list(
        &self,
        store: &Arc<dyn Store>,
        site: &Arc<Site>,
        clock: &Arc<Clock>,
        client: Option<IpAddr>,
        query: RankingQuery,
    ) -> Result<Ranking, StoreError> {
        let site_cache = self.of(site);
        let load = || SiteData::load(Arc::clone(store), Arc::clone(site), clock());
        let data = match site_cache
            .get(clock, &(), |known, now| now < known.until, load)
            .await
        {
            Ok(data) => data,
            Err(why) => site_cache
                .last(&())
                .filter(|known| clock() < later(known.until, STALE_FOR))
                .ok_or(why)?,
        };
        let entries = match &query.section {
            Some(section) => {
                let queue = (&self.section_queue, client);
                data.section_list(store, queue, &query, section).await?
            }
            None => data.list(store, clock, &query).await?,
        };
        let entries = entries
            .iter()
            .filter(|entry| !query.is_titled || entry.meta.url.is_some())
            .take(query.limit)
            .cloned()
            .collect();
        let now = clock();
        // A stale list expires when the next attempt is due.
        let until = if now < data.until {
            data.until
        } else {
            later(now, RETRY_BACKOFF)
        };
        Ok(Ranking {
            entries,
            day: data.changes.day,
            until,
        })
    }

    /// Whether it is a section's list that is not made yet.
    pub(crate) fn is_costly(&self, site: &Arc<Site>, query: &RankingQuery) -> bool {
        let Some(section) = query.section.clone() else {
            return false;
        };
        let list = (query.by, query.days, section);
        let data = self.of(site).last(&());
        data.is_none_or(|data| !data.section_lists.has(&list))
    }

    /// Drops expired data.
    pub fn tidy(&self, now: Timestamp) {
        let is_servable = |known: &Arc<SiteData>| now < later(known.until, STALE_FOR);
        self.sites()
            .retain(|_, site_cache| site_cache.data.is_in_use(now, is_servable));
    }

    /// The site's cache, which is discarded when its configuration changes.
    fn of(&self, site: &Arc<Site>) -> Arc<SingleFlight<(), Arc<SiteData>>> {
        let mut sites = self.sites();
        if let Some(known) = sites
            .get(&site.id)
            .filter(|known| Arc::ptr_eq(&known.site, site))
        {
            return Arc::clone(&known.data);
        }
        let data = Arc::default();
        sites.insert(
            site.id.clone(),
            SiteCache {
                site: Arc::clone(site),
                data: Arc::clone(&data),
            },
        );
        data
    }

    fn sites(&self) -> MutexGuard<'_, HashMap<SiteId, SiteCache>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SiteData {
    async fn load(
        store: Arc<dyn Store>,
        site: Arc<Site>,
        now: Timestamp,
    ) -> Result<Arc<Self>, StoreError> {
        let window = Window::at(now, &site.time_zone);
        let recent = store
            .recent_changes(&site.id, first(window.day, MAX_DAYS), listed(&site))
            .await?;
        let changes = blocking(move || DailyChanges::of(recent, site, window.day)).await?;
        let until = window.ends.min(later(now, FRESH_FOR));
        Ok(Arc::new(Self {
            until,
            changes: Arc::new(changes),
            lists: Arc::default(),
            section_lists: SectionLists::default(),
            meta: Mutex::default(),
        }))
    }

    async fn list(
        self: &Arc<Self>,
        store: &Arc<dyn Store>,
        clock: &Arc<Clock>,
        query: &RankingQuery,
    ) -> Result<RankedList, StoreError> {
        let (by, days) = (query.by, query.days);
        let make = || {
            let (data, store) = (Arc::clone(self), Arc::clone(store));
            async move {
                let changes = Arc::clone(&data.changes);
                let ranked = blocking(move || changes.ranked(by, days, "")).await?;
                data.entries(&*store, ranked).await
            }
        };
        self.lists.get(clock, &(by, days), |_, _| true, make).await
    }

    async fn section_list(
        &self,
        store: &Arc<dyn Store>,
        (queue, client): (&WorkQueue, Option<IpAddr>),
        query: &RankingQuery,
        section: &ArticleKey,
    ) -> Result<RankedList, StoreError> {
        let (by, days) = (query.by, query.days);
        let make = || async {
            let changes = Arc::clone(&self.changes);
            let keys = section.clone();
            let rank = move || changes.ranked(by, days, keys.as_str());
            let ranked = queue.run(client, rank).await.ok_or(StoreError::Busy)?;
            self.entries(&**store, ranked).await
        };
        self.section_lists
            .get((by, days, section.clone()), make)
            .await
    }

    /// The list of these articles and counts, with data of their copies, which are read together.
    async fn entries(
        &self,
        store: &dyn Store,
        ranked: Vec<(ArticleKey, u64)>,
    ) -> Result<RankedList, StoreError> {
        let all = || self.meta.lock().unwrap_or_else(PoisonError::into_inner);
        let unknown: Vec<_> = {
            let known = all();
            let keys = ranked.iter().map(|(article, _)| article);
            keys.filter(|key| !known.contains_key(key))
                .cloned()
                .collect()
        };
        if !unknown.is_empty() {
            let copies = store.metadata(&self.changes.site.id, &unknown).await?;
            let meta = copies.into_iter().map(ArticleMeta::of);
            all().extend(unknown.into_iter().zip(meta));
        }
        let known = all();
        let entries = ranked.into_iter().map(|(article, count)| RankedArticle {
            meta: known.get(&article).cloned().unwrap_or_default(),
            article,
            count,
        });
        Ok(entries.collect())
    }
}

impl ArticleMeta {
    /// Of a copy, if there is one.
    fn of(copy: Option<ArticleMetadata>) -> Self {
        copy.map(|copy| Self {
            title: Some(copy.title),
            url: copy.url,
            published: copy.published,
        })
        .unwrap_or_default()
    }
}

/// The filter of the articles that the site's lists may contain.
fn listed(site: &Arc<Site>) -> Arc<ArticleFilter> {
    let site = Arc::clone(site);
    Arc::new(move |RecentArticle { key, is_known, .. }: &RecentArticle| site.lists(key, *is_known))
}

fn later(time: Timestamp, wait: Duration) -> Timestamp {
    time.saturating_add(wait).unwrap_or(time)
}

/// Runs work on a blocking thread: for a hundred thousand articles, it takes milliseconds.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    // Fails only if the process is shutting down.
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StoreError::Unavailable)
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
        let keys = [
            ("Buy now", false),
            ("//other.example/x", false),
            ("/a.html", false),
            ("stranger", false),
            ("slug", true),
        ];
        let listed = |lists, articles| {
            let wanted = listed(&Arc::new(Site {
                lists,
                articles,
                ..Site::demo()
            }));
            let is_listed = |(key, is_known): &(&str, bool)| {
                wanted(&RecentArticle {
                    key: ArticleKey::parse(key).unwrap(),
                    poll_opened: None,
                    poll: None,
                    is_known: *is_known,
                })
            };
            keys.iter()
                .filter(|article| is_listed(article))
                .map(|(key, _)| *key)
                .collect::<Vec<_>>()
        };
        let all = keys.map(|(key, _)| key);
        assert_eq!(
            listed(Lists::default(), Articles::Open),
            ["/a.html", "slug"]
        );
        assert_eq!(listed(Lists::Known, Articles::Open), ["slug"]);
        assert_eq!(listed(Lists::All, Articles::Open), all);
        assert_eq!(
            listed(Lists::Known, Articles::Registered),
            all,
            "the newsroom has let each of them in"
        );
    }
}
