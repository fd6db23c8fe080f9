//! The wasm module, made smaller by binaryen.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{exec, repo, tools};

/// Just what the compiler uses and browsers have: with "all features" binaryen writes modules that browsers refuse.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The passes. Run to a fixed point: each round finds a little in what the one before has left.
const PASSES: [&str; 2] = ["-Oz", "--converge"];

/// One module in two forms with the same code.
pub(crate) struct Module {
    /// For readers.
    pub(crate) small: Vec<u8>,
    /// For the one who looks for an error: the functions have their names.
    pub(crate) with_names: Vec<u8>,
}

/// Optimises the module.
pub(crate) fn wasm(file: &Path) -> Result<Module> {
    let with_names = wasm_opt(file, "widget.names.wasm", &[&PASSES[..], &["--debuginfo"]].concat())?;
    let small =
        wasm_opt(&with_names, "widget.small.wasm", &["--strip-debug", "--strip-producers", "--strip-target-features"])?;
    let read = |file: &Path| fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    Ok(Module { small: read(&small)?, with_names: read(&with_names)? })
}

fn wasm_opt(file: &Path, output: &str, arguments: &[&str]) -> Result<PathBuf> {
    let output = repo::target().join(output);
    let mut command = exec::program("wasm-opt");
    command.env("PATH", tools::with_path(tools::path()?)?).args(FEATURES).args(arguments);
    exec::quietly(command.arg(file).arg("-o").arg(&output))?;
    Ok(output)
}
