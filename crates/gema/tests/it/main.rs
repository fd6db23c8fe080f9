//! Tests of the endpoint from outside, in one crate, so that it is linked once.

/// The HTTP API, as browsers and developers use it.
mod api;
/// `gema audit`, against the real binary.
#[cfg(unix)]
mod audit;
/// Backup and restore.
#[cfg(unix)]
mod backup;
/// `gema check`: whether stored counts are consistent.
mod check;
/// A harness for tests of the real binary.
mod cli_harness;
/// `gema article` and other commands of the real binary.
mod commands;
/// Assertions about texts.
mod contains;
/// Crashes of the real binary.
mod crash;
/// Expensive requests of one connection.
mod dear;
/// `gema doctor`, on pages with faults.
mod doctor;
/// The events that readers have sent, and the expected counts.
mod event_oracle;
/// Live counts.
mod live;
/// Export and import between machines, by the real binary.
mod moving;
/// The newsroom's pages, in the real binary.
#[cfg(target_os = "linux")]
mod newsroom;
/// nginx in front of several endpoints.
mod nginx;
/// Logs, metrics and files, as the operator sees them.
mod operator;
/// Ending a server's process.
mod process;
/// Proxies in front of one endpoint.
#[cfg(target_os = "linux")]
mod proxies;
/// Reproducible random numbers.
mod random;
/// Opening a database that was just closed.
mod reopened;
/// Redis servers.
mod servers;
/// Many connections, some of which stall.
mod serving;
/// A harness for the HTTP tests.
mod site;
/// Memory use, disk use and start time with a large database.
mod size;
/// The contract of every engine.
mod store;
/// A fake store that fails.
mod unable;
/// Waiting for conditions.
mod waiting;
