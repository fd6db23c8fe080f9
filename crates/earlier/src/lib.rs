//! What an earlier counter has exported, as starting counts of articles. Pure: reads what it is given, and knows neither sites nor
//! stores.

/// `article,reads,reaction:happy,share:whatsapp`.
mod csv;
/// GoatCounter's exports.
mod goatcounter;
/// From the path of a page to the key of its article.
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

/// The greatest count that a JavaScript number holds exactly.
const MAX_COUNT: u64 = (1 << 53) - 1;

/// The most that is told of what is wrong with a file.
const MAX_WRONG: usize = 10;

/// All that a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// What it counts. Of anything else it says nothing.
    pub metrics: Vec<Metric>,
    /// Counts by article, in the order of `metrics`.
    pub articles: BTreeMap<ArticleKey, Vec<u64>>,
    /// How many rows do not count, by the reason.
    pub skipped: BTreeMap<String, u64>,
    /// What an operator should know of the rest: sentences.
    pub notes: Vec<String>,
}

/// Why a file is not taken. Nothing of it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not such a file, or some option is missing: a sentence with the remedy.
    #[error("{0}")]
    File(String),
    /// These places are wrong.
    #[error("{}", lines(.0))]
    Places(Vec<Place>),
}

/// Something that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `line 17`, or whatever the file has.
    pub row: String,
    /// The column or field.
    pub column: String,
    /// What is wrong with it.
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

/// Gathers counts, and what is wrong.
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

    /// Whether it is of no use to read on.
    fn is_enough(&self) -> bool {
        self.wrong.len() >= MAX_WRONG
    }

    fn finish(self) -> Result<Earlier, Refused> {
        if self.wrong.is_empty() { Ok(self.earlier) } else { Err(Refused::Places(self.wrong)) }
    }
}

/// A count as it is written.
fn count(text: &str) -> Result<u64, String> {
    match text.trim().parse::<u64>() {
        Ok(count) if count <= MAX_COUNT => Ok(count),
        Ok(_) => Err(format!("a count may be {MAX_COUNT} at most")),
        Err(_) => Err(format!("`{}` is no count: write digits alone, like 1200", text.trim())),
    }
}

#[cfg(test)]
mod tests;
