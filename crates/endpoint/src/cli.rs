//! What the command line asks of the endpoint, besides to serve.

/// `gema article`.
pub(crate) mod article;
/// Whoever has the database.
mod holder;
/// What is known of articles, as text.
mod print;
