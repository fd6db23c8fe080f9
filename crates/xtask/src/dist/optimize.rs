//! Makes the wasm module smaller with binaryen.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::order::{self, ORDERS};
use super::{compress, write};
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
const PASSES: [&str; 16] = [
    "--debuginfo",
    "--generate-global-effects",
    "-Oz",
    "--gufa-optimizing",
    "--one-caller-inline-max-function-size=15",
    "--always-inline-max-function-size=4",
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
    "--reorder-globals-always",
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
    let optimised = work.join("optimised.wasm");
    wasm_opt(file, &PASSES, &optimised)?;
    let optimised = read(&optimised)?;
    let orders = work.join("orders");
    super::anew(&orders)?;
    for (number, order) in ORDERS.iter().enumerate() {
        let numbered = work.join("numbered.wasm");
        write(&numbered, &order::number(&optimised, *order)?)?;
        let ordered = work.join(format!("{number}.wasm"));
        wasm_opt(
            &numbered,
            &["--debuginfo", "--reorder-functions-by-name"],
            &ordered,
        )?;
        wasm_opt(&ordered, &STRIP, &orders.join(format!("{number}.wasm")))?;
    }
    compress::all(&orders)?;
    let compressed = |number: &usize| {
        fs::metadata(orders.join(format!("{number}.wasm.br"))).map_or(u64::MAX, |file| file.len())
    };
    let smallest = (0..ORDERS.len())
        .min_by_key(compressed)
        .context("no order")?;
    let name = format!("{smallest}.wasm");
    Ok(OptimizedModule {
        small: read(&orders.join(&name))?,
        with_names: order::unnumber(&read(&work.join(&name))?)?,
    })
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn wasm_opt(file: &Path, passes: &[&str], output: &Path) -> Result<()> {
    let mut command = exec::program("wasm-opt");
    command
        .env("PATH", tools::with_path(tools::path()?)?)
        .args(FEATURES)
        .args(passes);
    exec::read(command.arg(file).arg("-o").arg(output)).map(drop)
}
