use newsroom::pages::articles::{Filter, Sort};
use store::{ArticleIndex, IndexedArticle, Metric};
use visitor::Day;

/// Words of a search that count. Each is looked for in every article: a search of ten thousand would keep all pages waiting
/// for seconds.
const MAX_WORDS: usize = 16;

/// Which articles of an index are wanted, in which order.
pub(crate) struct ArticleSelection {
    /// What the viewer may see: how keys begin.
    pub(crate) scope: Option<String>,
    words: Vec<String>,
    section: String,
    byline: String,
    from: Option<Day>,
    until: Option<Day>,
    sort: Sort,
}

impl ArticleSelection {
    pub(crate) fn new(filter: &Filter, scope: Option<&str>) -> Self {
        let words = filter.search.split_whitespace().take(MAX_WORDS);
        Self {
            scope: scope.map(str::to_owned),
            words: words.map(str::to_lowercase).collect(),
            section: filter.section.trim().to_owned(),
            byline: filter.byline.trim().to_lowercase(),
            from: Day::parse(&filter.from),
            until: Day::parse(&filter.until),
            sort: filter.sort,
        }
    }

    fn wants(&self, article: &IndexedArticle<'_>) -> bool {
        let is_within = |bound: Option<Day>, is_within: fn(Day, Day) -> bool| {
            bound.is_none_or(|bound| is_within(article.day(), bound))
        };
        self.scope
            .as_deref()
            .is_none_or(|scope| article.key.starts_with(scope))
            && article.key.starts_with(&self.section)
            && is_within(self.from, |day, from| day >= from)
            && is_within(self.until, |day, until| day <= until)
            && (self.byline.is_empty() || article.byline.to_lowercase().contains(&self.byline))
            && (self.words.is_empty() || self.has_words(article))
    }

    fn has_words(&self, article: &IndexedArticle<'_>) -> bool {
        let (title, key) = (article.title.to_lowercase(), article.key.to_lowercase());
        self.words
            .iter()
            .all(|word| title.contains(word) || key.contains(word))
    }
}

/// Columns of an index, by kind.
pub(crate) struct IndexColumns {
    reads: Option<u16>,
    is_reaction: Vec<bool>,
    is_share: Vec<bool>,
}

impl IndexColumns {
    pub(crate) fn of(index: &ArticleIndex) -> Self {
        let is = |kind: fn(&Metric) -> bool| index.metrics.iter().map(kind).collect();
        Self {
            reads: index.column(&Metric::Reads),
            is_reaction: is(|metric| matches!(metric, Metric::Reaction(_))),
            is_share: is(|metric| matches!(metric, Metric::Share(_))),
        }
    }

    /// Reads, reactions and shares.
    pub(crate) fn counts(&self, article: &IndexedArticle<'_>) -> [u64; 3] {
        let mut counts = [0_u64; 3];
        for count in article.counts {
            let (column, total) = (count.column(), count.total());
            if Some(column) == self.reads {
                counts[0] = counts[0].saturating_add(total);
            } else if self.is_reaction[usize::from(column)] {
                counts[1] = counts[1].saturating_add(total);
            } else if self.is_share[usize::from(column)] {
                counts[2] = counts[2].saturating_add(total);
            }
        }
        counts
    }
}

/// The wanted articles.
pub(crate) struct SelectedArticles {
    /// Their number.
    pub(crate) found: usize,
    /// Indexes of the first of them, in order.
    pub(crate) first: Vec<usize>,
}

/// The wanted articles, of which the first `count` are put in order. Equal ones are in the order of their keys.
pub(crate) fn select(
    index: &ArticleIndex,
    query: &ArticleSelection,
    count: usize,
) -> SelectedArticles {
    let columns = IndexColumns::of(index);
    let mut found: Vec<(i64, usize)> = Vec::new();
    for (at, article) in index.iter().enumerate() {
        if query.wants(&article) {
            found.push((sort_key(query.sort, &columns, &article), at));
        }
    }
    let order = |this: &(i64, usize), that: &(i64, usize)| {
        this.0
            .cmp(&that.0)
            .then_with(|| index.get(this.1).key.cmp(index.get(that.1).key))
    };
    let all = found.len();
    if count < all {
        found.select_nth_unstable_by(count, order);
        found.truncate(count);
    }
    found.sort_unstable_by(order);
    SelectedArticles {
        found: all,
        first: found.into_iter().map(|(_, at)| at).collect(),
    }
}

/// A number by which articles are sorted in ascending order.
fn sort_key(sort: Sort, columns: &IndexColumns, article: &IndexedArticle<'_>) -> i64 {
    let day = i64::from(article.day().get());
    let [reads, reactions, shares] = columns.counts(article).map(u64::cast_signed);
    match sort {
        Sort::New => -day,
        Sort::Old => day,
        Sort::Reads => -reads,
        Sort::Least => reads,
        Sort::Reactions => -reactions,
        Sort::Shares => -shares,
    }
}

#[cfg(test)]
mod tests;
