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
    key_table::KeyTable,
    keys::{ArticleKeySet, LIST_SHARDS},
    recent::RECENT_LIST,
    record::Days as ArticleDays,
    reply::{into_list, list, number, text},
};

/// Articles read by one request to each server.
pub(super) const CONCURRENT_ARTICLES: usize = 250;

/// Such requests in flight.
pub(super) const CONCURRENT_PARTS: usize = 3;

/// Fields that a server looks at for one reply: few articles have more.
const SCANNED_FIELDS: &str = "1000";

/// Shards of the list whose keys are read at a time: of all, those of a hundred thousand articles take megabytes.
const SHARDS_AT_A_TIME: usize = 8;

/// Selects the recently counted articles to read, and the data to read of them: at least these.
pub(super) struct Scan<'s> {
    /// How keys begin.
    pub(super) section: Option<&'s str>,
    /// Articles without counts from this day on are left out.
    pub(super) since: Day,
    /// Their changes after this day may be left out.
    pub(super) until: Day,
    /// Whether the articles' days are read.
    pub(super) with_days: bool,
    /// The days whose hours are read; with the articles' days, only of those with changes.
    pub(super) hours_of: BTreeSet<Day>,
}

impl Redis {
    /// Adds the days and hours of each article to something, on the thread that reads them. One scan runs at a time, so the
    /// process needs the memory of one.
    pub(super) async fn scan<T: Send + 'static>(
        &self,
        site: &SiteId,
        scan: &Scan<'_>,
        mut to: T,
        add: fn(&mut T, &ArticleKey, &ArticleDays, &Hours),
    ) -> Result<T, StoreError> {
        let _only_one = self.scanning.lock().await;
        let counted = self.counted_since(site, scan.section, scan.since).await?;
        let firsts = (0..counted.len()).step_by(CONCURRENT_ARTICLES);
        let parts = stream::iter(firsts).map(|first| {
            let keys = counted.articles(first, CONCURRENT_ARTICLES);
            self.read_articles(site, scan, keys)
        });
        let mut parts = pin!(parts.buffered(CONCURRENT_PARTS));
        while let Some(part) = parts.try_next().await? {
            let added = async move {
                for (key, days, hours) in &part {
                    add(&mut to, key, days, hours);
                }
                to
            };
            to = low_priority::task(added).await?;
        }
        low_priority::task(async { return_freed_memory() }).await?;
        Ok(to)
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
            true => self.days_of(&names, scan.since, scan.until).await?,
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
        let scores = [since.get().to_string(), "+inf".to_owned()];
        let add = |counted: &mut KeyTable, key: &[u8]| {
            counted.number(key);
        };
        self.fold_keys(RECENT_LIST, site, section, scores, KeyTable::default(), add)
            .await
    }

    /// Adds the keys of a list that have a score in this range to something, some shards at a time.
    pub(super) async fn fold_keys<T: Send + 'static>(
        &self,
        list: &str,
        site: &SiteId,
        section: Option<&str>,
        scores: [String; 2],
        mut to: T,
        add: fn(&mut T, &[u8]),
    ) -> Result<T, StoreError> {
        let shards = (0..LIST_SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(list, site, number);
            let range = Command::new("ZRANGEBYSCORE").arg(name);
            (slot, vec![range.args(scores.iter().map(String::as_str))])
        });
        let shards: Vec<SlotCommands> = shards.collect();
        for some in shards.chunks(SHARDS_AT_A_TIME) {
            let found = self.cluster.read_many(some.to_vec()).await?;
            let section = section.map(str::to_owned);
            let added = async move {
                keys_of(&found, section.as_deref()).for_each(|key| add(&mut to, key));
                to
            };
            to = low_priority::task(added).await?;
        }
        Ok(to)
    }

    /// The days of these articles, at least from `since` until `until`. Of all that an article has, the server selects them:
    /// otherwise the replies have years of days.
    async fn days_of(
        &self,
        names: &[ArticleKeySet],
        since: Day,
        until: Day,
    ) -> Result<Vec<ArticleDays>, StoreError> {
        let all = |names: &ArticleKeySet| {
            let all = Command::new("HGETALL").arg(names.days());
            (names.slot, vec![all])
        };
        let mut found = match pattern_of_days(since, until) {
            Some(pattern) => self.scan_fields(names, &pattern).await?,
            None => vec![None; names.len()],
        };
        let rest: Vec<usize> = (0..names.len()).filter(|at| found[*at].is_none()).collect();
        let wanted = rest.iter().map(|at| all(&names[*at]));
        let of_rest = self.cluster.read_many(wanted.collect()).await?;
        for (at, replies) in rest.into_iter().zip(of_rest) {
            found[at] = replies.into_iter().next();
        }
        let days = move |reply: Option<Value>| {
            let days = reply.map(|days| parse_days(&days, since));
            days.unwrap_or_default()
        };
        low_priority::task(async move { found.into_iter().map(days).collect() }).await
    }

    /// The fields of each article's days that match; `None` for one with so many days that the server returns a part.
    async fn scan_fields(
        &self,
        names: &[ArticleKeySet],
        pattern: &str,
    ) -> Result<Vec<Option<Value>>, StoreError> {
        let wanted = names.iter().map(|names| {
            let scan = Command::new("HSCAN").arg(names.days()).arg("0");
            let scan = scan.args(["MATCH", pattern, "COUNT", SCANNED_FIELDS]);
            (names.slot, vec![scan])
        });
        let found = self.cluster.read_many(wanted.collect()).await?;
        let fields = |replies: Vec<Value>| {
            let mut parts = replies.into_iter().flat_map(into_list);
            let is_whole = number(&parts.next()?) == Some(0);
            parts.next().filter(|_| is_whole)
        };
        Ok(found.into_iter().map(fields).collect())
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
    /// Selects what each of two scans of a section selects.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            section: self.section,
            since: self.since.min(other.since),
            until: self.until.max(other.until),
            with_days: self.with_days || other.with_days,
            hours_of: self.hours_of.into_iter().chain(other.hours_of).collect(),
        }
    }

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

/// A pattern of the fields of these days: the digits that all of them begin with. `None`: too few to leave much out.
fn pattern_of_days(first: Day, last: Day) -> Option<String> {
    let [first, last] = [first, last].map(|day| day.get().to_string());
    let same = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b);
    let same = same.count();
    let is_narrow = first.len() == last.len() && first.len() > 2 && same + 2 >= first.len();
    is_narrow.then(|| format!("{}*", &first[..same]))
}

/// The keys in shards that are in the section.
fn keys_of<'s>(
    shards: &'s [Vec<Value>],
    section: Option<&'s str>,
) -> impl Iterator<Item = &'s [u8]> {
    let keys = shards.iter().flatten().flat_map(list).filter_map(text);
    keys.filter(move |key| section.is_none_or(|section| key.starts_with(section.as_bytes())))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_days_matches_all_of_them() {
        let pattern = |first, last| pattern_of_days(Day::new(first), Day::new(last));
        for (first, last, expected) in [
            (20_788, 20_788, "20788*"),
            (20_786, 20_788, "2078*"),
            (20_789, 20_790, "207*"),
            (-719_162, -719_150, "-7191*"),
        ] {
            assert_eq!(pattern(first, last).as_deref(), Some(expected));
        }
        for (first, last) in [
            (20_799, 20_800),
            (999, 1000),
            (-1, 1),
            (-3, -2),
            (5, 7),
            (i32::MIN, i32::MAX),
        ] {
            assert_eq!(pattern(first, last), None, "{first} to {last}");
        }
    }
}
