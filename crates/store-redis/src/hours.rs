//! Hours of articles: a hash for each day, with a field for each hour and metric. That of a day that is not one of the
//! article's first ones expires. Where the hours of a day do not add up to the day, the rest has no known hour.

use std::collections::{BTreeMap, BTreeSet};

use redis::Value;
use store::{ARTICLE_HOURS_DAYS, DayHours, HourChange, Metric, StoreError, is_first_day};
use visitor::{Day, HOURS_PER_DAY, Hour};

use super::{
    Redis, cluster::Access, command::Command, keys::ArticleKeySet, lease::WriteSet, record::Days,
    record::Record, reply::pairs,
};

/// Known hours by day and metric.
pub(super) type Hours = BTreeMap<(Day, String), DayHours>;

/// How long hours are kept that are not of an article's first days: the site's last eight days, and two in which they are
/// summed for the site.
const HOURS_TTL_SECONDS: u32 = (ARTICLE_HOURS_DAYS as u32 + 4) * 24 * 3600;

/// The expiry of an article's hours of a day, in seconds; `None`: they are kept. `first`: see [`Record::first_day`].
pub(super) fn expiry(first: Day, day: Day) -> Option<u32> {
    (!is_first_day(first, day)).then_some(HOURS_TTL_SECONDS)
}

/// The days of which an article has hours: those with changes, and its first ones, whose changes may add up to zero. The
/// field of an erased vote's day may be there and be zero, which an import does not write.
pub(super) fn days_with_hours(record: &Record, days: &Days) -> BTreeSet<Day> {
    let first = [Some(record.created), record.published];
    let first = first.into_iter().flatten().flat_map(first_days);
    let changed = days.iter().filter(|(_, change)| **change != 0);
    changed.map(|((day, ..), _)| *day).chain(first).collect()
}

/// The hours of one day, from the reply with its hash.
pub(super) fn parse_day(reply: &Value) -> BTreeMap<String, DayHours> {
    let mut hours: BTreeMap<String, DayHours> = BTreeMap::new();
    for (field, value) in pairs(reply) {
        let parsed = || {
            let (hour, metric) = std::str::from_utf8(field).ok()?.split_once(':')?;
            let hour = hour.parse::<usize>().ok()?;
            let change = std::str::from_utf8(value).ok()?.parse::<i64>().ok()?;
            Some((hour, metric, change))
        };
        if let Some((hour, metric, change)) = parsed()
            && hour < usize::from(HOURS_PER_DAY)
        {
            hours.entry(metric.to_owned()).or_default()[hour] = change;
        }
    }
    hours
}

impl Redis {
    /// The known hours of an article on these days.
    pub(super) async fn hours(
        &self,
        names: &ArticleKeySet,
        days: &BTreeSet<Day>,
    ) -> Result<Hours, StoreError> {
        if days.is_empty() {
            return Ok(Hours::new());
        }
        let commands = days
            .iter()
            .map(|day| Command::new("HGETALL").arg(names.hours(*day)));
        let replies = self
            .cluster
            .request(Access::Read, names.slot, commands.collect())
            .await?;
        Ok(of_days(days, &replies))
    }
}

/// The hours of these days, from the replies with their hashes.
pub(super) fn of_days(days: &BTreeSet<Day>, replies: &[Value]) -> Hours {
    let by_day = days.iter().zip(replies);
    by_day
        .flat_map(|(day, reply)| {
            parse_day(reply)
                .into_iter()
                .map(move |(metric, hours)| ((*day, metric), hours))
        })
        .collect()
}

/// Writes the differences. `first`: see [`Record::first_day`].
pub(super) fn write(
    names: &ArticleKeySet,
    first: Day,
    before: &Hours,
    after: &Hours,
    to: &mut WriteSet,
) {
    let mut changed = BTreeSet::new();
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (day, metric) = key;
        let [before, after] =
            [before, after].map(|hours| hours.get(key).copied().unwrap_or_default());
        for hour in (0..usize::from(HOURS_PER_DAY)).filter(|hour| before[*hour] != after[*hour]) {
            let field = format!("{hour}:{metric}");
            match after[hour] {
                0 => to.add("HDEL", names.hours(*day), [field]),
                change => to.add("HSET", names.hours(*day), [field, change.to_string()]),
            }
            changed.insert(*day);
        }
    }
    for day in changed {
        set_expiry(names, first, day, to);
    }
}

/// Lets hours expire that are no longer of the article's first days, and keeps those that are by now. `before`, `first`:
/// see [`Record::first_day`].
pub(super) fn move_first_days(names: &ArticleKeySet, before: Day, first: Day, to: &mut WriteSet) {
    if before == first {
        return;
    }
    let of_both: BTreeSet<_> = first_days(before).chain(first_days(first)).collect();
    for day in of_both {
        set_expiry(names, first, day, to);
    }
}

fn set_expiry(names: &ArticleKeySet, first: Day, day: Day, to: &mut WriteSet) {
    match expiry(first, day) {
        Some(seconds) => to.add("EXPIRE", names.hours(day), [seconds.to_string()]),
        None => to.add("PERSIST", names.hours(day), [] as [&str; 0]),
    }
}

/// The first days of an article from that day on.
fn first_days(first: Day) -> impl Iterator<Item = Day> {
    (0..ARTICLE_HOURS_DAYS).map(move |day| Day::new(first.get().saturating_add(day)))
}

/// Adds hours of another article.
pub(super) fn add<'h>(
    to: &mut Hours,
    from: impl IntoIterator<Item = (&'h (Day, String), &'h DayHours)>,
) {
    for (key, hours) in from {
        add_hours(to.entry(key.clone()).or_default(), hours);
    }
}

/// Adds the hours of another article on a day.
pub(super) fn add_day(to: &mut BTreeMap<String, DayHours>, metric: &str, hours: &DayHours) {
    match to.get_mut(metric) {
        Some(sums) => add_hours(sums, hours),
        None => drop(to.insert(metric.to_owned(), *hours)),
    }
}

fn add_hours(sums: &mut DayHours, hours: &DayHours) {
    for (sum, change) in sums.iter_mut().zip(hours) {
        *sum = sum.saturating_add(*change);
    }
}

/// The changes of one metric on a day: of each known hour, and what they lack of the day's.
pub(super) fn changes(day: Day, metric: &Metric, hours: &DayHours, total: i64) -> Vec<HourChange> {
    let known = hours
        .iter()
        .fold(0_i64, |sum, change| sum.saturating_add(*change));
    let all = hours.iter().copied().chain([total.saturating_sub(known)]);
    all.zip(0..)
        .filter(|(change, _)| *change != 0)
        .map(|(change, hour)| HourChange {
            day,
            hour: Hour::new(hour),
            metric: metric.clone(),
            change,
        })
        .collect()
}

impl Record {
    /// The day from which the article's first days are counted.
    pub(super) fn first_day(&self) -> Day {
        self.published.unwrap_or(self.created)
    }
}
