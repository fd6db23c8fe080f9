use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use store::{
    ArticleCard, Days, HourChange, HourSums, Metric, NowCounts, NowQuery, PeriodSums, Store,
    StoreError,
};
use visitor::{Day, Hour, day_and_hour};

use super::{Scope, bytes_of_cards, cached::CachedValue, top::highest};

/// Number of articles in each list.
const LISTED: usize = 10;

/// Number of hours that are compared to find rising articles, of which the last two are the recent ones.
const COMPARED_HOURS: u8 = 8;
const RECENT_HOURS: usize = 2;

/// Minimum number of recent reads of a rising article, and its minimum [score](rising_score).
const MIN_RISING_READS: i64 = 5;
const MIN_RISING_SCORE: f64 = 1.0;

/// Number of days before today whose mean is the usual number.
const USUAL_DAYS: u16 = 7;

/// Minimum number of these days that have reads with known hours; with fewer there is no usual number.
const MIN_USUAL_DAYS: usize = 3;

/// What is read now.
#[derive(Debug)]
pub(crate) struct NowData {
    /// When it was gathered.
    pub(crate) at: Timestamp,
    /// Today, and the current hour.
    pub(crate) today: Day,
    pub(crate) hour: Hour,
    /// Reads in each hour of today, and of the day a week before.
    pub(crate) reads: [i64; 24],
    pub(crate) before: [i64; 24],
    /// Mean reads in each hour of the seven days before today.
    pub(crate) usual: Option<[f64; 24]>,
    /// Reads, reactions and shares of today, and of the day a week before until the same hour.
    pub(crate) totals: [(i64, Option<i64>); 3],
    /// Whether hours are known.
    pub(crate) has_hours: bool,
    /// Reads of the last two hours, and the mean of two hours before.
    pub(crate) rising: Vec<(ArticleCard, i64, f64)>,
    /// Most read today.
    pub(crate) read: Vec<(ArticleCard, i64)>,
}

/// The day and hour in the site's time zone.
pub(super) fn today(now: Timestamp, zone: &TimeZone) -> (Day, Hour) {
    day_and_hour(now, zone)
}

/// The day a week before.
pub(crate) fn week_before(day: Day) -> Day {
    Day::new(day.get() - 7)
}

impl NowData {
    pub(super) async fn load(
        store: &Arc<dyn Store>,
        Scope { site, section }: &Scope,
        at: Timestamp,
        zone: &TimeZone,
    ) -> Result<Self, StoreError> {
        let (today, hour) = self::today(at, zone);
        let query = NowQuery {
            last: (today, hour),
            days: Days::until(today, USUAL_DAYS + 1),
            hours: COMPARED_HOURS,
            of_hours: Arc::new(rising_articles),
            of_today: Arc::new(most_read),
        };
        let NowCounts {
            hours,
            recent,
            today: period,
        } = store.now(site, section.as_deref(), query).await?;
        let rising = recent.cards.iter().map(|(index, card)| {
            let (reads, before) = rise(recent.sums.of(*index));
            (card.clone(), reads, before)
        });
        let column = reads_column(&period.sums);
        let read = period.cards.iter().map(|(index, card)| {
            let reads = column.map_or(0, |column| period.sums.of(*index)[column]);
            (card.clone(), reads)
        });
        let has_hours = hours.iter().any(|change| change.hour.is_known());
        Ok(Self {
            at,
            today,
            hour,
            reads: by_hour(&hours, today),
            before: by_hour(&hours, week_before(today)),
            usual: usual(&hours, today),
            totals: totals(&hours, today, hour, has_hours),
            has_hours,
            rising: rising.collect(),
            read: read.collect(),
        })
    }
}

impl CachedValue for NowData {
    fn bytes(&self) -> usize {
        let rising = self.rising.iter().map(|(card, ..)| card);
        let cards = rising.chain(self.read.iter().map(|(card, _)| card));
        size_of::<Self>() + bytes_of_cards(cards)
    }
}

/// Reads in each hour of a day.
fn by_hour(hours: &[HourChange], day: Day) -> [i64; 24] {
    let mut reads = [0_i64; 24];
    for change in hours {
        if (change.day, &change.metric) == (day, &Metric::Reads)
            && let Some(sum) = reads.get_mut(usize::from(change.hour.get()))
        {
            *sum = sum.saturating_add(change.change);
        }
    }
    reads
}

/// Mean reads in each hour of the days before today whose hours are known; `None`: there are too few such days.
fn usual(hours: &[HourChange], today: Day) -> Option<[f64; 24]> {
    let days: Vec<_> = Days::until(today, USUAL_DAYS + 1)
        .iter()
        .filter(|day| *day < today)
        .map(|day| by_hour(hours, day))
        .filter(|reads| reads.iter().any(|reads| *reads > 0))
        .collect();
    if days.len() < MIN_USUAL_DAYS {
        return None;
    }
    let mean = |hour: usize| {
        let sum: f64 = days.iter().map(|reads| reads[hour] as f64).sum();
        sum / days.len() as f64
    };
    Some(std::array::from_fn(mean))
}

/// Sums of reads, reactions and shares: of today, and of the day a week before until the same hour.
fn totals(
    hours: &[HourChange],
    today: Day,
    hour: Hour,
    has_hours: bool,
) -> [(i64, Option<i64>); 3] {
    let mut totals = [(0_i64, has_hours.then_some(0_i64)); 3];
    for change in hours {
        let kind = match change.metric {
            Metric::Reads => 0,
            Metric::Reaction(_) => 1,
            Metric::Share(_) => 2,
            _ => continue,
        };
        let (now, before) = &mut totals[kind];
        if change.day == today {
            *now = now.saturating_add(change.change);
        } else if change.day == week_before(today)
            && change.hour <= hour
            && let Some(before) = before
        {
            *before = before.saturating_add(change.change);
        }
    }
    totals
}

/// Reads of the recent hours, and the mean reads of an earlier period of equal length.
fn rise(reads: &[i64]) -> (i64, f64) {
    let (before, recent) = reads.split_at(reads.len().saturating_sub(RECENT_HOURS));
    let sum = |reads: &[i64]| reads.iter().copied().fold(0, i64::saturating_add);
    let mean = sum(before) as f64 / before.len().max(1) as f64;
    (sum(recent), mean * RECENT_HOURS as f64)
}

/// The articles that rise most.
fn rising_articles(sums: &HourSums) -> Vec<u32> {
    let rises = || (0..sums.len() as u32).map(move |article| (article, rise(sums.of(article))));
    let read = rises().filter(|(_, (recent, _))| *recent > 0);
    let (all, articles) = read.fold((0_i64, 0_i64), |(all, articles), (_, (recent, _))| {
        (all.saturating_add(recent), articles + 1)
    });
    let usual = all as f64 / articles.max(1) as f64;
    let scores = rises().map(|(article, (recent, before))| {
        let score = rising_score(recent, before, usual);
        let is_enough = recent >= MIN_RISING_READS && score >= MIN_RISING_SCORE;
        (article, if is_enough { score } else { 0.0 })
    });
    let highest = highest(LISTED, scores);
    highest.into_iter().map(|(article, _)| article).collect()
}

/// By how many standard deviations of a Poisson distribution the recent reads are more than those before. Each article is
/// taken to have had as many more before as the mean article has now (`usual`): a handful of reads of an article that
/// nobody read before is no news where others have hundreds.
fn rising_score(recent: i64, before: f64, usual: f64) -> f64 {
    (recent as f64 - before) / (before + usual).max(1.0).sqrt()
}

fn reads_column(sums: &PeriodSums) -> Option<usize> {
    sums.metrics
        .iter()
        .position(|metric| *metric == Metric::Reads)
}

fn most_read(sums: &PeriodSums) -> Vec<u32> {
    let Some(column) = reads_column(sums) else {
        return Vec::new();
    };
    let scores = (0..sums.len() as u32).map(|article| (article, sums.of(article)[column] as f64));
    let highest = highest(LISTED, scores);
    highest.into_iter().map(|(article, _)| article).collect()
}

#[cfg(test)]
mod tests;
