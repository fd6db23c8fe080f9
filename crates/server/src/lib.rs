//! Gema's endpoint over HTTP: counts readers' events, serves the counts, and the widget that shows them.
//!
//! In reading order:

/// Routes and layers.
pub mod app;
/// The widget's files, embedded in the binary.
pub mod assets;
/// Memory budget for request bodies.
pub mod body_budget;
/// Response cache.
pub mod cache;
/// Properties of a request's headers.
mod headers;
/// Write block during migrations.
pub mod intake;
/// Middleware around the routes.
mod layers;
/// Throttling of log lines.
pub mod line_limit;
/// Live counts: subscriptions.
pub mod live;
/// Error responses (RFC 9457).
pub mod problem;
/// The client's address behind proxies.
pub mod proxy;
/// QR codes of addresses.
pub mod qr;
/// Server-side rendering of the widget.
pub mod render;
/// Connection limits.
pub mod room;
/// HTTP routes.
mod routes;
/// The running server, and background tasks.
pub mod running;
/// HTTP connections and their timeouts.
pub mod serve;
/// The local socket, for the command line.
#[cfg(unix)]
pub mod socket;
/// State shared by all routes.
pub mod state;
/// Rankings: most read, most reactions.
pub mod top;
/// A bounded queue for blocking work.
pub mod work_queue;
