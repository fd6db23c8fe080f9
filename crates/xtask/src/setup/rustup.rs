//! Adds the target and the standard library's source with rustup, where rustup manages the compiler and may download.

use std::process::Command;

use super::job::Job;
use crate::{exec, toolchain};

/// Whether there is a rustup and downloads are not forbidden by `RUSTUP_AUTO_INSTALL=0`.
pub(crate) fn may_download() -> bool {
    exec::which("rustup").is_some() && allowed(std::env::var("RUSTUP_AUTO_INSTALL").ok().as_deref())
}

fn allowed(auto_install: Option<&str>) -> bool {
    auto_install != Some("0")
}

/// Adds the target and the source.
pub(crate) fn add_target() -> Job {
    Job::new(toolchain::WASM_TARGET, |log| {
        log.run(Command::new("rustup").args(["target", "add", toolchain::WASM_TARGET]))?;
        log.run(Command::new("rustup").args(["component", "add", "rust-src"]))
    })
}

/// Adds the source, which makes the release a fifth smaller.
pub(crate) fn add_source() -> Job {
    Job::new("rust-src", |log| {
        log.run(Command::new("rustup").args(["component", "add", "rust-src"]))
    })
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
