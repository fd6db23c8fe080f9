//! Gema's endpoint over HTTP: takes what readers did, answers with counts, and serves the widget that shows them.
//!
//! In reading order:

/// Every route and layer on one screen.
pub mod app;
/// Work of milliseconds that anybody can ask for.
pub mod aside;
/// The widget's files, out of the binary itself.
pub mod assets;
/// Memory for bodies that are on their way.
pub mod body_budget;
/// Answers that are kept until what they tell has changed.
pub mod cache;
/// What the headers of a request say.
mod headers;
/// Whether what would change counts is taken.
pub mod intake;
/// What stands around the routes.
mod layers;
/// Log lines that anybody can cause.
pub mod line_limit;
/// Counts that readers watch while they change.
pub mod live;
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
/// How all of it is served until somebody says stop.
pub mod running;
/// Connections, and how long each may take.
pub mod serve;
/// How the command line reaches the process that has the database.
#[cfg(unix)]
pub mod socket;
/// What every route may use.
pub mod state;
/// Most read, most answered.
pub mod top;
