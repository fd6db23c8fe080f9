use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use redis::Value;
use store::{Days, HourChange, Metric, StoreError, low_priority, memory::return_freed_memory};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    article_dump::parse_days,
    cluster::SlotCommands,
    command::Command,
    hours::{self, Hours},
    keys::{ArticleKeySet, LIST_SHARDS},
    newsroom::KeyTable,
    recent::RECENT_LIST,
    record::Days as ArticleDays,
    reply::{list, text},
};

/// Articles read by one request to each server.
pub(super) const CONCURRENT_ARTICLES: usize = 250;

/// Such requests in flight.
pub(super) const CONCURRENT_PARTS: usize = 3;

/// Shards of the list whose keys are read at a time: of all, those of a hundred thousand articles take megabytes.
const SHARDS_AT_A_TIME: usize = 8;

/// Selects the recently counted articles to read, and the data to read of them.
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
    /// Calls `each` with the days and hours of each article. One scan runs at a time, so the process needs the memory of one.
    pub(super) async fn scan(
        &self,
        site: &SiteId,
        scan: &Scan<'_>,
        mut each: impl FnMut(&ArticleKey, &ArticleDays, &Hours),
    ) -> Result<(), StoreError> {
        let _only_one = self.scanning.lock().await;
        let counted = self.counted_since(site, scan.section, scan.since).await?;
        let firsts = (0..counted.len()).step_by(CONCURRENT_ARTICLES);
        let parts = stream::iter(firsts).map(|first| {
            let keys = counted.articles(first, CONCURRENT_ARTICLES);
            self.read_articles(site, scan, keys)
        });
        let mut parts = pin!(parts.buffered(CONCURRENT_PARTS));
        while let Some(part) = parts.try_next().await? {
            for (key, days, hours) in part {
                each(&key, &days, &hours);
            }
        }
        low_priority::task(async { return_freed_memory() }).await
    }

    /// The days and hours of these articles.
    async fn read_articles(
        &self,
        site: &SiteId,
        scan: &Scan<'_>,
        keys: Vec<ArticleKey>,
    ) -> Result<Vec<(ArticleKey, ArticleDays, Hours)>, StoreError> {
        let names: Vec<_> = keys
            .iter()
            .map(|key| self.names.article(site, key))
            .collect();
        let days = match scan.with_days {
            true => self.days_of(&names, scan.since).await?,
            false => vec![ArticleDays::new(); names.len()],
        };
        let wanted: Vec<_> = days.iter().map(|days| scan.hours_wanted(days)).collect();
        let hours = match scan.hours_of.is_empty() {
            true => vec![Hours::new(); names.len()],
            false => self.hours_of(&names, &wanted).await?,
        };
        let all = keys.into_iter().zip(days).zip(hours);
        Ok(all.map(|((key, days), hours)| (key, days, hours)).collect())
    }

    /// The keys of the articles with counts since that day; also old keys of articles that have moved, which have no days. An
    /// article may be in two shards after one was unavailable, and is in the table once.
    pub(super) async fn counted_since(
        &self,
        site: &SiteId,
        section: Option<&str>,
        since: Day,
    ) -> Result<KeyTable, StoreError> {
        let shards = (0..LIST_SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(RECENT_LIST, site, number);
            let range = Command::new("ZRANGEBYSCORE").arg(name);
            let since = since.get().to_string();
            (slot, vec![range.arg(since).arg("+inf")])
        });
        let shards: Vec<SlotCommands> = shards.collect();
        let mut counted = KeyTable::default();
        for some in shards.chunks(SHARDS_AT_A_TIME) {
            let found = self.cluster.read_many(some.to_vec()).await?;
            let section = section.map(str::to_owned);
            counted = low_priority::task(async move {
                add_keys(&mut counted, &found, section.as_deref());
                counted
            })
            .await?;
        }
        Ok(counted)
    }

    /// The days of these articles since that day.
    async fn days_of(
        &self,
        names: &[ArticleKeySet],
        since: Day,
    ) -> Result<Vec<ArticleDays>, StoreError> {
        let wanted = names
            .iter()
            .map(|names| (names.slot, vec![Command::new("HGETALL").arg(names.days())]));
        let found = self.cluster.read_many(wanted.collect()).await?;
        let days = move |replies: Vec<Value>| {
            let days = replies.first().map(|days| parse_days(days, since));
            days.unwrap_or_default()
        };
        low_priority::task(async move { found.into_iter().map(days).collect() }).await
    }

    /// The known hours of these articles, each on its own days.
    pub(super) async fn hours_of(
        &self,
        names: &[ArticleKeySet],
        days: &[BTreeSet<Day>],
    ) -> Result<Vec<Hours>, StoreError> {
        let wanted = names.iter().zip(days).map(|(names, days)| {
            let of_day = |day: &Day| Command::new("HGETALL").arg(names.hours(*day));
            (names.slot, days.iter().map(of_day).collect())
        });
        let found = self.cluster.read_many(wanted.collect()).await?;
        let days = days.to_vec();
        let hours = async move {
            let by_article = days.iter().zip(found);
            by_article
                .map(|(days, replies)| hours::of_days(days, &replies))
                .collect()
        };
        low_priority::task(hours).await
    }
}

impl Scan<'_> {
    /// The days whose hours are read of an article with these days.
    fn hours_wanted(&self, days: &ArticleDays) -> BTreeSet<Day> {
        let mut wanted = self.hours_of.clone();
        if self.with_days {
            let with_changes: BTreeSet<Day> = days.keys().map(|(day, ..)| *day).collect();
            wanted.retain(|day| with_changes.contains(day));
        }
        wanted
    }
}

/// Adds the keys of the shards that are in the section.
fn add_keys(to: &mut KeyTable, shards: &[Vec<Value>], section: Option<&str>) {
    let keys = shards.iter().flatten().flat_map(list).filter_map(text);
    for key in keys {
        if section.is_none_or(|section| key.starts_with(section.as_bytes())) {
            to.number(key);
        }
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
