//! Power cuts and disk errors. These tests run in a process of their own, because a simulated disk replaces SQLite's
//! file system layer.
#![cfg(target_os = "linux")]

/// Power cuts under load.
mod cuts;
/// A simulated disk that can lose its power.
mod disk;
/// The events that readers have sent, and the expected counts.
#[path = "../it/event_oracle.rs"]
mod event_oracle;
/// A disk that fails, and recovers.
mod faults;
/// Concurrent readers, all of whose events are known.
mod load;
/// Reproducible random numbers.
#[path = "../it/random.rs"]
mod random;
/// SQLite's file system layer (VFS).
mod vfs;
