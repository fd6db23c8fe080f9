//! Queries of the newsroom's pages.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

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

/// By how many articles the sums grow: doubling them would leave a copy of each size behind, which takes as much memory
/// again. Memory that is not used is not resident.
const ARTICLES_STEP: usize = 1 << 17;

/// Makes [`PeriodSums`].
#[derive(Debug, Default)]
pub struct PeriodBuilder {
    metrics: Vec<Metric>,
    /// The sums, in rows of one article each.
    sums: Vec<i64>,
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
            self.add_column();
            self.metrics.push(metric.clone());
            self.metrics.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// Widens the rows by a sum.
    fn add_column(&mut self) {
        let width = self.metrics.len();
        if self.sums.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut self.sums);
        self.reserve(rows.len() / width, width + 1);
        for row in rows.chunks_exact(width) {
            self.sums.extend_from_slice(row);
            self.sums.push(0);
        }
    }

    /// Makes room for so many articles.
    fn reserve(&mut self, articles: usize, width: usize) {
        let sums = articles * width;
        if self.sums.capacity() < sums {
            let room = articles.next_multiple_of(ARTICLES_STEP) * width;
            self.sums.reserve_exact(room - self.sums.len());
        }
    }

    /// Adds to the sum of an article. The column is one that [`column`](Self::column) has returned.
    #[inline]
    pub fn add(&mut self, article: u32, column: u16, change: i64) {
        let (width, articles) = (self.metrics.len(), article as usize + 1);
        if self.sums.len() < articles * width {
            self.reserve(articles, width);
            self.sums.resize(articles * width, 0);
        }
        let sum = &mut self.sums[article as usize * width + usize::from(column)];
        *sum = sum.saturating_add(change);
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
    pub fn finish(mut self, is_new: Vec<bool>) -> PeriodSums {
        self.sums.resize(self.metrics.len() * is_new.len(), 0);
        let days = self.days.into_iter();
        PeriodSums {
            metrics: self.metrics,
            sums: self.sums,
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
    /// When the gathering of the sums began that it shares with others; `None`: it shares none.
    pub since: Option<Instant>,
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

/// What [`Store::now`](super::Store::now) gathers.
#[derive(Clone)]
pub struct NowQuery {
    /// The current hour.
    pub last: (Day, Hour),
    /// The days whose hours are gathered.
    pub days: Days,
    /// In how many hours, of which the current one is the last, the reads of each article are gathered.
    pub hours: u8,
    /// Chooses among the articles with reads in these hours.
    pub of_hours: Arc<ChooseOfHours>,
    /// Chooses among the articles with counts today.
    pub of_today: Arc<ChooseOfPeriod>,
}

/// What is read now.
#[derive(Clone, Debug, Default)]
pub struct NowCounts {
    /// See [`Store::site_hours`](super::Store::site_hours).
    pub hours: Vec<HourChange>,
    /// See [`Store::recent_hours`](super::Store::recent_hours).
    pub recent: RecentHours,
    /// See [`Store::period`](super::Store::period).
    pub today: Period,
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
    use proptest::{collection::vec, prelude::*};
    use wire::Reaction;

    use super::*;

    proptest! {
        #[test]
        fn a_builder_adds_up_as_a_map_does(changes in vec((0..9_u32, 0..4_usize, -5..9_i64), 0..60)) {
            let option = |key| Metric::Reaction(Reaction::parse(key).unwrap());
            let metrics = [Metric::Reads, option("sad"), option("happy"), option("angry")];
            let mut builder = PeriodBuilder::default();
            let mut expected: BTreeMap<(u32, String), i64> = BTreeMap::new();
            for (article, metric, change) in changes {
                let column = builder.column(&metrics[metric]).unwrap();
                builder.add(article, column, change);
                *expected.entry((article, metrics[metric].name())).or_default() += change;
            }
            let sums = builder.finish(vec![false; 9]);
            for article in 0..9 {
                prop_assert_eq!(sums.of(article).len(), sums.metrics.len());
                for (metric, sum) in sums.metrics.iter().zip(sums.of(article)) {
                    prop_assert_eq!(expected.remove(&(article, metric.name())).unwrap_or_default(), *sum);
                }
            }
            prop_assert!(expected.is_empty());
        }
    }

    #[test]
    fn days_before_are_adjacent_and_as_many() {
        let days = Days::until(Day::new(100), 7);
        assert_eq!((days.first, days.count()), (Day::new(94), 7));
        let before = days.before();
        assert_eq!((before.first, before.last), (Day::new(87), Day::new(93)));
        assert_eq!(days.iter().count(), 7);
    }
}
