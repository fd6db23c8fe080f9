//! What the newsroom's pages show of a site's counts: gathered from the store, and cached, so that ten editors cost as much
//! as one. Independent of languages.

/// The list of all articles.
mod articles;
/// A bounded cache that computes one value at a time.
mod cached;
/// The first hours of an article.
mod first_hours;
/// What is read of the articles on the site's own pages.
mod headlines;
/// What is read now.
mod now;
/// Sums of some days.
mod period;
/// The highest of many.
mod top;

use std::{sync::Arc, time::Duration};

use config::Site;
use jiff::Timestamp;
use store::{ArticleIndex, Days, Store, StoreError, TypicalStart};
use visitor::Day;
use wire::SiteId;

use self::cached::{Cached, Freshness, KEPT_FOR};
pub(crate) use self::{
    articles::{ArticleSelection, IndexColumns, SelectedArticles, select},
    first_hours::first_hours,
    headlines::{Headlines, Trend},
    now::{NowData, week_before},
    period::{PeriodData, RankedArticles, RankedBy},
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
#[derive(Default)]
pub struct Readership {
    now: Arc<Cached<(Scope, Day), NowData>>,
    periods: Arc<Cached<(Scope, Days), PeriodData>>,
    indexes: Arc<Cached<SiteId, ArticleIndex>>,
    typical: Arc<Cached<(Scope, Day), TypicalStart>>,
    headlines: Arc<Cached<Scope, Headlines>>,
}

impl Readership {
    /// What is read now: at most five seconds old.
    pub(crate) async fn now(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        now: Timestamp,
        zone: &jiff::tz::TimeZone,
    ) -> Result<Arc<NowData>, StoreError> {
        let (today, hour) = now::today(now, zone);
        let store = Arc::clone(store);
        let make = {
            let scope = scope.clone();
            move || async move { NowData::load(&store, &scope, today, hour).await }
        };
        let fresh = Freshness::up_to(Duration::from_secs(5));
        self.now.get((scope, today), now, fresh, make).await
    }

    /// Sums of some days: at most a minute old while they are looked at, else at most ten.
    pub(crate) async fn period(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        days: Days,
        now: Timestamp,
    ) -> Result<Arc<PeriodData>, StoreError> {
        let store = Arc::clone(store);
        let make = {
            let scope = scope.clone();
            move || async move { PeriodData::load(&store, &scope, days).await }
        };
        let fresh = Freshness {
            fresh_for: Duration::from_secs(60),
            stale_for: KEPT_FOR,
        };
        self.periods.get((scope, days), now, fresh, make).await
    }

    /// All articles: at most a minute old while they are looked at, else at most ten.
    pub(crate) async fn index(
        &self,
        store: &Arc<dyn Store>,
        site: &SiteId,
        now: Timestamp,
    ) -> Result<Arc<ArticleIndex>, StoreError> {
        let make = {
            let (store, site) = (Arc::clone(store), site.clone());
            move || async move { store.article_index(&site).await }
        };
        let fresh = Freshness {
            fresh_for: Duration::from_secs(60),
            stale_for: KEPT_FOR,
        };
        self.indexes.get(site.clone(), now, fresh, make).await
    }

    /// How the articles of a site or a section are read in their first hours: at most an hour old.
    pub(crate) async fn typical(
        &self,
        store: &Arc<dyn Store>,
        scope: Scope,
        today: Day,
        now: Timestamp,
    ) -> Result<Arc<TypicalStart>, StoreError> {
        let days = Days::until(Day::new(today.get() - TYPICAL_AGE), TYPICAL_DAYS);
        let make = {
            let (store, scope) = (Arc::clone(store), scope.clone());
            move || async move {
                let section = scope.section.as_deref();
                store.typical_start(&scope.site, section, days).await
            }
        };
        let fresh = Freshness::up_to(Duration::from_secs(3600));
        self.typical.get((scope, today), now, fresh, make).await
    }

    /// What is read of the articles on the site's own pages: at most fifteen seconds old.
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
        let fresh = Freshness::up_to(Duration::from_secs(15));
        self.headlines.get(scope, now, fresh, make).await
    }

    /// Runs work on a blocking thread, so that it delays no reader.
    pub(crate) async fn blocking<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        // Fails only if the work panics, or the process is shutting down.
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| StoreError::Unavailable)
    }

    /// Drops values that were not used recently.
    pub(crate) fn tidy(&self, now: Timestamp) {
        self.now.tidy(now);
        self.periods.tidy(now);
        self.indexes.tidy(now);
        self.typical.tidy(now);
        self.headlines.tidy(now);
    }
}
