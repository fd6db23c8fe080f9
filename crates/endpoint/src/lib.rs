//! Gema's endpoint: keeps the counts of a news site's articles, and serves the widget that shows them.
//!
//! In reading order:

/// Management of a newsroom's articles.
pub mod admin;
/// Routes, layers and background tasks.
pub mod app;
/// The widget's files, embedded in the binary.
pub mod assets;
/// Memory budget for request bodies.
pub mod body_budget;
/// Response cache.
pub mod cache;
/// Configuration: every option, with its default.
pub mod config;
/// The demo site, served if nothing is configured.
pub mod demo;
/// `gema doctor`: diagnosis of a page with the widget.
pub mod doctor;
/// Importers for earlier counters.
pub mod earlier;
/// Hexadecimal encoding.
pub mod hex;
/// Extraction and sanitising of articles.
pub mod ingest;
/// Write block during migrations.
pub mod intake;
/// Normalisation of article keys.
pub mod key;
/// Rate and daily limits.
pub mod limits;
/// Throttling of log lines.
pub mod line_limit;
/// Live counts: subscriptions.
pub mod live;
/// Texts, number formats and script direction of languages.
pub mod locale;
/// Prometheus metrics.
pub mod metrics;
/// The networks of the share bar.
pub mod networks;
/// Escaping of untrusted text for terminals.
pub mod printable;
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
/// Validation of events.
pub mod rules;
/// Display of a site's section of `gema.toml`.
pub mod section;
/// HTTP connections and their timeouts.
mod serve;
/// The local socket, for the command line.
#[cfg(unix)]
pub mod socket;
/// Storage of counts.
pub mod store;
/// Rankings: most read, most reactions.
pub mod top;
/// The export format.
pub mod transfer;
/// Pseudonymous visitors: keyed hashes.
pub mod visitor;
/// A bounded queue for blocking work.
pub mod work_queue;
