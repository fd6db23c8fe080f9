//! The commands: arguments, work and output.

/// The admin client.
pub(crate) mod admin_client;
/// `gema alias`.
pub(crate) mod alias;
/// `gema article`.
pub(crate) mod article;
/// `gema audit`.
pub(crate) mod audit;
/// `gema backup`.
pub(crate) mod backup;
/// `gema check`.
pub(crate) mod check;
/// `gema demo`.
pub(crate) mod demo;
/// `gema doctor`.
pub(crate) mod doctor;
/// `gema export`.
pub(crate) mod export;
/// `gema completions` and `gema man`.
pub(crate) mod generate;
/// `gema import`.
pub(crate) mod import;
/// Logging.
pub(crate) mod log;
/// `gema migrate`.
pub(crate) mod migrate;
/// `gema openapi`.
pub(crate) mod openapi;
/// Output for a person.
pub(crate) mod output;
/// `gema reload`.
pub(crate) mod reload;
/// Responses of the admin client.
mod response;
/// `gema restore`.
pub(crate) mod restore;
/// `gema serve`.
pub(crate) mod serve;
/// Signals.
mod signals;
/// The client of a running endpoint's socket.
mod socket_client;
/// The arguments `--site` and `--database`.
mod target_args;
/// `gema user`.
pub(crate) mod user;

use std::time::{Duration, Instant};

/// A monotonic clock.
fn monotonic() -> impl Fn() -> Duration + Send + Sync + 'static {
    let start = Instant::now();
    move || start.elapsed()
}
