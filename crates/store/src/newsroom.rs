//! Queries of the newsroom's pages.

use std::collections::BTreeMap;

use visitor::{Day, Hour};
use wire::ArticleKey;

use super::Metric;

/// Days of a query, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

impl Days {
    /// The `count` days that end with `last`.
    pub fn until(last: Day, count: u16) -> Self {
        let first = Day::new(last.get().saturating_sub(i32::from(count.max(1)) - 1));
        Self { first, last }
    }

    /// The days of equal number before these.
    pub fn before(self) -> Self {
        let count = i32::try_from(self.count()).unwrap_or(i32::MAX);
        Self {
            first: Day::new(self.first.get().saturating_sub(count)),
            last: Day::new(self.first.get().saturating_sub(1)),
        }
    }

    /// Number of days.
    pub fn count(self) -> i64 {
        self.last.since(self.first) + 1
    }

    /// Whether the day is one of them.
    pub fn contains(self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// Each day.
    pub fn iter(self) -> impl Iterator<Item = Day> {
        (self.first.get()..=self.last.get()).map(Day::new)
    }
}

/// The change of one metric in one hour; for reactions, the net change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourChange {
    /// The day in the site's time zone.
    pub day: Day,
    /// Its hour; unknown for what was stored before hours were kept, imported, or erased.
    pub hour: Hour,
    /// The metric.
    pub metric: Metric,
    /// The difference, not 0.
    pub change: i64,
}

/// The longest period of which a section has the sums of all days.
pub const MAX_DAYS_OF_SECTION: i64 = 200;

/// The sums of some days, of each article: a table of articles and metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodSums {
    /// The columns: reads, reactions and shares, without those that tell how readers came.
    pub metrics: Vec<Metric>,
    /// The sums, in rows of one article each.
    pub sums: Vec<i64>,
    /// Whether each article was published by the newsroom in these days.
    pub is_new: Vec<bool>,
    /// The sum of each metric on each day with changes, in the order of days: day, column, sum. In a period of more than
    /// [`MAX_DAYS_OF_SECTION`] days, a section has the sum of some months on their first day.
    pub days: Vec<(Day, u16, i64)>,
}

impl PeriodSums {
    /// Number of articles.
    pub fn len(&self) -> usize {
        self.is_new.len()
    }

    /// Whether there is no article.
    pub fn is_empty(&self) -> bool {
        self.is_new.is_empty()
    }

    /// The sums of one article, a column for each metric.
    pub fn of(&self, article: u32) -> &[i64] {
        let width = self.metrics.len();
        let start = article as usize * width;
        self.sums.get(start..start + width).unwrap_or_default()
    }
}

/// By how many sums a column grows: doubling it would leave a copy of each size behind, which takes as much memory again.
/// Memory that is not used is not resident.
const COLUMN_STEP: usize = 1 << 16;

/// Makes [`PeriodSums`].
#[derive(Debug, Default)]
pub struct PeriodBuilder {
    metrics: Vec<Metric>,
    /// The sums of each metric, by article.
    columns: Vec<Vec<i64>>,
    days: BTreeMap<(Day, u16), i64>,
}

impl PeriodBuilder {
    /// The column of a metric; `None` if the pages do not show it.
    pub fn column(&mut self, metric: &Metric) -> Option<u16> {
        if !metric.is_of_events() {
            return None;
        }
        let known = self.metrics.iter().position(|known| known == metric);
        let at = known.unwrap_or_else(|| {
            self.metrics.push(metric.clone());
            self.columns.push(Vec::new());
            self.metrics.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// Adds to the sum of an article. The column is one that [`column`](Self::column) has returned.
    pub fn add(&mut self, article: u32, column: u16, change: i64) {
        let sums = &mut self.columns[usize::from(column)];
        let at = article as usize;
        if sums.len() <= at {
            if sums.capacity() <= at {
                let room = (at + 1).next_multiple_of(COLUMN_STEP);
                sums.reserve_exact(room - sums.len());
            }
            sums.resize(at + 1, 0);
        }
        sums[at] = sums[at].saturating_add(change);
    }

    /// Adds to the sum of a day.
    pub fn add_day(&mut self, day: Day, column: u16, change: i64) {
        let sum = self.days.entry((day, column)).or_default();
        *sum = sum.saturating_add(change);
    }

    /// The sum of each metric, of all days.
    pub fn totals(self) -> Vec<(Metric, i64)> {
        let mut totals: Vec<_> = self
            .metrics
            .into_iter()
            .map(|metric| (metric, 0_i64))
            .collect();
        for ((_, column), sum) in self.days {
            let total = &mut totals[usize::from(column)].1;
            *total = total.saturating_add(sum);
        }
        totals
    }

    /// The sums of the articles, of which each is new or not.
    pub fn finish(self, is_new: Vec<bool>) -> PeriodSums {
        let width = self.metrics.len();
        let mut sums = vec![0; width * is_new.len()];
        for (column, values) in self.columns.into_iter().enumerate() {
            for (article, value) in values.into_iter().enumerate() {
                sums[article * width + column] = value;
            }
        }
        let days = self.days.into_iter();
        PeriodSums {
            metrics: self.metrics,
            sums,
            is_new,
            days: days
                .map(|((day, column), sum)| (day, column, sum))
                .collect(),
        }
    }
}

/// Chooses the articles of which a page shows more than their part of the sums.
pub type ChooseOfPeriod = dyn Fn(&PeriodSums) -> Vec<u32> + Send + Sync;

/// The sums of some days, with the chosen articles.
#[derive(Clone, Debug, Default)]
pub struct Period {
    /// All articles.
    pub sums: PeriodSums,
    /// The chosen ones, by index.
    pub cards: Vec<(u32, ArticleCard)>,
}

/// An article's entry in a list, without its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleCard {
    /// Its key.
    pub key: ArticleKey,
    /// The headline, if there is a copy.
    pub title: Option<String>,
    /// The author.
    pub byline: Option<String>,
    /// The day of publication.
    pub published: Option<Day>,
}

/// Reads of each article in some hours: a table of articles and hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HourSums {
    /// The columns: consecutive hours.
    pub hours: Vec<(Day, Hour)>,
    /// The reads, in rows of one article each.
    pub reads: Vec<i64>,
}

impl HourSums {
    /// Number of articles.
    pub fn len(&self) -> usize {
        self.reads.len() / self.hours.len().max(1)
    }

    /// Whether there is no article.
    pub fn is_empty(&self) -> bool {
        self.reads.is_empty()
    }

    /// The reads of one article, a column for each hour.
    pub fn of(&self, article: u32) -> &[i64] {
        let width = self.hours.len();
        let start = article as usize * width;
        self.reads.get(start..start + width).unwrap_or_default()
    }
}

/// Chooses the articles of which a page shows more than their part of the sums.
pub type ChooseOfHours = dyn Fn(&HourSums) -> Vec<u32> + Send + Sync;

/// Reads in some hours, with the chosen articles.
#[derive(Clone, Debug, Default)]
pub struct RecentHours {
    /// All articles that were read.
    pub sums: HourSums,
    /// The chosen ones, by index.
    pub cards: Vec<(u32, ArticleCard)>,
}

/// How articles of the site are usually read at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypicalStart {
    /// Number of articles that this was computed from.
    pub articles: u32,
    /// Of all reads up to and including each hour since an article's first read, the median article's.
    pub reads: Vec<u64>,
}

/// Number of hours of a [`TypicalStart`].
pub const START_HOURS: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_before_are_adjacent_and_as_many() {
        let days = Days::until(Day::new(100), 7);
        assert_eq!((days.first, days.count()), (Day::new(94), 7));
        let before = days.before();
        assert_eq!((before.first, before.last), (Day::new(87), Day::new(93)));
        assert_eq!(days.iter().count(), 7);
    }
}
