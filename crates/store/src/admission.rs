use std::fmt;

use wire::{ArticleKey, Network};

/// Admission hook: decides whether an event may be counted for the first time. Called inside the transaction, because
/// only there it is known which events are new; a repeated event is never charged against a limit.
pub trait Admission: fmt::Debug + Send + Sync {
    /// Whether this event may be counted. `change`: its index in the request.
    fn admits(&self, change: usize, new: &NewEvent<'_>) -> bool;

    /// Keeps the charges of everything admitted since the last call, through this hook and all others that share its
    /// limits: the events are durable.
    fn commit(&self);

    /// Takes back the charges of everything admitted since the last call, through this hook and all others that share its
    /// limits.
    fn rollback(&self);
}

/// An event that would be counted for the first time.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// The article.
    pub article: &'a ArticleKey,
    /// Whether the event would create the article.
    pub is_first: bool,
    /// Kind of event.
    pub kind: NewEventKind<'a>,
}

/// Kinds of new events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewEventKind<'a> {
    /// A read.
    Read,
    /// A share.
    Share(&'a Network),
    /// A reader's first vote in the article.
    Voter,
    /// A changed vote.
    Choice,
}
