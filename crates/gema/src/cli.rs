//! The commands: arguments, work and output.

/// `gema alias`.
pub(crate) mod alias;
/// Responses of the admin client.
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
/// `gema completions` and `gema man`.
pub(crate) mod generate;
/// The admin client.
pub(crate) mod holder;
/// `gema import`.
pub(crate) mod import;
/// Logging.
pub(crate) mod log;
/// `gema migrate`.
pub(crate) mod migrate;
/// `gema openapi`.
pub(crate) mod openapi;
/// The arguments `--site` and `--database`.
mod place;
/// Output for a person.
pub(crate) mod print;
/// `gema reload`.
pub(crate) mod reload;
/// `gema restore`.
pub(crate) mod restore;
/// The client of a running endpoint's socket.
mod running;
/// `gema serve`.
pub(crate) mod serve;
/// Signals.
mod signals;

use std::time::{Duration, Instant};

/// A monotonic clock.
fn monotonic() -> impl Fn() -> Duration + Send + Sync + 'static {
    let start = Instant::now();
    move || start.elapsed()
}
