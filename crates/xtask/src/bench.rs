//! `cargo xtask bench …`: benchmarks Gema beside comparable software, in the same run. The results are written to
//! docs/performance.md.

mod cpu_steal;
mod document;
pub(crate) mod endpoint;
pub(crate) mod engines;
mod http;
mod machine;
pub(crate) mod page;
mod plot;
mod process;

use std::path::Path;
use std::process::Command;

use crate::exec;

/// How thorough a benchmark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Medians of several rounds; writes docs/performance.md.
    Full,
    /// One short round, which only shows that the benchmark works; writes nothing.
    Quick,
}

/// The median: the upper one of an even number of values; NaN if there are none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A command that runs a program pinned to this core.
fn on_core(core: u8, program: impl AsRef<Path>) -> Command {
    let mut command = exec::program("taskset");
    command
        .args(["-c", &core.to_string()])
        .arg(program.as_ref());
    command
}
