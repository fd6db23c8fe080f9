//! A site's totals of yesterday, over all articles. Loaded at most every ten minutes for each site, once at a
//! time, so the cost does not depend on the number of requests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use method::Counted;
use store::{ArticleFilter, Metric, RecentChanges, Store, StoreError};
use visitor::Day;
use wire::SiteId;

use crate::ranking::{Clock, single_flight::SingleFlight};

/// How long the sums of a finished day are used. They change only if articles are removed or merged.
const TOTALS_FRESH_FOR: Duration = Duration::from_secs(600);

/// The sums of all sites.
#[derive(Default)]
pub struct DayTotals {
    sites: Mutex<HashMap<SiteId, Arc<SingleFlight<(), DaySums>>>>,
}

/// The sums of a day.
#[derive(Clone, Copy)]
struct DaySums {
    day: Day,
    until: Timestamp,
    counted: Counted,
}

impl DayTotals {
    /// The site's totals of that day, which is over.
    pub async fn of(
        &self,
        store: &Arc<dyn Store>,
        site: &SiteId,
        clock: &Arc<Clock>,
        day: Day,
    ) -> Result<Counted, StoreError> {
        let known = Arc::clone(
            self.sites
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(site.clone())
                .or_default(),
        );
        let load = || load(Arc::clone(store), site.clone(), clock(), day);
        let is_fresh = |known: &DaySums, now| known.day == day && now < known.until;
        Ok(known.get(clock, &(), is_fresh, load).await?.counted)
    }
}

async fn load(
    store: Arc<dyn Store>,
    site: SiteId,
    now: Timestamp,
    day: Day,
) -> Result<DaySums, StoreError> {
    let all: Arc<ArticleFilter> = Arc::new(|_| true);
    let recent = store.recent_changes(&site, day, all).await?;
    Ok(DaySums {
        day,
        until: now.checked_add(TOTALS_FRESH_FOR).unwrap_or(now),
        counted: sum(&recent, day),
    })
}

fn sum(recent: &RecentChanges, day: Day) -> Counted {
    let mut counted = Counted::default();
    for delta in recent.changes.iter().filter(|delta| delta.day == day) {
        match recent.metrics.get(usize::from(delta.metric)) {
            Some(Metric::Reads) => counted.reads = counted.reads.saturating_add(delta.change),
            Some(Metric::Reaction(_)) => {
                counted.reactions = counted.reactions.saturating_add(delta.change)
            }
            Some(Metric::Share(_)) => counted.shares = counted.shares.saturating_add(delta.change),
            _ => {}
        }
    }
    counted
}
