//! Compares the totals of articles: those of an export's lines with a store's, and those of two stores.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Seek},
};

use store::{
    Metric, Store,
    export_format::{ArticleLine, ExportReader, Line},
};
use wire::{ArticleKey, SiteId, Tally};

use super::MigrateError;

/// Number of articles compared per query.
const COMPARE_BATCH_ARTICLES: usize = 100;

/// The nonzero totals of an article by metric, each with its imported part.
type Totals = BTreeMap<String, (u64, u64)>;

/// Result of a comparison.
#[derive(Default)]
pub(super) struct Comparison {
    /// Number of articles compared.
    pub(super) articles: usize,
    /// Articles whose totals differ.
    pub(super) different: Vec<(SiteId, ArticleKey)>,
}

/// Compares the lines of the store's own export with its tallies.
pub(super) async fn with_export(
    store: &dyn Store,
    file: &File,
) -> Result<Comparison, MigrateError> {
    let mut exported = ExportedTotals::of(file)?;
    let mut comparison = Comparison::default();
    while let Some((site, articles)) = exported.next_batch()? {
        let keys: Vec<_> = articles.iter().map(|(key, _)| key.clone()).collect();
        let tallies = store.tallies(&site, &keys).await;
        let stored = tallies.map_err(MigrateError::Compare)?;
        comparison.articles += keys.len();
        let pairs = articles.into_iter().zip(&stored);
        let different = pairs.filter(|((_, exported), stored)| totals(&stored.tally) != *exported);
        let different = different.map(|((key, _), _)| (site.clone(), key));
        comparison.different.extend(different);
    }
    Ok(comparison)
}

/// Compares the tallies of two stores, of every article of the export.
pub(super) async fn stores(
    (from, to): (&dyn Store, &dyn Store),
    file: &File,
) -> Result<Comparison, MigrateError> {
    let mut exported = ExportedTotals::of(file)?;
    let mut comparison = Comparison::default();
    while let Some((site, articles)) = exported.next_batch()? {
        let keys: Vec<_> = articles.into_iter().map(|(key, _)| key).collect();
        let here = from.tallies(&site, &keys).await;
        let here = here.map_err(MigrateError::Compare)?;
        let there = to.tallies(&site, &keys).await;
        let there = there.map_err(MigrateError::Compare)?;
        comparison.articles += keys.len();
        let pairs = keys.into_iter().zip(here.iter().zip(&there));
        let different =
            pairs.filter(|(_, (here, there))| totals(&here.tally) != totals(&there.tally));
        let different = different.map(|(key, _)| (site.clone(), key));
        comparison.different.extend(different);
    }
    Ok(comparison)
}

/// Reads an export article by article, and adds up the lines of each.
struct ExportedTotals<'f> {
    lines: ExportReader<BufReader<&'f File>>,
    /// The article whose line was read last.
    next: Option<ArticleLine>,
}

impl<'f> ExportedTotals<'f> {
    fn of(mut file: &'f File) -> Result<Self, MigrateError> {
        file.rewind()?;
        let mut lines = ExportReader::new(BufReader::new(file))?;
        // Only articles have lines, so the first line is one.
        let next = match lines.next_line()? {
            Some(Line::Article(article)) => Some(article),
            _ => None,
        };
        Ok(Self { lines, next })
    }

    /// The next articles of one site; `None` at the end of the file.
    #[expect(clippy::type_complexity, reason = "each part has its name")]
    fn next_batch(&mut self) -> Result<Option<(SiteId, Vec<(ArticleKey, Totals)>)>, MigrateError> {
        let Some(site) = self.next.as_ref().map(|article| article.site.clone()) else {
            return Ok(None);
        };
        let mut articles = Vec::new();
        while articles.len() < COMPARE_BATCH_ARTICLES
            && let Some(article) = self.next.take_if(|article| article.site == site)
        {
            let totals = self.rest_of(&article)?;
            articles.push((article.key, totals));
        }
        Ok(Some((site, articles)))
    }

    /// Reads the article's days and votes, up to the next article. Votes determine the totals of reactions.
    fn rest_of(&mut self, article: &ArticleLine) -> Result<Totals, MigrateError> {
        let mut counted: BTreeMap<String, i64> = BTreeMap::new();
        while let Some(line) = self.lines.next_line()? {
            match line {
                Line::Article(article) => {
                    self.next = Some(article);
                    break;
                }
                Line::Day(day) => {
                    let counts = day.counts.into_iter();
                    for (name, count) in counts.filter(|(name, _)| !name.starts_with("reaction:")) {
                        *counted.entry(name).or_default() += count;
                    }
                }
                Line::Vote(vote) => {
                    if let Some(reaction) = vote.reaction {
                        *counted
                            .entry(Metric::Reaction(reaction).name())
                            .or_default() += 1;
                    }
                }
                Line::Hours(_) | Line::Export(_) | Line::End(_) => {}
            }
        }
        let mut totals = Totals::new();
        for (name, count) in counted {
            totals.entry(name).or_default().0 += count.unsigned_abs();
        }
        for (name, imported) in &article.imported {
            let total = totals.entry(name.clone()).or_default();
            *total = (total.0 + imported, *imported);
        }
        totals.retain(|name, (count, _)| *count > 0 && Metric::parse_of_others(name).is_some());
        Ok(totals)
    }
}

fn totals(tally: &Tally) -> Totals {
    let Tally {
        reads,
        reactions,
        shares,
        imported,
        ..
    } = tally;
    let reactions = reactions.0.iter().map(|(key, count)| {
        (
            format!("reaction:{key}"),
            *count,
            imported.reactions.get(key),
        )
    });
    let shares = shares
        .0
        .iter()
        .map(|(key, count)| (format!("share:{key}"), *count, imported.shares.get(key)));
    let all = std::iter::once(("reads".to_owned(), *reads, imported.reads))
        .chain(reactions)
        .chain(shares);
    all.filter(|(_, count, _)| *count > 0)
        .map(|(name, count, imported)| (name, (count, imported)))
        .collect()
}
