/// All ways by which a copy of an article enters a database.
mod doors;
/// Deleted data, byte by byte.
mod erasure;
/// Errors of input and output.
#[cfg(target_os = "linux")]
mod faults;
/// Counts by hour, in SQLite.
mod hours;
/// The write-ahead log under a busy writer.
mod log;
/// The Redis engine: the contract on one server and on a cluster, and its own tests.
pub(crate) mod redis;
/// The SQLite engine: the contract, and its own tests.
mod sqlite;
/// Power cuts.
mod torn;
