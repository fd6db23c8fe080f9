use std::fmt;

use serde::{Deserialize, Serialize};
use text::key::article_key;
use wire::{ArticleKey, Invalid};

/// Maximum length of a section in bytes.
const MAX_SECTION_BYTES: usize = 200;

/// A section of a site: the articles whose keys begin with this text, such as `/olahraga/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Section(String);

impl Section {
    /// Parses a prefix; it is normalised as an article's key is.
    ///
    /// # Errors
    /// [`Invalid`] for a text that no key begins with, or that is longer than 200 bytes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > MAX_SECTION_BYTES {
            return Err(Invalid("must have at most 200 bytes"));
        }
        article_key(text).map(|key| Self(key.as_str().to_owned()))
    }

    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an article belongs to the section.
    pub fn contains(&self, key: &ArticleKey) -> bool {
        key.as_str().starts_with(&self.0)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Section {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Section> for String {
    fn from(section: Section) -> Self {
        section.0
    }
}
