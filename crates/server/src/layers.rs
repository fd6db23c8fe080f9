//! Middleware around the routes, from the outside to the inside: each layer is a service that wraps another one.

/// Responds from the cache.
pub(crate) mod cache;
/// Answers readers' events without the router.
pub(crate) mod direct;
/// Responds before a request is parsed.
pub(crate) mod early;
/// Counts responses.
pub(crate) mod request_counter;
/// Reserves memory for large responses.
pub(crate) mod response_budget;
/// Enforces the write block.
pub(crate) mod write_block;
