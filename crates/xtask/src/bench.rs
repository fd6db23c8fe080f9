//! `cargo xtask bench …`: how fast it is, beside others that do the same, in one run. What is written to docs/performance.md is
//! what was measured.

mod document;
pub(crate) mod endpoint;
pub(crate) mod engines;
mod http;
mod machine;
pub(crate) mod page;
mod plot;
mod process;
mod stolen;

use std::path::Path;
use std::process::Command;

use crate::exec;

/// How thorough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Medians of several rounds; writes docs/performance.md.
    Full,
    /// One short round, which shows that it can be measured.
    Quick,
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A program on that core alone.
fn on_core(core: u8, program: impl AsRef<Path>) -> Command {
    let mut command = exec::program("taskset");
    command.args(["-c", &core.to_string()]).arg(program.as_ref());
    command
}
