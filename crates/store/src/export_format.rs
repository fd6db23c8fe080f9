//! The export format, for moving all data to another database: one JSON object per line. Independent of stores and HTTP.
//!
//! ```text
//! {"export":{"format":2,"gema":"0.1.0","day":"2015-11-17","secrets":{"NAME":"KEY"}}}
//! {"article":{"site":"news","key":"a","rev":12,"created":"2015-11-17","sources":[{"of":"NAME","id":7,"rev":12,"voted":true}]}}
//! {"day":{"day":"2015-11-17","counts":{"reads":3,"reaction:happy":1}}}
//! {"hours":{"day":"2015-11-17","counts":{"reads":{"9":2,"10":1}}}}
//! {"vote":{"mark":"32 hexadecimal digits","reaction":"happy","seq":1448000000123}}
//! {"hours":{"site":"news","day":"2015-11-01","counts":{"reads":{"9":20}}}}
//! {"end":{"articles":1,"days":1,"votes":1,"sha256":"of all that is before this line"}}
//! ```
//!
//! Days, hours and votes belong to the article before them; hours with a site are the site's, of days of which not every
//! article's hours are kept. Marks of votes are exported unchanged, with the vote keys of the databases
//! where they originated, so that readers keep their votes; therefore the file is as secret as a database.

/// Splitting a file into batches.
mod batches;
/// Values that a file may have.
mod bounds;
/// Reading and verifying a file.
mod read;
/// Writing a file, with its checksum.
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use text::key::article_key;
use wire::{Article, ArticleKey, Reaction, SiteId};

use crate::{ArticlePoll, DayHours, Metric};

pub use batches::{ArticlePart, Batch, BatchReader};
pub use bounds::{MAX_ALIASES, MAX_EXPORTED, MAX_SOURCES};
pub use read::{ExportReader, InvalidExport, MAX_LINE_BYTES};
pub use write::ExportWriter;

/// The key of an article or alias as requests name it.
///
/// # Errors
/// The reason why no request can have this key, as a sentence for the operator.
pub fn requestable_key(text: &str) -> Result<ArticleKey, String> {
    match article_key(text) {
        Ok(key) if key.as_str() == text => Ok(key),
        Ok(_) => Err("not a normalised key: keys are trimmed, in Unicode NFC".into()),
        Err(invalid) => Err(format!("not a key of an article: it {invalid}")),
    }
}

/// Version of the format. Files of later versions are rejected; those of version 1, which have no hours, are read.
pub const FORMAT_VERSION: u32 = 2;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(
    clippy::large_enum_variant,
    reason = "lines are read and written one at a time"
)]
pub enum Line {
    /// The header, which is the first line.
    Export(Header),
    /// An article. The lines up to the next article belong to it.
    Article(ArticleLine),
    /// Daily changes of the article.
    Day(DayLine),
    /// Hourly changes of the article, or of a site.
    Hours(HoursLine),
    /// A vote in the article's poll.
    Vote(VoteLine),
    /// The last line.
    End(Footer),
}

/// The header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// See [`FORMAT_VERSION`].
    pub format: u32,
    /// Version of the program that wrote it.
    pub gema: String,
    /// The day on which it was written.
    pub day: String,
    /// Vote keys, by the names of their databases.
    pub secrets: BTreeMap<String, SecretBytes<32>>,
}

/// An article with its ids and aliases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleLine {
    /// Its site.
    pub site: SiteId,
    /// Its key.
    pub key: ArticleKey,
    /// Revision.
    pub rev: u64,
    /// Its creation day.
    pub created: String,
    /// The ids under which its counts originated; the first is the home source.
    pub sources: Vec<SourceLine>,
    /// Its aliases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AliasLine>,
    /// Starting counts from an earlier counter, by metric.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub imported: BTreeMap<String, u64>,
    /// The stored copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<Article>,
    /// Whether the newsroom has submitted it, also with neither copy nor starting counts.
    #[serde(default, skip_serializing_if = "is_false")]
    pub put: bool,
    /// The newsroom's settings for its poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<ArticlePoll>,
}

/// An id of an article in a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// The name of the database.
    pub of: String,
    /// The article's id there.
    pub id: i64,
    /// The article's revision there when it was exported.
    pub rev: i64,
    /// Whether there may be votes hashed with it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub voted: bool,
}

/// An alias of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasLine {
    /// The key.
    pub key: ArticleKey,
    /// Whether counts moved with it, by a rename or a merge.
    #[serde(default, skip_serializing_if = "is_false")]
    pub carried: bool,
}

/// Daily changes of one source of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// The day, as `YYYY-MM-DD`.
    pub day: String,
    /// Index into the article's sources.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub source: usize,
    /// By metric; for reactions, the net change.
    pub counts: BTreeMap<String, i64>,
}

/// The known hours of a day: of an article, all sources together, or of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursLine {
    /// The site; `None`: the hours are those of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// The day, as `YYYY-MM-DD`.
    pub day: String,
    /// By metric and hour, 0 to 23; for reactions, the net change.
    pub counts: BTreeMap<String, BTreeMap<u8, i64>>,
}

/// One reader's vote in the article's poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteLine {
    /// Keyed hash of the reader.
    pub mark: SecretBytes<16>,
    /// `None`: the vote was withdrawn.
    pub reaction: Option<Reaction>,
    /// Logical clock: greater for later votes.
    pub seq: u64,
}

/// Totals of the file, to verify that it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// Number of lines with articles.
    pub articles: u64,
    /// Number of lines with days.
    pub days: u64,
    /// Number of lines with hours.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hours: u64,
    /// Number of lines with votes.
    pub votes: u64,
    /// SHA-256 of all bytes before this line, as hexadecimal digits.
    pub sha256: String,
}

/// Secret bytes, serialised as hexadecimal digits; `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretBytes<const N: usize>(pub [u8; N]);

impl<const N: usize> From<SecretBytes<N>> for String {
    fn from(bytes: SecretBytes<N>) -> Self {
        HEXLOWER.encode(&bytes.0)
    }
}

impl<const N: usize> TryFrom<String> for SecretBytes<N> {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let bytes = HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| format!("must be {} hexadecimal digits", 2 * N))
    }
}

impl<const N: usize> std::fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBytes(…)")
    }
}

impl HoursLine {
    /// The hours of each metric whose name is known.
    pub fn metrics(&self) -> impl Iterator<Item = (Metric, DayHours)> {
        self.counts.iter().filter_map(|(name, hours)| {
            let metric = Metric::parse(name)?;
            let change = |hour: usize| {
                let change = u8::try_from(hour).ok().and_then(|hour| hours.get(&hour));
                change.copied().unwrap_or(0)
            };
            Some((metric, std::array::from_fn(change)))
        })
    }
}

impl Footer {
    /// Counts a line.
    fn count(&mut self, line: &Line) {
        match line {
            Line::Article(_) => self.articles += 1,
            Line::Day(_) => self.days += 1,
            Line::Hours(_) => self.hours += 1,
            Line::Vote(_) => self.votes += 1,
            Line::Export(_) | Line::End(_) => {}
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}
