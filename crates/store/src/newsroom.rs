//! Queries of the newsroom's pages.

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

/// What was counted in some days, of each article: a table of articles and metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodSums {
    /// The columns: reads, reactions and shares, without those that tell how readers came.
    pub metrics: Vec<Metric>,
    /// The sums, in rows of one article each.
    pub sums: Vec<i64>,
    /// Whether each article was published by the newsroom in these days.
    pub is_new: Vec<bool>,
    /// The sum of each metric on each day with changes, in the order of days: day, column, sum.
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

/// What a list shows of an article besides its counts.
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

/// All articles of a site, for lists that are searched and sorted: columns instead of records, because there may be a
/// hundred thousand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleIndex {
    /// Reads, reactions and shares.
    pub metrics: Vec<Metric>,
    rows: Vec<IndexRow>,
    texts: String,
    counts: Vec<(u16, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IndexRow {
    key: u32,
    title: u32,
    byline: u32,
    counts: u32,
    published: Option<Day>,
    created: Day,
    is_known: bool,
}

/// An article of an [`ArticleIndex`].
#[derive(Clone, Copy, Debug)]
pub struct IndexedArticle<'a> {
    /// Its key.
    pub key: &'a str,
    /// The headline; empty without a copy.
    pub title: &'a str,
    /// The author; empty if unknown.
    pub byline: &'a str,
    /// The day of publication, if known.
    pub published: Option<Day>,
    /// The day of the first event, or of the newsroom's first submission.
    pub created: Day,
    /// Whether the newsroom has submitted it.
    pub is_known: bool,
    /// Column and total of each metric that was counted or imported.
    pub counts: &'a [(u16, u64)],
}

impl IndexedArticle<'_> {
    /// The day of publication, or else the day on which it became known.
    pub fn day(&self) -> Day {
        self.published.unwrap_or(self.created)
    }

    /// The total of a column.
    pub fn count(&self, metric: u16) -> u64 {
        let found = self.counts.iter().find(|(of, _)| *of == metric);
        found.map_or(0, |(_, count)| *count)
    }
}

impl ArticleIndex {
    /// Appends an article, whose counts are columns of `metrics`.
    pub fn push(&mut self, article: IndexedArticle<'_>) {
        let mut end = |text: &str| {
            self.texts.push_str(text);
            // Four gigabytes of headlines do not fit into memory anyway.
            u32::try_from(self.texts.len()).unwrap_or(u32::MAX)
        };
        let (key, title, byline) = (end(article.key), end(article.title), end(article.byline));
        self.counts.extend_from_slice(article.counts);
        self.rows.push(IndexRow {
            key,
            title,
            byline,
            counts: u32::try_from(self.counts.len()).unwrap_or(u32::MAX),
            published: article.published,
            created: article.created,
            is_known: article.is_known,
        });
    }

    /// Number of articles.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no article.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The article at that index, which must be below [`len`](Self::len).
    pub fn get(&self, index: usize) -> IndexedArticle<'_> {
        let row = self.rows[index];
        let (text, counts) = match index.checked_sub(1).map(|before| self.rows[before]) {
            Some(before) => (before.byline as usize, before.counts as usize),
            None => (0, 0),
        };
        IndexedArticle {
            key: &self.texts[text..row.key as usize],
            title: &self.texts[row.key as usize..row.title as usize],
            byline: &self.texts[row.title as usize..row.byline as usize],
            published: row.published,
            created: row.created,
            is_known: row.is_known,
            counts: &self.counts[counts..row.counts as usize],
        }
    }

    /// All articles.
    pub fn iter(&self) -> impl Iterator<Item = IndexedArticle<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The column of a metric.
    pub fn column(&self, metric: &Metric) -> Option<u16> {
        let at = self.metrics.iter().position(|known| known == metric)?;
        u16::try_from(at).ok()
    }
}

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

    #[test]
    fn index_returns_what_was_pushed() {
        let mut index = ArticleIndex {
            metrics: vec![Metric::Reads],
            ..ArticleIndex::default()
        };
        let article = |key, title, counts| IndexedArticle {
            key,
            title,
            byline: "",
            published: None,
            created: Day::new(1),
            is_known: false,
            counts,
        };
        index.push(article("/a", "Judul", &[(0, 7)]));
        index.push(article("/b", "", &[]));
        index.push(article("/c", "", &[(0, 2)]));
        let found: Vec<_> = index
            .iter()
            .map(|article| (article.key, article.title, article.count(0)))
            .collect();
        assert_eq!(found, [("/a", "Judul", 7), ("/b", "", 0), ("/c", "", 2)]);
    }
}
