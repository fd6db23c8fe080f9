//! Importers for earlier counters: convert their exports to starting counts. Pure: they know neither sites nor stores.

/// CSV tables: `article,reads,reaction:happy,share:whatsapp`.
mod csv;
/// GoatCounter's exports.
mod goatcounter;
/// A limit on the length of lines.
mod lines;
/// Keys of articles from paths of pages.
mod path;
/// Waline's export.
mod waline;

use std::{collections::BTreeMap, fmt};

use store::Metric;
use wire::ArticleKey;

pub use self::{
    csv::read as csv,
    goatcounter::{read as goatcounter, read_zip as goatcounter_zip},
    waline::{Mapping, read as waline},
};

/// Largest integer that a JavaScript number represents exactly.
const MAX_COUNT: u64 = (1 << 53) - 1;

/// Maximum number of reported errors.
const MAX_WRONG: usize = 10;

/// The contents of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// The metrics it contains.
    pub metrics: Vec<Metric>,
    /// Counts by article, in the order of `metrics`.
    pub articles: BTreeMap<ArticleKey, Vec<u64>>,
    /// Number of rows that were left out, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Notes for the operator, as sentences.
    pub notes: Vec<String>,
}

/// Why a file is rejected as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The format is wrong or an option is missing: a sentence with the remedy.
    #[error("{0}")]
    File(String),
    /// Errors in individual rows.
    #[error("{}", lines(.0))]
    Places(Vec<Place>),
}

/// An error and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The row, such as `line 17`.
    pub row: String,
    /// The column or field.
    pub column: String,
    /// The reason.
    pub reason: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: {}", self.row, self.column, self.reason)
    }
}

fn lines(places: &[Place]) -> String {
    let more = if places.len() >= MAX_WRONG { "\n… and perhaps more" } else { "" };
    places.iter().map(Place::to_string).collect::<Vec<_>>().join("\n") + more
}

/// Collects counts and errors.
#[derive(Default)]
struct Gathered {
    earlier: Earlier,
    wrong: Vec<Place>,
}

impl Gathered {
    fn of(metrics: Vec<Metric>) -> Self {
        Self { earlier: Earlier { metrics, ..Earlier::default() }, wrong: Vec::new() }
    }

    fn add(&mut self, key: ArticleKey, counts: &[u64]) {
        let sums = self.earlier.articles.entry(key).or_insert_with(|| vec![0; counts.len()]);
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.saturating_add(*count).min(MAX_COUNT));
    }

    fn skip(&mut self, reason: impl Into<String>) {
        self.skip_many(reason, 1);
    }

    fn skip_many(&mut self, reason: impl Into<String>, rows: u64) {
        let skipped = self.earlier.skipped.entry(reason.into()).or_default();
        *skipped = skipped.saturating_add(rows);
    }

    fn note(&mut self, sentence: String) {
        self.earlier.notes.push(sentence);
    }

    fn wrong(&mut self, row: String, column: impl Into<String>, reason: impl Into<String>) {
        self.wrong.push(Place { row, column: column.into(), reason: reason.into() });
    }

    /// Whether there are enough errors to stop.
    fn is_enough(&self) -> bool {
        self.wrong.len() >= MAX_WRONG
    }

    fn finish(self) -> Result<Earlier, Refused> {
        if self.wrong.is_empty() { Ok(self.earlier) } else { Err(Refused::Places(self.wrong)) }
    }
}

/// Parses a count.
fn count(text: &str) -> Result<u64, String> {
    match text.trim().parse::<u64>() {
        Ok(count) if count <= MAX_COUNT => Ok(count),
        Ok(_) => Err(format!("a count may be {MAX_COUNT} at most")),
        Err(_) => Err(format!("`{}` is not a count: write digits alone, like 1200", text.trim())),
    }
}

#[cfg(test)]
mod tests;
