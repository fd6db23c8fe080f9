//! Makes the wasm module smaller with binaryen.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{order, write};
use crate::{exec, tools};

/// Only the features that the compiler uses and browsers have: with all features, binaryen writes modules that
/// browsers reject.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The passes with the smallest result after compression, which is not the smallest before: repeated code costs almost
/// nothing in brotli. This saves 5% compared with a plain `-Oz` (`--converge` saves nothing more). No pass assumes that
/// nothing traps, since a panic is a trap.
const PASSES: [&str; 12] = [
    "--debuginfo",
    "-Oz",
    "--one-caller-inline-max-function-size=15",
    // brotli compresses the repetitions that these two passes remove.
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    // The linker leaves the first kilobyte unused, and memory is initially zero.
    "--low-memory-unused",
    "--zero-filled-memory",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // Alignment is a hint that engines do not need: with one value everywhere it compresses best.
    "--dealign",
];

/// What only an optimised module may lose.
const STRIP: [&str; 3] = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// An optimised module in two variants with the same code.
pub(crate) struct OptimizedModule {
    /// The variant that readers download.
    pub(crate) small: Vec<u8>,
    /// A variant with function names, for reading stack traces.
    pub(crate) with_names: Vec<u8>,
}

/// Optimises the module; intermediate files are written to the directory `work`.
pub(crate) fn wasm(file: &Path, work: &Path) -> Result<OptimizedModule> {
    let [optimised, numbered, ordered, small] = ["optimised", "numbered", "ordered", "small"]
        .map(|name| work.join(name).with_extension("wasm"));
    let read =
        |file: &Path| fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    wasm_opt(file, &PASSES, &optimised)?;
    write(&numbered, &order::number(&read(&optimised)?)?)?;
    wasm_opt(
        &numbered,
        &["--debuginfo", "--reorder-functions-by-name"],
        &ordered,
    )?;
    wasm_opt(&ordered, &STRIP, &small)?;
    Ok(OptimizedModule {
        small: read(&small)?,
        with_names: order::unnumber(&read(&ordered)?)?,
    })
}

fn wasm_opt(file: &Path, passes: &[&str], output: &Path) -> Result<()> {
    let mut command = exec::program("wasm-opt");
    command
        .env("PATH", tools::with_path(tools::path()?)?)
        .args(FEATURES)
        .args(passes);
    exec::read(command.arg(file).arg("-o").arg(output)).map(drop)
}
