//! The endpoint from outside: one crate, so that it is linked once.

/// What a browser and a curious developer see.
mod api;
/// The real binary, told what to do.
mod commands;
/// The real binary, killed.
mod crash;
/// What its operator sees.
mod operator;
/// The vocabulary of these tests.
mod site;
/// What every engine promises.
mod store;
