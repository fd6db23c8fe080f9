//! The commands: what each takes, does and says.

/// `gema alias`.
pub(crate) mod alias;
/// Requests to whoever has the database, and what is answered.
mod answer;
/// `gema article`.
pub(crate) mod article;
/// `gema backup`.
pub(crate) mod backup;
/// `gema check`.
pub(crate) mod check;
/// `gema doctor`.
pub(crate) mod doctor;
/// `gema export`.
pub(crate) mod export;
/// Whoever has the database.
pub(crate) mod holder;
/// `gema import`.
pub(crate) mod import;
/// The log.
pub(crate) mod log;
/// `gema migrate`.
pub(crate) mod migrate;
/// `gema openapi`.
pub(crate) mod openapi;
/// Which site, in which database.
mod place;
/// What is known of articles, as text.
pub(crate) mod print;
/// `gema reload`.
pub(crate) mod reload;
/// `gema restore`.
pub(crate) mod restore;
/// The process that serves.
mod running;
/// `gema serve`.
pub(crate) mod serve;
/// What the system tells a running gema.
mod signals;

use std::time::{Duration, Instant};

/// A clock that is never set.
fn monotonic() -> impl Fn() -> Duration + Send + Sync + 'static {
    let start = Instant::now();
    move || start.elapsed()
}
