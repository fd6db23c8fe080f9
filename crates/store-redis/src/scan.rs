use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures_util::future::try_join_all;
use store::{Days, HourChange, Metric, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::Command,
    hours::{self, Hours},
    keys::LIST_SHARDS,
    recent::RECENT_LIST,
    record::Days as ArticleDays,
    reply::{list, utf8},
};

/// Articles read concurrently.
pub(super) const CONCURRENT_ARTICLES: usize = 250;

/// What is read of the articles that were counted recently.
pub(super) struct Scan<'s> {
    /// How keys begin.
    pub(super) section: Option<&'s str>,
    /// Articles without counts from this day on are left out.
    pub(super) since: Day,
    /// Whether the articles' days are read.
    pub(super) with_days: bool,
    /// The days whose hours are read; with the articles' days, only of those with changes.
    pub(super) hours_of: BTreeSet<Day>,
}

impl Redis {
    /// Calls `each` with the days and hours of each article.
    pub(super) async fn scan(
        &self,
        site: &SiteId,
        scan: &Scan<'_>,
        mut each: impl FnMut(&ArticleKey, &ArticleDays, &Hours),
    ) -> Result<(), StoreError> {
        let keys = self.counted_since(site, scan).await?;
        for some in keys.chunks(CONCURRENT_ARTICLES) {
            let read = try_join_all(some.iter().map(|key| self.read_days(site, key, scan)));
            for (key, (days, hours)) in some.iter().zip(read.await?) {
                each(key, &days, &hours);
            }
        }
        Ok(())
    }

    /// The keys of the articles; also old keys of articles that have moved, which have no days.
    async fn counted_since(
        &self,
        site: &SiteId,
        scan: &Scan<'_>,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let parts = try_join_all((0..LIST_SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(RECENT_LIST, site, number);
            let range = Command::new("ZRANGEBYSCORE").arg(name);
            let range = range.arg(scan.since.get().to_string()).arg("+inf");
            self.cluster.read(slot, range)
        }));
        let parts = parts.await?;
        let keys = parts.iter().flat_map(list).filter_map(utf8);
        let keys = keys.filter(|key| scan.section.is_none_or(|section| key.starts_with(section)));
        // An article may be in two shards after one was unavailable.
        let keys: HashSet<&str> = keys.collect();
        Ok(keys
            .into_iter()
            .filter_map(|key| ArticleKey::parse(key).ok())
            .collect())
    }

    async fn read_days(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        scan: &Scan<'_>,
    ) -> Result<(ArticleDays, Hours), StoreError> {
        let names = self.names.article(site, key);
        if !scan.with_days {
            let hours = self.hours(&names, &scan.hours_of).await?;
            return Ok((ArticleDays::new(), hours));
        }
        let days = self.days(&names).await?;
        let mut with_changes: BTreeSet<Day> = days.keys().map(|(day, ..)| *day).collect();
        with_changes.retain(|day| scan.hours_of.contains(day));
        let hours = self.hours(&names, &with_changes).await?;
        Ok((days, hours))
    }
}

/// The changes of some days by hour: what the hours lack of a day has no known hour.
pub(super) fn hourly_changes(of_days: &ArticleDays, hours: &Hours, days: Days) -> Vec<HourChange> {
    let mut totals: BTreeMap<(Day, &String), i64> = BTreeMap::new();
    for ((day, _, metric), change) in of_days {
        let total = totals.entry((*day, metric)).or_default();
        *total = total.saturating_add(*change);
    }
    for (day, metric) in hours.keys() {
        totals.entry((*day, metric)).or_default();
    }
    totals.retain(|(day, _), _| days.contains(*day));
    let none = Default::default();
    let changes = totals.into_iter().flat_map(|((day, name), total)| {
        let known = hours.get(&(day, name.clone())).unwrap_or(&none);
        let changes = |metric| hours::changes(day, &metric, known, total);
        Metric::parse(name).map(changes).unwrap_or_default()
    });
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by_key(|change| (change.day, change.hour));
    changes
}
