use wire::ArticleKey;

/// The most ids under which a reader is looked for in one article.
pub const MAX_IDS: usize = 8;

/// A key for which another article answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The key.
    pub old: ArticleKey,
    /// The article's own.
    pub new: ArticleKey,
}

/// What an alias did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aliased {
    /// The article that answers: the new key, or where that one has moved itself.
    pub new: ArticleKey,
    /// What became of the two.
    pub how: Move,
}

/// What becomes of two keys, one of which is to answer for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It was so already.
    Already,
    /// Nothing was known under the old key.
    Noted,
    /// Nothing was known under the new key: the article has it now, with everything.
    Renamed,
    /// The new key was an alias of the old one; now it is the other way round.
    Back,
    /// Both had counts, which are one article's now.
    Merged {
        /// Readers who voted under both count twice until they act again: at most so many.
        at_most_twice: u64,
    },
}

/// Why there is no such alias, or it stays. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAliased {
    /// Both keys are the same.
    Same,
    /// The old key has moved already, to this article.
    Elsewhere(ArticleKey),
    /// Together they would have votes under more than [`MAX_IDS`] ids.
    TooManyIds,
    /// It is no alias.
    Unknown,
    /// Counts came along, to this article, and cannot be told apart any more.
    Carried(ArticleKey),
}
