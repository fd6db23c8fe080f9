//! What stands around the routes, from the outside to the inside: each is a service that holds another one.

/// Counts answers.
pub(crate) mod answers;
/// Answers out of the cache.
pub(crate) mod front;
/// Lets nothing in that would change counts, while they move.
pub(crate) mod guard;
