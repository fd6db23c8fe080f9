//! Gema's endpoint: keeps the counts of a news site's articles and serves the widget that shows them.
//!
//! In reading order:

/// What a newsroom does with its articles.
pub mod admin;
/// Every route and layer on one screen, and how they are served.
pub mod app;
/// The widget's files, out of the binary itself.
pub mod assets;
/// Memory for bodies that are on their way.
pub mod body_budget;
/// Answers that are kept until what they tell has changed.
pub mod cache;
/// Every option, its default and where it may be set.
pub mod config;
/// The site that is served when nothing is configured.
pub mod demo;
/// What is wrong with a page that should show the widget.
pub mod doctor;
/// What an earlier counter has exported.
pub mod earlier;
/// Bytes as text.
pub mod hex;
/// An article from outside, made safe to show.
pub mod ingest;
/// Whether what would change counts is taken.
pub mod intake;
/// An article's key as every edge takes it.
pub mod key;
/// How much one script can add to the counts.
pub mod limits;
/// Log lines that anybody can cause.
pub mod line_limit;
/// Counts that readers watch while they change.
pub mod live;
/// Texts, numbers and direction of a reader's language.
pub mod locale;
/// What an operator sees: counters, and their text for Prometheus.
pub mod metrics;
/// The buttons of the share bar: one table.
pub mod networks;
/// Texts of others on a terminal.
pub mod printable;
/// What is told to whoever sent a request that cannot be answered.
pub mod problem;
/// From where a request comes that a proxy hands on.
pub mod proxy;
/// QR codes of addresses.
pub mod qr;
/// The widget, drawn here.
pub mod render;
/// Room for connections that stay open.
pub mod room;
/// Extract, judge, store, answer: one file a noun.
mod routes;
/// The domain, pure: which events count.
pub mod rules;
/// How messages write a site's section of gema.toml.
pub mod section;
/// Connections, and how long each may take.
mod serve;
/// How the command line reaches the process that has the database.
#[cfg(unix)]
pub mod socket;
/// Where counts live: the verbs of the domain, and the choice of engine.
pub mod store;
/// Most read, most answered.
pub mod top;
/// The file in which all that is counted travels.
pub mod transfer;
/// Who this is without knowing who.
pub mod visitor;
/// Blocking work that anybody can request, one piece at a time.
pub mod work_queue;
