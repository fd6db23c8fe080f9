//! Constructors of the wire types for names and numbers.

use wire::{ArticleKey, IdempotencyKey, Reaction, Tally, VisitorToken};

/// The visitor token for a number.
pub fn token(number: u64) -> VisitorToken {
    VisitorToken::parse(&format!("{number:022}")).unwrap()
}

/// The idempotency key for a number.
pub fn event_key(number: u64) -> IdempotencyKey {
    IdempotencyKey::parse(&format!("{number:016}")).unwrap()
}

pub fn article(key: &str) -> ArticleKey {
    ArticleKey::parse(key).unwrap()
}

pub fn reaction(key: &str) -> Reaction {
    Reaction::parse(key).unwrap()
}

/// Number of readers who chose the option.
pub fn chose(tally: &Tally, key: &str) -> u64 {
    tally.reactions.get(&reaction(key))
}
