use std::fmt;

use wire::{ArticleKey, Network};

/// Judges whether what would be counted for the first time may be. Asked inside the transaction, since only there it is
/// known what is new: what has been counted already costs nobody anything, however often it is sent.
pub trait Gate: fmt::Debug + Send + Sync {
    /// Whether this may be counted: the change of that place among all of its request.
    fn admits(&self, change: usize, new: &New<'_>) -> bool;

    /// All that was admitted since the last settlement is durable, or else never was: through this gate and all others
    /// that share its limits.
    fn settle(&self, is_durable: bool);
}

/// Something that would be counted for the first time.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Of which article.
    pub article: &'a ArticleKey,
    /// Whether the article begins with it.
    pub is_first: bool,
    /// What it is.
    pub what: Novelty<'a>,
}

/// What is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty<'a> {
    /// A read.
    Read,
    /// A share.
    Share(&'a Network),
    /// A reader's first choice.
    Voter,
    /// Another choice of a reader who has chosen before.
    Choice,
}
