//! The commands: what each takes, does and says.

/// `gema article`.
pub(crate) mod article;
/// Whoever has the database.
mod holder;
/// What is known of articles, as text.
mod print;
/// `gema serve`.
pub(crate) mod serve;
