//! One file a noun: extract from the request, judge by the rules, ask the store, answer.

/// Whether the endpoint lives, and whether it can work.
pub(crate) mod health;
