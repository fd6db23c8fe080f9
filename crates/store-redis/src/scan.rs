use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    pin::pin,
};

use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use redis::Value;
use store::{Days, HourChange, Metric, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    article_dump::parse_days,
    command::Command,
    hours::{self, Hours},
    keys::{ArticleKeySet, LIST_SHARDS},
    recent::RECENT_LIST,
    record::Days as ArticleDays,
    reply::{list, utf8},
};

/// Articles read by one request to each server.
pub(super) const CONCURRENT_ARTICLES: usize = 250;

/// Such requests in flight.
pub(super) const CONCURRENT_PARTS: usize = 3;

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
    /// Calls `each` with the days and hours of each article.
    pub(super) async fn scan(
        &self,
        site: &SiteId,
        scan: &Scan<'_>,
        mut each: impl FnMut(&ArticleKey, &ArticleDays, &Hours),
    ) -> Result<(), StoreError> {
        let keys = self.counted_since(site, scan).await?;
        let parts: Vec<_> = keys
            .chunks(CONCURRENT_ARTICLES)
            .map(<[_]>::to_vec)
            .collect();
        let parts = stream::iter(parts).map(|keys| self.read_articles(site, scan, keys));
        let mut parts = pin!(parts.buffered(CONCURRENT_PARTS));
        while let Some(part) = parts.try_next().await? {
            for (key, days, hours) in part {
                each(&key, &days, &hours);
            }
        }
        Ok(())
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
        let days = |replies: Vec<Value>| {
            let days = replies.first().map(|days| parse_days(days, since));
            days.unwrap_or_default()
        };
        Ok(found.into_iter().map(days).collect())
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
        let by_article = days.iter().zip(&found);
        Ok(by_article
            .map(|(days, replies)| hours::of_days(days, replies))
            .collect())
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
