use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::try_join;
use store::{ArticleCard, Days, Metric, PeriodSums, Store, StoreError};
use visitor::Day;
use wire::Reaction;

use super::{Scope, bytes_of_cards, cached::CachedValue, top::Highest};

/// Articles of a ranking, and of a ranking by one option.
const RANKED: usize = 10;

/// The least number of reactions of the most divided articles, and of the quietly loved ones.
const MIN_DIVIDED_REACTIONS: i64 = 10;
const MIN_LOVED_REACTIONS: i64 = 5;

/// How old the sums of the last days may be that a period shares with others.
const MAX_SHARED_AGE: Duration = Duration::from_secs(30);

/// Criterion of a ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RankedBy {
    /// Most reads.
    Reads,
    /// Fewest reads, of the articles that were published in these days.
    FewestReads,
    /// Most readers who chose that option.
    Option(Reaction),
    /// The entropy of the reactions, of its maximum.
    Division,
    /// Reactions for each read, of articles with fewer reads than the median.
    Love,
    /// Most shares.
    Shares,
}

/// A ranking: each article with its score.
#[derive(Debug)]
pub(crate) struct RankedArticles {
    pub(crate) by: RankedBy,
    pub(crate) articles: Vec<(ArticleCard, f64)>,
}

/// Sums of some days.
#[derive(Debug)]
pub(crate) struct PeriodData {
    /// Reads of each day that has any.
    pub(crate) reads: BTreeMap<Day, i64>,
    /// Each metric's sum, and its sum in the preceding period of equal length.
    pub(crate) totals: Vec<(Metric, i64, i64)>,
    /// The rankings.
    pub(crate) rankings: Vec<RankedArticles>,
    /// Since when sums were gathered that it shares with other periods.
    pub(super) since: Option<Instant>,
}

type ScoredArticles = (RankedBy, Vec<(u32, f64)>);

impl PeriodData {
    pub(super) async fn load(
        store: &Arc<dyn Store>,
        Scope { site, section }: &Scope,
        days: Days,
    ) -> Result<Self, StoreError> {
        let section = section.as_deref();
        let ranked: Arc<Mutex<Vec<ScoredArticles>>> = Arc::default();
        let choose = {
            let ranked = Arc::clone(&ranked);
            move |sums: &PeriodSums| {
                let rankings = rankings(sums);
                let mut chosen: Vec<u32> = rankings
                    .iter()
                    .flat_map(|(_, articles)| articles.iter().map(|(article, _)| *article))
                    .collect();
                chosen.sort_unstable();
                chosen.dedup();
                *ranked.lock().unwrap_or_else(PoisonError::into_inner) = rankings;
                chosen
            }
        };
        let (period, before) = try_join(
            store.period(site, section, days, MAX_SHARED_AGE, Arc::new(choose)),
            store.totals(site, section, days.before()),
        )
        .await?;
        let cards: BTreeMap<u32, ArticleCard> = period.cards.into_iter().collect();
        let ranked = std::mem::take(&mut *ranked.lock().unwrap_or_else(PoisonError::into_inner));
        let rankings = ranked.into_iter().map(|(by, articles)| RankedArticles {
            by,
            articles: articles
                .into_iter()
                .filter_map(|(article, score)| Some((cards.get(&article)?.clone(), score)))
                .collect(),
        });
        Ok(Self {
            rankings: rankings.collect(),
            reads: reads_by_day(&period.sums),
            totals: totals(&period.sums, before),
            since: period.since,
        })
    }
}

impl CachedValue for PeriodData {
    fn bytes(&self) -> usize {
        let articles = self.rankings.iter().flat_map(|ranking| &ranking.articles);
        // A tree's nodes are two thirds full.
        let days = self.reads.len() * size_of::<(Day, i64)>() * 3 / 2;
        let totals = self.totals.len() * size_of::<(Metric, i64, i64)>();
        days + totals + bytes_of_cards(articles.map(|(card, _)| card))
    }

    fn first_age(&self) -> Duration {
        self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

fn reads_by_day(sums: &PeriodSums) -> BTreeMap<Day, i64> {
    let mut reads = BTreeMap::new();
    for (day, column, change) in &sums.days {
        if sums.metrics[usize::from(*column)] == Metric::Reads {
            let sum: &mut i64 = reads.entry(*day).or_default();
            *sum = sum.saturating_add(*change);
        }
    }
    reads
}

fn totals(sums: &PeriodSums, before: Vec<(Metric, i64)>) -> Vec<(Metric, i64, i64)> {
    let mut totals: Vec<_> = sums
        .metrics
        .iter()
        .map(|metric| (metric.clone(), 0_i64, 0))
        .collect();
    for (_, column, change) in &sums.days {
        let (_, sum, _) = &mut totals[usize::from(*column)];
        *sum = sum.saturating_add(*change);
    }
    for (metric, sum) in before {
        match totals.iter_mut().find(|(of, ..)| *of == metric) {
            Some((.., before)) => *before = sum,
            None => totals.push((metric, 0, sum)),
        }
    }
    totals
}

/// Reads, reactions and shares of one article.
struct Row<'a> {
    reads: i64,
    reactions: i64,
    shares: i64,
    is_new: bool,
    sums: &'a [i64],
}

/// Columns of the table, by kind.
struct Columns {
    reads: Option<usize>,
    reactions: Vec<(Reaction, usize)>,
    shares: Vec<usize>,
}

impl Columns {
    fn of(sums: &PeriodSums) -> Self {
        let mut columns = Self {
            reads: None,
            reactions: Vec::new(),
            shares: Vec::new(),
        };
        for (at, metric) in sums.metrics.iter().enumerate() {
            match metric {
                Metric::Reads => columns.reads = Some(at),
                Metric::Reaction(option) => columns.reactions.push((option.clone(), at)),
                Metric::Share(_) => columns.shares.push(at),
                _ => {}
            }
        }
        columns
    }

    fn row<'a>(&self, of: &'a PeriodSums, article: u32) -> Row<'a> {
        let sums = of.of(article);
        let reactions = self.reactions.iter().map(|(_, at)| sums[*at].max(0));
        let shares = self.shares.iter().map(|at| sums[*at]);
        Row {
            reads: self.reads.map_or(0, |at| sums[at]),
            reactions: reactions.fold(0, i64::saturating_add),
            shares: shares.fold(0, i64::saturating_add),
            is_new: of.is_new[article as usize],
            sums,
        }
    }
}

/// How high an article ranks; not above 0: not at all.
type Score<'s> = Box<dyn Fn(&Row<'_>) -> f64 + 's>;

/// The rankings, in one pass of all articles.
fn rankings(sums: &PeriodSums) -> Vec<ScoredArticles> {
    let columns = &Columns::of(sums);
    let rows = || (0..sums.len() as u32).map(move |article| (article, columns.row(sums, article)));
    let median = median_reads(rows().map(|(_, row)| row.reads));
    let mut rankings: Vec<_> = scores(columns, median)
        .into_iter()
        .map(|(by, score)| (by, score, Highest::new(RANKED)))
        .collect();
    for (article, row) in rows() {
        for (_, score, highest) in &mut rankings {
            highest.add(article, score(&row));
        }
    }
    rankings
        .into_iter()
        .map(|(by, _, highest)| {
            let mut ranked = highest.sorted();
            if by == RankedBy::FewestReads {
                for (article, score) in &mut ranked {
                    *score = columns.row(sums, *article).reads as f64;
                }
            }
            (by, ranked)
        })
        .collect()
}

fn scores(columns: &Columns, median: i64) -> Vec<(RankedBy, Score<'_>)> {
    let mut scores: Vec<(RankedBy, Score<'_>)> = vec![
        (RankedBy::Reads, Box::new(|row: &Row<'_>| row.reads as f64)),
        (RankedBy::FewestReads, Box::new(fewness)),
    ];
    for (option, at) in &columns.reactions {
        let by = RankedBy::Option(option.clone());
        scores.push((by, Box::new(move |row: &Row<'_>| row.sums[*at] as f64)));
    }
    let division = move |row: &Row<'_>| match row.reactions >= MIN_DIVIDED_REACTIONS {
        true => division(columns.reactions.iter().map(|(_, at)| row.sums[*at])),
        false => 0.0,
    };
    let love = move |row: &Row<'_>| {
        let is_quiet = row.reads > 0 && row.reads < median;
        match is_quiet && row.reactions >= MIN_LOVED_REACTIONS {
            true => row.reactions as f64 / row.reads as f64,
            false => 0.0,
        }
    };
    scores.push((RankedBy::Division, Box::new(division)));
    scores.push((RankedBy::Love, Box::new(love)));
    scores.push((
        RankedBy::Shares,
        Box::new(|row: &Row<'_>| row.shares as f64),
    ));
    scores
}

/// The fewer reads, the higher, also above 0 for none. Only articles that were published in these days count.
fn fewness(row: &Row<'_>) -> f64 {
    match row.is_new {
        true => 1.0 / (row.reads.max(0) as f64 + 1.0),
        false => 0.0,
    }
}

/// The entropy of the counts as a fraction of its maximum, which is reached when all are equal.
fn division(counts: impl Iterator<Item = i64> + Clone) -> f64 {
    let counts = counts.map(|count| count.max(0) as f64);
    let (options, sum) = (counts.clone().count(), counts.clone().sum::<f64>());
    if sum == 0.0 || options < 2 {
        return 0.0;
    }
    let parts = counts.filter(|count| *count > 0.0).map(|count| count / sum);
    let entropy: f64 = parts.map(|part| -part * part.ln()).sum();
    entropy / (options as f64).ln()
}

/// The median of the reads of articles that were read.
fn median_reads(reads: impl Iterator<Item = i64>) -> i64 {
    let mut reads: Vec<i64> = reads.filter(|reads| *reads > 0).collect();
    if reads.is_empty() {
        return 0;
    }
    let middle = reads.len() / 2;
    *reads.select_nth_unstable(middle).1
}

#[cfg(test)]
mod tests;
