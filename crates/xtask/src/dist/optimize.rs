//! The wasm module, made smaller by binaryen.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{snip, write};
use crate::{exec, tools};

/// Just what the compiler uses and browsers have: with "all features" binaryen writes modules that browsers refuse.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What is smallest after compression, which is not what is smallest before: code that repeats itself costs brotli almost nothing,
/// and functions that look alike cost less side by side. Against a plain `-Oz` these save 5% (and `--converge` would save no more).
/// None of them supposes that nothing traps: a panic is a trap.
const PASSES: [&str; 13] = [
    "--debuginfo",
    "-Oz",
    "--one-caller-inline-max-function-size=15",
    // What these two spare, brotli finds by itself.
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    // The linker leaves the first kilobyte free, and memory begins as zeros.
    "--low-memory-unused",
    "--zero-filled-memory",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // How an access is aligned is a hint that engines do not need: one and the same says least.
    "--dealign",
    "--reorder-functions-by-name",
];

/// One module in two forms with the same code.
pub(crate) struct Module {
    /// For readers.
    pub(crate) small: Vec<u8>,
    /// For the one who looks for an error: the functions have their names.
    pub(crate) with_names: Vec<u8>,
    /// What its imports and exports are called now: wasm-opt's list.
    pub(crate) names: String,
}

/// Optimises the module, with its steps in the directory `work`.
pub(crate) fn wasm(file: &Path, work: &Path) -> Result<Module> {
    let (optimised, renamed, small) = (work.join("optimised.wasm"), work.join("renamed.wasm"), work.join("small.wasm"));
    let read = |file: &Path| fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    let snipped = work.join("snipped.wasm");
    write(&snipped, &snip::unused(&read(file)?)?)?;
    wasm_opt(&snipped, &PASSES, &optimised)?;
    let names = wasm_opt(&optimised, &["--minify-imports-and-exports-and-modules", "--debuginfo"], &renamed)?;
    wasm_opt(&renamed, &["--strip-debug", "--strip-producers", "--strip-target-features"], &small)?;
    Ok(Module { small: read(&small)?, with_names: read(&renamed)?, names })
}

fn wasm_opt(file: &Path, passes: &[&str], output: &Path) -> Result<String> {
    let mut command = exec::program("wasm-opt");
    command.env("PATH", tools::with_path(tools::path()?)?).args(FEATURES).args(passes);
    exec::read(command.arg(file).arg("-o").arg(output))
}
