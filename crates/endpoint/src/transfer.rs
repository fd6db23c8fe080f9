//! The file in which all that is counted travels to another database: one JSON object a line. Knows neither stores nor HTTP.
//!
//! ```text
//! {"export":{"format":1,"gema":"0.1.0","day":"2015-11-17","secrets":{"NAME":"KEY"}}}
//! {"article":{"site":"news","key":"a","rev":12,"created":"2015-11-17","sources":[{"of":"NAME","id":7,"rev":12,"voted":true}]}}
//! {"day":{"day":"2015-11-17","counts":{"reads":3,"reaction:happy":1}}}
//! {"vote":{"mark":"32 hexadecimal digits","reaction":"happy","seq":1448000000123}}
//! {"end":{"articles":1,"days":1,"votes":1,"sha256":"of all that is before this line"}}
//! ```
//!
//! Days and votes belong to the article before them. Marks of votes travel as they are, with the vote keys of the databases in
//! which they arose, so that the readers keep their votes; that makes the file as secret as a database.

/// The file in the portions in which it is taken over.
mod parts;
/// A file, read line by line and believed only when it was read to its end.
mod read;
/// Lines as bytes, with the sums that end them.
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::{Article, ArticleKey, Reaction, SiteId};

pub use parts::{Part, Parts};
pub use read::{BadFile, Reader};
pub use write::Writer;

use crate::hex;

/// The version of this form. A file of a later one is refused.
pub const FORMAT: u32 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// The first.
    Export(Header),
    /// An article. What follows is its own, until the next.
    Article(ArticleLine),
    /// What was counted of it in a day.
    Day(DayLine),
    /// A reader's choice.
    Vote(VoteLine),
    /// The last.
    End(End),
}

/// What the file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// See [`FORMAT`].
    pub format: u32,
    /// The version that wrote it.
    pub gema: String,
    /// The day on which it was written.
    pub day: String,
    /// Vote keys, by the names of their databases.
    pub secrets: BTreeMap<String, Bytes<32>>,
}

/// An article and all that it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleLine {
    /// Whose.
    pub site: SiteId,
    /// Its key.
    pub key: ArticleKey,
    /// Rises with every change.
    pub rev: u64,
    /// The day of its first counted event.
    pub created: String,
    /// The ids under which its counts arose; the first is where it began.
    pub sources: Vec<SourceLine>,
    /// Keys that it had before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AliasLine>,
    /// Starting counts from an earlier counter, by metric.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub imported: BTreeMap<String, u64>,
    /// The endpoint's copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<Article>,
    /// Whether the newsroom has told of it, also with neither copy nor starting counts.
    #[serde(default, skip_serializing_if = "is_false")]
    pub put: bool,
}

/// An id of an article in a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// The name of the database.
    pub of: String,
    /// The article's id there.
    pub id: i64,
    /// The article's rev there when this was taken from it.
    pub rev: i64,
    /// Whether there may be votes hashed with it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub voted: bool,
}

/// A key that an article had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasLine {
    /// The key.
    pub key: ArticleKey,
    /// Whether counts came along.
    #[serde(default, skip_serializing_if = "is_false")]
    pub carried: bool,
}

/// What one source of an article counted in one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// Which day.
    pub day: String,
    /// The source's place in the article's list.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub source: usize,
    /// By metric; of reactions the net change.
    pub counts: BTreeMap<String, i64>,
}

/// One reader's choice in the article's poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteLine {
    /// What is kept of her.
    pub mark: Bytes<16>,
    /// `None`: taken back.
    pub reaction: Option<Reaction>,
    /// Later choices have greater ones.
    pub seq: u64,
}

/// How much there was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Lines of articles.
    pub articles: u64,
    /// Lines of days.
    pub days: u64,
    /// Lines of votes.
    pub votes: u64,
    /// SHA-256 of all bytes before this line, in hexadecimal digits.
    pub sha256: String,
}

/// Bytes that are written as hexadecimal digits, and never shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bytes<const N: usize>(pub [u8; N]);

impl<const N: usize> From<Bytes<N>> for String {
    fn from(bytes: Bytes<N>) -> Self {
        hex::encode(&bytes.0)
    }
}

impl<const N: usize> TryFrom<String> for Bytes<N> {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        hex::decode(&text).map(Self).ok_or_else(|| format!("must be {} hexadecimal digits", 2 * N))
    }
}

impl<const N: usize> std::fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bytes(…)")
    }
}

impl End {
    /// Counts a line.
    fn count(&mut self, line: &Line) {
        match line {
            Line::Article(_) => self.articles += 1,
            Line::Day(_) => self.days += 1,
            Line::Vote(_) => self.votes += 1,
            Line::Export(_) | Line::End(_) => {}
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
