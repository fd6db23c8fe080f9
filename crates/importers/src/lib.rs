//! Importers for earlier counters: convert their exports to starting counts. Pure: they know neither sites nor stores.

/// CSV tables: `article,reads,reaction:happy,share:whatsapp`.
mod csv;
/// GoatCounter's exports.
mod goatcounter;
/// Koko Analytics' export.
mod koko;
/// A limit on the length of lines.
mod lines;
/// Responses of an Open Heart server.
mod open_heart;
/// Tables of page views exported by web analytics.
mod pages;
/// Article keys derived from paths.
mod path;
/// Notes about keys that no page is likely to have.
mod suspicious_keys;
/// Decoding of UTF-16, which Matomo uses for spreadsheets.
mod utf16;
/// Waline's export.
mod waline;
/// WordPress' export.
mod wordpress;

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use store::Metric;
use wire::ArticleKey;

pub use self::{
    csv::read as csv,
    goatcounter::{read as goatcounter, read_zip as goatcounter_zip},
    koko::read as koko,
    open_heart::read as open_heart,
    pages::{PageColumns, read as pages},
    waline::{Mapping, read as waline},
    wordpress::read as wordpress,
};

/// Largest integer that a JavaScript number represents exactly.
const MAX_COUNT: u64 = (1 << 53) - 1;

/// Maximum number of reported errors.
const MAX_ROW_ERRORS: usize = 10;

/// Maximum number of examples in a note.
const MAX_EXAMPLES: usize = 5;

/// The contents of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportContents {
    /// The metrics it contains.
    pub metrics: Vec<Metric>,
    /// Counts by article, in the order of `metrics`.
    pub articles: BTreeMap<ArticleKey, Vec<u64>>,
    /// Number of rows that were left out, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Notes for the operator, as sentences.
    pub notes: Vec<String>,
    /// The first errors in rows, which were left out.
    pub row_errors: Vec<RowError>,
    /// Number of all errors in rows.
    pub errors: u64,
}

impl ExportContents {
    /// Rejects the whole export if any row is wrong.
    ///
    /// # Errors
    /// [`ReadError::Rows`].
    pub fn strict(self) -> Result<Self, ReadError> {
        if self.row_errors.is_empty() {
            Ok(self)
        } else {
            Err(ReadError::Rows(self.row_errors))
        }
    }
}

/// Why a file is rejected as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The format is wrong or an option is missing: a sentence with the remedy.
    #[error("{0}")]
    File(String),
    /// Errors in individual rows.
    #[error("{}", lines(.0))]
    Rows(Vec<RowError>),
}

/// An error and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The row, such as `line 17`.
    pub row: String,
    /// The column or field.
    pub column: String,
    /// The reason.
    pub reason: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: {}", self.row, self.column, self.reason)
    }
}

fn unreadable(error: impl fmt::Display) -> ReadError {
    ReadError::File(format!("it cannot be read: {error}"))
}

fn lines(errors: &[RowError]) -> String {
    let more = if errors.len() >= MAX_ROW_ERRORS {
        "\n… and perhaps more"
    } else {
        ""
    };
    errors
        .iter()
        .map(RowError::to_string)
        .collect::<Vec<_>>()
        .join("\n")
        + more
}

/// Collects counts and errors.
#[derive(Default)]
struct ContentsBuilder {
    contents: ExportContents,
    /// Rows whose article already has counts from a row with another address.
    joined: Examples,
    /// Hashes of the addresses so far.
    addresses: HashSet<u64>,
}

/// The number of cases, and some examples.
#[derive(Default)]
struct Examples {
    all: u64,
    some: Vec<String>,
}

impl Examples {
    fn add(&mut self, example: impl FnOnce() -> String) {
        self.all += 1;
        if self.some.len() < MAX_EXAMPLES {
            self.some.push(example());
        }
    }

    /// A note with the number and the examples; `None`: there are none.
    fn note(&self, about: &str) -> Option<String> {
        let more = if self.all > self.some.len() as u64 {
            ", …"
        } else {
            ""
        };
        (self.all > 0).then(|| format!("{about}: {} ({}{more})", self.all, self.some.join(", ")))
    }
}

impl ContentsBuilder {
    fn of(metrics: Vec<Metric>) -> Self {
        Self {
            contents: ExportContents {
                metrics,
                ..ExportContents::default()
            },
            joined: Examples::default(),
            addresses: HashSet::new(),
        }
    }

    fn add(&mut self, key: ArticleKey, counts: &[u64]) {
        let sums = self
            .contents
            .articles
            .entry(key)
            .or_insert_with(|| vec![0; counts.len()]);
        sums.iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum = sum.saturating_add(*count).min(MAX_COUNT));
    }

    /// Adds the counts of a row. `named`: the article as it is written in the row. A later row with the same text adds to its
    /// counts.
    fn add_named(&mut self, named: &str, key: ArticleKey, counts: &[u64]) {
        let mut hasher = DefaultHasher::new();
        named.hash(&mut hasher);
        let is_new = self.addresses.insert(hasher.finish());
        if is_new && self.contents.articles.contains_key(&key) {
            self.joined.add(|| format!("`{named}` is {key}"));
        }
        self.add(key, counts);
    }

    fn skip(&mut self, reason: impl Into<String>) {
        self.skip_many(reason, 1);
    }

    fn skip_many(&mut self, reason: impl Into<String>, rows: u64) {
        let skipped = self.contents.skipped.entry(reason.into()).or_default();
        *skipped = skipped.saturating_add(rows);
    }

    /// Reports an error in a row, which is left out.
    fn report_row(&mut self, row: String, column: impl Into<String>, reason: impl Into<String>) {
        self.contents.errors += 1;
        if self.contents.row_errors.len() < MAX_ROW_ERRORS {
            self.contents.row_errors.push(RowError {
                row,
                column: column.into(),
                reason: reason.into(),
            });
        }
    }

    fn finish(mut self) -> ExportContents {
        let joined = "added up, because another row has the same article";
        self.contents.notes.extend(self.joined.note(joined));
        self.contents
            .notes
            .extend(suspicious_keys::notes(self.contents.articles.keys()));
        self.contents
    }
}

/// Parses a count that may have separators of thousands, as spreadsheets and reports write it: `1,234`, `1.234`,
/// `1 234`, `1'234`.
fn grouped_count(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let mut parts = text.split(|letter: char| !letter.is_ascii_digit());
    let separators: Vec<char> = text
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect();
    let is_one = separators
        .iter()
        .all(|letter| *letter == separators[0] && ",.' \u{a0}\u{202f}\u{2019}".contains(*letter));
    let is_grouped = is_one
        && parts
            .next()
            .is_some_and(|first| (1..=3).contains(&first.len()))
        && parts.all(|part| part.len() == 3);
    if separators.is_empty() || !is_grouped {
        return count(text);
    }
    count(
        &text
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>(),
    )
}

/// Parses a count.
fn count(text: &str) -> Result<u64, String> {
    match text.trim().parse::<u64>() {
        Ok(count) if count <= MAX_COUNT => Ok(count),
        Ok(_) => Err(format!("a count may be {MAX_COUNT} at most")),
        Err(_) => Err(format!(
            "`{}` is not a count: write digits alone, like 1200",
            text.trim()
        )),
    }
}

#[cfg(test)]
mod tests;
