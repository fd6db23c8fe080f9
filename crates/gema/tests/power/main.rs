//! What is left when the power goes, and when the disk fails: in a process of its own, where a disk that forgets stands below
//! SQLite.
#![cfg(target_os = "linux")]

/// Power cuts under load.
mod cuts;
/// A disk that can lose its power.
mod disk;
/// What readers have sent, and what the counts must be.
#[path = "../it/event_oracle.rs"]
mod event_oracle;
/// A disk that fails, and is well again.
mod faults;
/// Readers whose every event is known.
mod load;
/// Random numbers that can be named.
#[path = "../it/random.rs"]
mod random;
/// The layer below SQLite.
mod vfs;
