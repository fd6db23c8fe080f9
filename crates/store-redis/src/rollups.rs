//! Roll-ups: the sums of days and of longer spans that have ended, of all articles, so that a period does not read every
//! article. They are made in the background, by one endpoint at a time.
//!
//! An article and a roll-up are in different slots, so no script can change both. Who changes a past day of an article
//! first notes the day. A roll-up counts only if its sums were read long enough after the last note for the change to be
//! done or to have failed; until a new one has been made, the articles' own days are read.

/// Comparison with the days of articles.
mod check;
/// Making of roll-ups.
mod make;
/// Hours of a site.
mod site_hours;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use redis::Value;
use store::{Days, PeriodPart, StoreError, cover};
use visitor::Day;
use wire::SiteId;

use super::{
    Redis,
    command::{Command, Script},
    keys::SlottedName,
    reply::{into_list, list, number, pairs},
};

pub(super) use self::{
    make::RollupMaker,
    site_hours::{SiteHours, within_day},
};

/// The time in which a change that was noted is done or has failed: longer than a lease, with all its attempts.
const CHANGE_TIMEOUT_MS: i64 = 60_000;

/// How long a note that this endpoint has made need not be repeated.
const NOTE_VALID_FOR: Duration = Duration::from_secs(10);

/// The fields of a roll-up.
pub(super) const DAYS_FIELD: &str = "d";
pub(super) const ARTICLES_FIELD: &str = "a";

/// The roll-ups of a site, as of one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Rollups {
    /// The server's time, in milliseconds.
    now: i64,
    /// When the sums of each were read.
    made: BTreeMap<(Day, Day), i64>,
    /// When each day was changed.
    changed: BTreeMap<Day, i64>,
}

impl Rollups {
    fn parse(reply: &Value) -> Option<Self> {
        let [now, made, changed] = list(reply) else {
            return None;
        };
        let number_in = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse::<i64>().ok();
        let day = |text: &str| Some(Day::new(text.parse().ok()?));
        let made = pairs(made).filter_map(|(field, at)| {
            let (first, last) = std::str::from_utf8(field).ok()?.split_once('.')?;
            Some(((day(first)?, day(last)?), number_in(at)?))
        });
        let changed = pairs(changed).filter_map(|(field, at)| {
            Some((day(std::str::from_utf8(field).ok()?)?, number_in(at)?))
        });
        Some(Self {
            now: number(now)?,
            made: made.collect(),
            changed: changed.collect(),
        })
    }

    /// Whether sums of these days that were read at that time have all changes.
    fn has_all_changes(&self, days: Days, at: i64) -> bool {
        let changed = self.changed.range(days.first..=days.last);
        changed
            .map(|(_, changed)| changed.saturating_add(CHANGE_TIMEOUT_MS))
            .all(|done| done <= at)
    }

    fn is_valid(&self, days: Days) -> bool {
        let made = self.made.get(&(days.first, days.last));
        made.is_some_and(|at| self.has_all_changes(days, *at))
    }

    /// The days of each roll-up that counts.
    fn spans(&self) -> Vec<Days> {
        let spans = self.made.keys().map(|(first, last)| Days {
            first: *first,
            last: *last,
        });
        spans.filter(|span| self.is_valid(*span)).collect()
    }

    /// The first day with counts, as of the first roll-up; earlier ones are added by imports alone, which note them.
    fn first_day(&self) -> Option<Day> {
        let mut days = self.made.keys().filter(|(first, last)| first == last);
        let made = days.next().map(|(first, _)| *first)?;
        let changed = self.changed.keys().next();
        Some(changed.map_or(made, |changed| made.min(*changed)))
    }

    /// The parts of a period, of which no roll-up has more than `max_days` days. Days before the first with counts are left
    /// out, unless they are in a roll-up.
    pub(super) fn parts(&self, days: Days, max_days: i64) -> Vec<PeriodPart> {
        let mut spans = self.spans();
        spans.retain(|span| span.count() <= max_days);
        let first_day = self.first_day();
        let counted = |part| match (part, first_day) {
            (PeriodPart::Days(days), Some(first)) => (days.last >= first).then_some({
                PeriodPart::Days(Days {
                    first: days.first.max(first),
                    ..days
                })
            }),
            (part, _) => Some(part),
        };
        cover(days, &spans)
            .into_iter()
            .filter_map(counted)
            .collect()
    }
}

/// Days that this endpoint has noted, with the time.
pub(super) type NotedDays = BTreeMap<(SiteId, Day), Instant>;

impl Redis {
    pub(super) async fn rollups(&self, site: &SiteId) -> Result<Rollups, StoreError> {
        let (made, slot) = self.made_rollups(site);
        let (changed, _) = self.changed_days(site);
        let read = Command::script(Script::ReadRollups, [made, changed]);
        let reply = self.cluster.read(slot, read).await?;
        Rollups::parse(&reply).ok_or_else(|| self.corrupt_reply("the list of roll-ups"))
    }

    /// Notes days of articles before they are changed.
    pub(super) async fn note_changed_days(
        &self,
        site: &SiteId,
        days: impl IntoIterator<Item = Day>,
    ) -> Result<(), StoreError> {
        let mut days: BTreeSet<Day> = days.into_iter().collect();
        {
            let noted = self.noted_days();
            days.retain(|day| {
                let at = noted.get(&(site.clone(), *day));
                at.is_none_or(|at| at.elapsed() >= NOTE_VALID_FOR)
            });
        }
        if days.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        let (name, slot) = self.changed_days(site);
        let note = Command::script(Script::NoteChangedDays, [name]);
        let numbers = days.iter().map(|day| day.get().to_string());
        self.cluster.write(slot, note.args(numbers)).await?;
        let mut noted = self.noted_days();
        noted.retain(|_, at| at.elapsed() < NOTE_VALID_FOR);
        noted.extend(days.into_iter().map(|day| ((site.clone(), day), begun)));
        Ok(())
    }

    /// These fields of each of the roll-ups.
    pub(super) async fn read_rollups(
        &self,
        site: &SiteId,
        spans: &[Days],
        fields: &[&str],
    ) -> Result<Vec<Vec<Vec<u8>>>, StoreError> {
        let wanted = spans.iter().map(|span| {
            let (name, slot) = self.rollup(site, *span);
            let get = Command::new("HMGET").arg(name);
            (slot, vec![get.args(fields.iter().copied())])
        });
        let bytes = |field: Value| match field {
            Value::BulkString(bytes) => Ok(bytes),
            _ => Err(self.corrupt_reply("a roll-up")),
        };
        let found = self.cluster.read_many(wanted.collect()).await?;
        let stored = found.into_iter().map(|replies| {
            let fields = replies.into_iter().flat_map(into_list);
            fields.map(bytes).collect()
        });
        stored.collect()
    }

    async fn rollup_field(
        &self,
        site: &SiteId,
        span: Days,
        field: &str,
    ) -> Result<Vec<u8>, StoreError> {
        let found = self.read_rollups(site, &[span], &[field]).await?;
        let field = found.into_iter().flatten().next();
        field.ok_or_else(|| self.corrupt_reply("a roll-up"))
    }

    /// The sums by day of a roll-up.
    pub(super) async fn days_of_rollup(
        &self,
        site: &SiteId,
        span: Days,
    ) -> Result<Vec<u8>, StoreError> {
        self.rollup_field(site, span, DAYS_FIELD).await
    }

    /// The sums by article of a roll-up.
    pub(super) async fn articles_of_rollup(
        &self,
        site: &SiteId,
        span: Days,
    ) -> Result<Vec<u8>, StoreError> {
        self.rollup_field(site, span, ARTICLES_FIELD).await
    }

    fn noted_days(&self) -> std::sync::MutexGuard<'_, NotedDays> {
        self.noted_days
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Each roll-up is in a slot of its own.
    fn rollup(&self, site: &SiteId, span: Days) -> SlottedName {
        let (first, last) = (span.first.get(), span.last.get());
        self.names
            .standalone_key("sums", &format!("{site}.{first}.{last}"))
    }

    fn made_rollups(&self, site: &SiteId) -> SlottedName {
        self.names.standalone_key("sums-made", site.as_str())
    }

    fn changed_days(&self, site: &SiteId) -> SlottedName {
        self.names.standalone_key("sums-changed", site.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollup_counts_after_its_changes_are_done() {
        let days = |first, last| Days {
            first: Day::new(first),
            last: Day::new(last),
        };
        let rollups = |made: i64| Rollups {
            now: 1_000_000,
            made: [(1, 31), (5, 5)]
                .map(|(first, last)| ((Day::new(first), Day::new(last)), made))
                .into(),
            changed: [(Day::new(7), 500_000), (Day::new(40), 900_000)].into(),
        };
        let month = days(1, 31);
        assert!(!rollups(500_001).is_valid(month));
        assert!(!rollups(559_999).is_valid(month));
        assert!(rollups(560_000).is_valid(month));
        assert!(!rollups(560_000).is_valid(days(1, 30)));
        // The first day with counts is the fifth.
        let parts = |first, last| rollups(560_000).parts(days(first, last), 31);
        let rest = PeriodPart::Days(days(32, 32));
        assert_eq!(parts(-9, 32), [PeriodPart::Rollup(month), rest]);
        assert_eq!(parts(-9, 0), []);
        let fifth = PeriodPart::Rollup(days(5, 5));
        assert_eq!(parts(2, 6), [fifth, PeriodPart::Days(days(6, 6))]);
    }
}
