use visitor::Day;

use super::Metric;

/// All articles of a site, for lists that are searched and sorted: columns instead of records, because there may be a
/// hundred thousand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleIndex {
    /// Reads, reactions and shares.
    pub metrics: Vec<Metric>,
    rows: Vec<IndexRow>,
    texts: String,
    counts: Vec<IndexedCount>,
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
    /// The total of each metric that was counted or imported.
    pub counts: &'a [IndexedCount],
}

/// The total of a metric, in eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexedCount {
    column: u16,
    high: u16,
    low: u32,
}

impl IndexedCount {
    /// Totals of more than 48 bits are 281 million million.
    pub fn new(column: u16, total: u64) -> Self {
        let total = total.min((1 << 48) - 1);
        Self {
            column,
            high: (total >> 32) as u16,
            low: total as u32,
        }
    }

    /// The column of the metric.
    pub fn column(self) -> u16 {
        self.column
    }

    /// The total.
    pub fn total(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }
}

impl IndexedArticle<'_> {
    /// The day of publication, or else the day on which it became known.
    pub fn day(&self) -> Day {
        self.published.unwrap_or(self.created)
    }

    /// The total of a column.
    pub fn count(&self, metric: u16) -> u64 {
        let found = self.counts.iter().find(|count| count.column() == metric);
        found.map_or(0, |count| count.total())
    }
}

impl ArticleIndex {
    /// An empty index with room for this many articles, bytes of their texts, and counts. Without room, the largest sites'
    /// indexes would be copied while they grow, which takes twice the memory.
    pub fn with_capacity(articles: usize, texts: usize, counts: usize) -> Self {
        Self {
            metrics: Vec::new(),
            rows: Vec::with_capacity(articles),
            texts: String::with_capacity(texts),
            counts: Vec::with_capacity(counts),
        }
    }

    /// An index of the same metrics with room for these articles, and for this many others.
    pub fn emptied(&self, others: usize) -> Self {
        let in_proportion = |sum: usize| sum + sum * others / self.len().max(1);
        Self {
            metrics: self.metrics.clone(),
            ..Self::with_capacity(
                self.len() + others,
                in_proportion(self.texts.len()),
                in_proportion(self.counts.len()),
            )
        }
    }

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

    /// Frees what was reserved for more articles.
    pub fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.counts.shrink_to_fit();
    }

    /// The memory that it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.rows) + self.texts.len() + size_of_val(&*self.counts)
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
        let (few, many) = ([IndexedCount::new(0, 7)], [IndexedCount::new(0, 1 << 40)]);
        index.push(article("/a", "Judul", &few));
        index.push(article("/b", "", &[]));
        index.push(article("/c", "", &many));
        let found: Vec<_> = index
            .iter()
            .map(|article| (article.key, article.title, article.count(0)))
            .collect();
        assert_eq!(
            found,
            [("/a", "Judul", 7), ("/b", "", 0), ("/c", "", 1 << 40)]
        );
    }
}
