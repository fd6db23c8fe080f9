//! The target and the standard library's source by rustup, where rustup manages the compiler and may download.

use std::process::Command;

use super::job::Job;
use crate::{exec, toolchain};

/// There is a rustup, and nobody has said (`RUSTUP_AUTO_INSTALL=0`) that nothing is to be downloaded by it.
pub(crate) fn may_download() -> bool {
    exec::which("rustup").is_some() && allowed(std::env::var("RUSTUP_AUTO_INSTALL").ok().as_deref())
}

fn allowed(auto_install: Option<&str>) -> bool {
    auto_install != Some("0")
}

/// Adds the target and the source.
pub(crate) fn add_target() -> Job {
    Job::new(toolchain::TARGET, |log| {
        log.run(Command::new("rustup").args(["target", "add", toolchain::TARGET]))?;
        log.run(Command::new("rustup").args(["component", "add", "rust-src"]))
    })
}

/// Adds the source, with which the release is smaller by a fifth.
pub(crate) fn add_source() -> Job {
    Job::new("rust-src", |log| log.run(Command::new("rustup").args(["component", "add", "rust-src"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_can_say_that_nothing_is_to_be_downloaded() {
        assert!(allowed(None) && allowed(Some("1")));
        assert!(!allowed(Some("0")));
    }
}
