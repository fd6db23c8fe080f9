//! What the types of an export's lines do not guarantee. The reader refuses other lines, and the writer makes none.

use std::collections::BTreeMap;

use visitor::{Day, HOURS_PER_DAY};

use super::{ArticleLine, DayLine, HoursLine, SecretBytes, VoteLine, requestable_key};
use crate::{MAX_COUNT, Metric};

/// Maximum revision of an article, and maximum sum of its daily changes: half of what a tally can hold, so that
/// counting goes on after an import.
pub const MAX_EXPORTED: u64 = MAX_COUNT / 2;

/// Maximum change in one hour.
const MAX_HOURLY_CHANGE: u64 = u32::MAX as u64;

/// Maximum number of aliases of one article. Each is looked up when it is imported.
pub const MAX_ALIASES: usize = 10_000;

/// Maximum number of sources of one article. Each event looks for its reader under the recent ones.
pub const MAX_SOURCES: usize = 10_000;

/// The vote keys of the header, by the names of their databases.
pub(super) type Secrets = BTreeMap<String, SecretBytes<32>>;

/// Checks the line of an article.
pub(super) fn check_article(article: &ArticleLine, secrets: &Secrets) -> Result<(), String> {
    day(&article.created)?;
    for key in std::iter::once(&article.key).chain(article.aliases.iter().map(|alias| &alias.key)) {
        requestable_key(key.as_str()).map_err(|why| format!("`{key}` is {why}"))?;
    }
    if article.aliases.len() > MAX_ALIASES {
        return Err(format!("an article may have {MAX_ALIASES} aliases at most"));
    }
    if article.sources.len() > MAX_SOURCES {
        return Err(format!("an article may have {MAX_SOURCES} sources at most"));
    }
    if article.rev > MAX_EXPORTED {
        return Err(format!("a rev may be {MAX_EXPORTED} at most"));
    }
    if let Some(poll) = &article.poll {
        poll.check()?;
    }
    for source in &article.sources {
        if !secrets.contains_key(&source.of) {
            return Err(format!("the first line has no key of `{}`", source.of));
        }
    }
    for (name, count) in &article.imported {
        metric(name)?;
        if *count > MAX_COUNT {
            return Err(format!("{name}: a count may be {MAX_COUNT} at most"));
        }
    }
    Ok(())
}

/// Checks daily changes of an article with that many sources.
pub(super) fn check_day(line: &DayLine, sources: usize) -> Result<(), String> {
    day(&line.day)?;
    if line.source >= sources {
        return Err(format!("its article has no source {}", line.source));
    }
    for (name, count) in &line.counts {
        let is_net = is_net(name)?;
        if count.unsigned_abs() > MAX_COUNT || (*count < 0 && !is_net) {
            return Err(format!("{name}: {count} is not a valid count"));
        }
    }
    Ok(())
}

/// The sum of an article's daily changes with those of another line.
pub(super) fn sum(counted: u64, line: &DayLine) -> Result<u64, String> {
    let counts = line.counts.values().map(|count| count.unsigned_abs());
    let sum = counts.fold(counted, u64::saturating_add);
    if sum > MAX_EXPORTED {
        return Err(format!("an article may have at most {MAX_EXPORTED} counts"));
    }
    Ok(sum)
}

/// Checks hourly changes.
pub(super) fn check_hours(line: &HoursLine) -> Result<(), String> {
    day(&line.day)?;
    for (name, hours) in &line.counts {
        let is_net = is_net(name)?;
        for (hour, change) in hours {
            if *hour >= HOURS_PER_DAY {
                return Err(format!("{name}: there is no hour {hour}"));
            }
            if !is_hourly_change(*change, is_net) {
                return Err(format!("{name}: {change} is not a valid count of an hour"));
            }
        }
    }
    Ok(())
}

/// The error for a second line with an article's hours of a day: both together may be more than the day.
pub(super) fn hours_twice(day: &str) -> String {
    format!("the hours of {day} are there twice")
}

/// The hourly changes that pass [`check_hours`], if the line's day does.
pub(super) fn bounded_hours(line: &HoursLine) -> HoursLine {
    let mut bounded = line.clone();
    bounded.counts.retain(|name, hours| {
        let is_net = is_net(name);
        hours.retain(|hour, change| {
            let is_valid = |is_net: &bool| is_hourly_change(*change, *is_net);
            *hour < HOURS_PER_DAY && is_net.as_ref().is_ok_and(is_valid)
        });
        !hours.is_empty()
    });
    bounded
}

/// Whether an hour of a metric may have this change: the hours of all days of an article must add up to a number.
fn is_hourly_change(change: i64, is_net: bool) -> bool {
    change.unsigned_abs() <= MAX_HOURLY_CHANGE && (change >= 0 || is_net)
}

/// Checks a vote.
pub(super) fn check_vote(vote: &VoteLine) -> Result<(), String> {
    if vote.seq > MAX_COUNT {
        return Err(format!("a seq may be {MAX_COUNT} at most"));
    }
    Ok(())
}

/// The article with numbers, aliases and starting counts that pass [`check_article`], if its key does.
pub(super) fn bounded_article(article: &ArticleLine, today: &str) -> ArticleLine {
    let mut bounded = article.clone();
    if day(&bounded.created).is_err() {
        bounded.created = today.into();
    }
    bounded.sources.truncate(MAX_SOURCES);
    bounded.rev = bounded.rev.min(MAX_EXPORTED);
    bounded
        .aliases
        .retain(|alias| requestable_key(alias.key.as_str()).is_ok());
    bounded.aliases.truncate(MAX_ALIASES);
    bounded.poll.take_if(|poll| poll.check().is_err());
    bounded.imported.retain(|name, count| {
        *count = (*count).min(MAX_COUNT);
        metric(name).is_ok()
    });
    bounded
}

/// The daily changes that pass [`check_day`] and [`sum`] after `counted`, if the line's day and source do.
pub(super) fn bounded_day(line: &DayLine, counted: u64) -> DayLine {
    let mut left = MAX_EXPORTED.saturating_sub(counted);
    let mut bounded = line.clone();
    bounded.counts.retain(|name, count| {
        let Ok(is_net) = is_net(name) else {
            return false;
        };
        let size = count.unsigned_abs().min(left);
        let is_taken = size > 0 && (is_net || *count > 0);
        if is_taken {
            left -= size;
            *count = count.signum() * size.cast_signed();
        }
        is_taken
    });
    bounded
}

fn metric(name: &str) -> Result<Metric, String> {
    Metric::parse(name).ok_or_else(|| format!("`{name}` is not a metric"))
}

/// Whether changes of the metric may be negative.
fn is_net(name: &str) -> Result<bool, String> {
    Ok(matches!(metric(name)?, Metric::Reaction(_)))
}

pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| format!("`{text}` is not a date"))
}
