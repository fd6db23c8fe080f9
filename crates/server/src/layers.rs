//! Middleware around the routes, from the outside to the inside: each layer is a service that wraps another one.

/// Counts responses.
pub(crate) mod answers;
/// Responds from the cache.
pub(crate) mod front;
/// Enforces the write block.
pub(crate) mod guard;
