//! Gema's endpoint over HTTP: counts readers' events, serves the counts, and the widget that shows them.
//!
//! In reading order:

/// Routes and layers.
pub mod app;
/// The widget's files, embedded in the binary.
pub mod assets;
/// Response cache.
pub mod cache;
/// The client's address behind proxies.
pub mod client_ip;
/// Connection limits.
pub mod connection_limit;
/// Places to load articles' copies.
pub mod copy_places;
/// A site's totals of a finished day.
pub mod day_totals;
/// Properties of a request's headers.
mod headers;
/// Middleware around the routes.
mod layers;
/// Throttling of log lines.
pub mod line_limit;
/// Memory budgets for large bodies in transit.
pub mod memory_budget;
/// State of the newsroom's pages.
pub mod newsroom;
/// Error responses (RFC 9457).
pub mod problem;
/// QR codes of addresses.
pub mod qr;
/// Rankings: most read, most reactions.
pub mod ranking;
/// The counts that the newsroom's pages show.
pub mod readership;
/// Numbers of refused events by day.
pub mod refused_ledger;
/// Server-side rendering of the widget.
pub mod render;
/// HTTP routes.
mod routes;
/// The running server, and background tasks.
pub mod running;
/// Sessions that go on while the accounts do not answer.
mod seen_sessions;
/// HTTP connections and their timeouts.
pub mod serve;
/// The local socket, for the command line.
#[cfg(unix)]
pub mod socket;
/// State shared by all routes.
pub mod state;
/// Live counts: subscriptions.
pub mod subscriptions;
/// A bounded queue for blocking work.
pub mod work_queue;
/// Write block during migrations.
pub mod write_block;
