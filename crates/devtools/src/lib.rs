//! Shared by the repository's tasks (`cargo xtask`) and its benchmarks: paths, running programs and servers, progress.

/// Chromium's command line.
pub mod chromium;
/// Runs programs.
pub mod exec;
/// The output of a task: steps and their times.
pub mod progress;
/// Paths in this repository.
pub mod repo;
/// Servers that a task starts and stops.
pub mod supervise;
