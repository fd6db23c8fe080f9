use wire::ArticleKey;

use crate::MAX_COUNT;

/// Maximum number of ids of one article under which votes are looked up.
pub const MAX_VOTE_IDS: usize = 8;

/// A key for which another article answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The alias.
    pub old: ArticleKey,
    /// The article's own key.
    pub new: ArticleKey,
}

/// Result of an alias, or of its dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasOutcome {
    /// The key of the article that answers: the new key, or the one that the new key is itself an alias of.
    pub new: ArticleKey,
    /// The effect on the two keys.
    pub effect: AliasEffect,
}

/// Effect of making one key an alias of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasEffect {
    /// The alias existed already.
    Existing,
    /// There was no article under the old key: only the alias was added, and the article under the new
    /// key if there was none either.
    Added,
    /// There was no article under the new key: the article was renamed.
    Renamed,
    /// The new key was an alias of the old one: they were swapped.
    Swapped,
    /// Both keys had counts, which were merged.
    Merged {
        /// Upper bound of the readers who voted under both keys: they count twice until they vote again.
        at_most_twice: u64,
    },
}

/// Why an alias was not added or removed. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AliasError {
    /// Both keys are the same.
    Same,
    /// The old key is an alias of this article already.
    Elsewhere(ArticleKey),
    /// The merged article would have votes under more than [`MAX_VOTE_IDS`] ids.
    TooManyIds,
    /// The merged article would have more than [`MAX_COUNT`] counts.
    TooManyCounts,
    /// The key is not an alias.
    Unknown,
    /// Counts moved to this article with the alias, by a rename or a merge, and cannot be separated.
    HasCounts(ArticleKey),
}

impl AliasError {
    /// Why an import leaves an article out.
    pub fn import_reason(&self) -> String {
        match self {
            Self::Elsewhere(to) | Self::HasCounts(to) => format!("it has moved to {to} here"),
            Self::TooManyIds => {
                format!("readers would have to be looked for under more than {MAX_VOTE_IDS} ids")
            }
            Self::TooManyCounts => {
                format!("together they would have more than {MAX_COUNT} counts")
            }
            Self::Same | Self::Unknown => "it is the same key".into(),
        }
    }
}

/// Result of adding or removing an alias. A rejection is a valid result, not a failure of the store.
pub type AliasVerdict<T> = Result<T, AliasError>;
