//! The endpoint from outside: one crate, so that it is linked once.

/// What a browser and a curious developer see.
mod api;
/// Copies of everything, and how they come back.
#[cfg(unix)]
mod backup;
/// Whether everything adds up, said by the real binary.
mod check;
/// The vocabulary of tests of the real binary.
mod cli_harness;
/// The real binary, told what to do with articles.
mod commands;
/// The real binary, killed.
mod crash;
/// What one connection can ask for that is dear.
mod dear;
/// The doctor of pages, on broken ones.
mod doctor;
/// What readers have sent, and what the counts must be.
mod event_oracle;
/// Counts that readers watch while they change.
mod live;
/// Counts that move to another machine, by the real binary.
mod moving;
/// What stands in front of several endpoints.
mod nginx;
/// What its operator sees.
mod operator;
/// What stands in front of one endpoint.
#[cfg(target_os = "linux")]
mod proxies;
/// Random numbers that can be named.
mod random;
/// A database that was closed just now.
mod reopened;
/// Servers of Redis.
mod servers;
/// Many connections, some of which get nowhere.
mod serving;
/// The vocabulary of the other tests.
mod site;
/// Memory, disk, and the time of a start with much in the database.
mod size;
/// What every engine promises.
mod store;
/// A store that is not real.
mod unable;
