//! Compiles the module and makes wasm-bindgen's glue, with the same cargo profile and the same options as Trunk in
//! development.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::toolchain::{Build, Toolchain, WASM_TARGET};
use crate::{exec, progress, repo};

/// The cargo profile for the smallest module.
const PROFILE: &str = "widget";

/// Builds the module and its glue. Gives the directory with `widget_bg.wasm`, `widget.js` and `snippets/`.
pub(crate) fn run(toolchain: &Toolchain) -> Result<PathBuf> {
    build(toolchain, "the widget's module", &[], "widget")
}

/// The same with the component of `tests/component` in the module.
pub(crate) fn with_component(toolchain: &Toolchain) -> Result<PathBuf> {
    let feature = ["--features", "test-component"];
    build(
        toolchain,
        "a module with a component of tests",
        &feature,
        "widget-component",
    )
}

/// Builds into that directory of `target/`.
fn build(toolchain: &Toolchain, what: &str, features: &[&str], directory: &str) -> Result<PathBuf> {
    let step = progress::TimedStep::begin(what);
    let mut cargo = toolchain.cargo(Build::Small)?;
    // The module alone: cargo does not optimise across crates where it makes a library for Rust as well.
    let module = [
        "rustc",
        "--package",
        "widget",
        "--lib",
        "--crate-type",
        "cdylib",
    ];
    exec::run(
        cargo
            .args(module)
            .args(["--target", WASM_TARGET, "--profile", PROFILE])
            .args(features),
    )
    .context("the widget does not build")?;
    step.done();
    let step = progress::TimedStep::begin("its glue, by wasm-bindgen");
    let module = repo::wasm_target()
        .join(WASM_TARGET)
        .join(PROFILE)
        .join("widget.wasm");
    let output = repo::target().join(directory);
    super::anew(&output)?;
    bind(&module, &output)?;
    step.done();
    Ok(output)
}

fn bind(module: &Path, output: &Path) -> Result<()> {
    let mut bindgen = exec::cargo();
    exec::run(
        bindgen
            .args(["run", "--package", "bindgen", "--"])
            .arg(module)
            .arg(output),
    )
}
