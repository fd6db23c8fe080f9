//! A site's counts for the newsroom's pages: gathered from the store, and cached, so that ten editors cost as much
//! as one. Independent of languages.

/// The list of all articles.
mod articles;
/// A bounded cache that computes one value at a time.
mod cached;
/// The first hours of an article.
mod first_hours;
/// Reads of the articles on the site's own pages.
mod headlines;
/// What is read now.
mod now;
/// Sums of some days.
mod period;
/// The highest of many.
mod top;
/// Gathering before anybody looks.
mod warm;

use std::{future::Future, sync::Arc, time::Duration};

use config::Site;
use jiff::{Timestamp, tz::TimeZone};
use store::{ArticleCard, ArticleIndex, Days, Store, StoreError, TypicalStart};
use visitor::Day;
use wire::SiteId;

pub(crate) use self::{
    articles::{ArticleSelection, IndexColumns, SelectedArticles, select},
    first_hours::first_hours,
    headlines::{Headlines, Trend},
    now::{NowData, week_before},
    period::{PeriodData, RankedArticles, RankedBy},
};
use self::{
    cached::{Cached, CachedValue, Freshness, KEPT_FOR},
    warm::LookedAt,
};

/// The typical article is computed from articles that started in this many days. The newest are left out: they are too
/// young.
const TYPICAL_DAYS: u16 = 28;
const TYPICAL_AGE: i32 = 3;

/// A site, or a section of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) site: SiteId,
    /// How keys begin; `None`: the whole site.
    pub(crate) section: Option<String>,
}

/// The caches.
pub struct Readership {
    now: Arc<Cached<(Scope, Day), NowData>>,
    periods: Arc<Cached<(Scope, Days), PeriodData>>,
    indexes: Arc<Cached<SiteId, Arc<ArticleIndex>>>,
    typical: Arc<Cached<(Scope, Day), TypicalStart>>,
    headlines: Arc<Cached<Scope, Headlines>>,
    looked_at: LookedAt,
}

/// Memory of the lists of articles, of all sites together: of one with 100,000 articles a list takes some 16 MB. While a new
/// list is made, the one before it is shown.
const MAX_INDEX_BYTES: usize = 32 * 1024 * 1024;

/// Memory of each of the other caches.
const MAX_CACHE_BYTES: usize = 2 * 1024 * 1024;

impl Default for Readership {
    fn default() -> Self {
        Self {
            now: Arc::new(Cached::new(MAX_CACHE_BYTES)),
            periods: Arc::new(Cached::new(MAX_CACHE_BYTES)),
            indexes: Arc::new(Cached::new(MAX_INDEX_BYTES)),
            typical: Arc::new(Cached::new(MAX_CACHE_BYTES)),
            headlines: Arc::new(Cached::new(MAX_CACHE_BYTES)),
            looked_at: LookedAt::default(),
        }
    }
}

/// What is read now: nine seconds old, or up to a minute if it takes long; at first, up to a minute and a half, while it is
/// gathered again.
const NOW: Freshness = Freshness {
    fresh_for: Duration::from_secs(9),
    stale_for: Duration::from_secs(90),
};

/// Sums and lists: at most a minute old while they are looked at, else at most ten.
const SUMS: Freshness = Freshness {
    fresh_for: Duration::from_secs(60),
    stale_for: KEPT_FOR,
};

/// The typical article: an hour old, and up to two while it is computed again.
const TYPICAL: Freshness = Freshness {
    fresh_for: Duration::from_secs(3600),
    stale_for: Duration::from_secs(2 * 3600),
};

/// Reads of the articles on the site's own pages.
const HEADLINES: Freshness = Freshness {
    fresh_for: Duration::from_secs(15),
    stale_for: Duration::from_secs(15),
};

impl Readership {
    /// What is read now.
    pub(crate) async fn now(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Arc<NowData>, StoreError> {
        self.looked_at.note(&scope.site, now);
        let (today, _) = now::today(now, zone);
        let make = load_now(store, &scope, now, zone);
        self.now.get((scope, today), now, NOW, make).await
    }

    /// Sums of some days.
    pub(crate) async fn period(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        days: Days,
        now: Timestamp,
    ) -> Result<Arc<PeriodData>, StoreError> {
        self.looked_at.note(&scope.site, now);
        let make = load_period(store, &scope, days);
        self.periods.get((scope, days), now, SUMS, make).await
    }

    /// All articles.
    pub(crate) async fn index(
        &self,
        store: &Arc<dyn Store>,
        site: &SiteId,
        now: Timestamp,
    ) -> Result<Arc<Arc<ArticleIndex>>, StoreError> {
        self.looked_at.note(site, now);
        let make = load_index(store, site);
        self.indexes.get(site.clone(), now, SUMS, make).await
    }

    /// How the articles of a site or a section are read in their first hours.
    pub(crate) async fn typical(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        today: Day,
        now: Timestamp,
    ) -> Result<Arc<TypicalStart>, StoreError> {
        self.looked_at.note(&scope.site, now);
        let make = load_typical(store, &scope, today);
        self.typical.get((scope, today), now, TYPICAL, make).await
    }

    /// Reads of the articles on the site's own pages: at most fifteen seconds old.
    pub(crate) async fn headlines(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        site: &Arc<Site>,
        now: Timestamp,
    ) -> Result<Arc<Headlines>, StoreError> {
        let make = {
            let (store, scope, site) = (Arc::clone(store), scope.clone(), Arc::clone(site));
            move || async move { Headlines::load(&store, &scope, &site, now).await }
        };
        self.headlines.get(scope, now, HEADLINES, make).await
    }

    /// Drops values that were not used recently.
    pub(crate) fn tidy(&self, now: Timestamp) {
        self.now.tidy(now, KEPT_FOR);
        self.periods.tidy(now, KEPT_FOR);
        self.indexes.tidy(now, KEPT_FOR);
        self.typical.tidy(now, TYPICAL.stale_for);
        self.headlines.tidy(now, KEPT_FOR);
    }
}

/// A value that is being gathered.
type Loading<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

fn load_now(
    store: &Arc<dyn Store>,
    scope: &Scope,
    now: Timestamp,
    zone: &TimeZone,
) -> impl FnOnce() -> Loading<NowData> + Send + use<> {
    let (store, scope, zone) = (Arc::clone(store), scope.clone(), zone.clone());
    move || Box::pin(async move { NowData::load(&store, &scope, now, &zone).await })
}

fn load_period(
    store: &Arc<dyn Store>,
    scope: &Scope,
    days: Days,
) -> impl FnOnce() -> Loading<PeriodData> + Send + use<> {
    let (store, scope) = (Arc::clone(store), scope.clone());
    move || Box::pin(async move { PeriodData::load(&store, &scope, days).await })
}

fn load_index(
    store: &Arc<dyn Store>,
    site: &SiteId,
) -> impl FnOnce() -> Loading<Arc<ArticleIndex>> + Send + use<> {
    let (store, site) = (Arc::clone(store), site.clone());
    move || Box::pin(async move { store.article_index(&site).await })
}

fn load_typical(
    store: &Arc<dyn Store>,
    scope: &Scope,
    today: Day,
) -> impl FnOnce() -> Loading<TypicalStart> + Send + use<> {
    let days = Days::until(Day::new(today.get() - TYPICAL_AGE), TYPICAL_DAYS);
    let (store, scope) = (Arc::clone(store), scope.clone());
    move || {
        Box::pin(async move {
            let section = scope.section.as_deref();
            store.typical_start(&scope.site, section, days).await
        })
    }
}

impl CachedValue for Arc<ArticleIndex> {
    fn bytes(&self) -> usize {
        ArticleIndex::bytes(self)
    }
}

impl CachedValue for TypicalStart {
    fn bytes(&self) -> usize {
        size_of_val(&*self.reads)
    }
}

/// The memory of cards in lists of tuples.
fn bytes_of_cards<'c>(cards: impl Iterator<Item = &'c ArticleCard>) -> usize {
    let texts = |card: &ArticleCard| {
        let texts = [card.title.as_deref(), card.byline.as_deref()];
        let texts = texts.into_iter().flatten().map(str::len).sum::<usize>();
        card.key.as_str().len() + texts
    };
    cards
        .map(|card| size_of::<(ArticleCard, i64, f64)>() + texts(card))
        .sum()
}
