/// By which doors an article's copy gets in.
mod doors;
/// What was deleted, byte by byte.
mod erasure;
/// The write-ahead log, beside a writer that goes on.
mod log;
/// The engine of many: the contract on one server and on a cluster, and what is its own.
mod redis;
/// The engine of one machine: the contract, and what is its own.
mod sqlite;
