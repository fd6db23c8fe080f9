//! The commands: what each takes, does and says.

/// `gema article`.
pub(crate) mod article;
/// Whoever has the database.
pub(crate) mod holder;
/// The log.
pub(crate) mod log;
/// What is known of articles, as text.
mod print;
/// `gema reload`.
pub(crate) mod reload;
/// `gema serve`.
pub(crate) mod serve;
