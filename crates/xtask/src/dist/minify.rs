//! Scripts and styles without what only people read, by esbuild.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{exec, tools};

/// The oldest language level that every browser with the needed WebAssembly features has.
const TARGET: &str = "--target=es2022";

/// embed.js, with what it imports.
pub(crate) fn loader(define: &str) -> Result<Vec<u8>> {
    esbuild("src/embed.js".as_ref(), &["--bundle", "--format=iife", TARGET, define])
}

/// A module, with what it imports.
pub(crate) fn module(file: &Path) -> Result<Vec<u8>> {
    esbuild(file, &["--bundle", "--format=esm", TARGET])
}

/// What comes with the wasm, in one file with wasm-bindgen's module, which it calls "widget".
pub(crate) fn charge(glue: &Path) -> Result<Vec<u8>> {
    let alias = format!("--alias:widget={}", glue.display());
    let later = "--inject:src/charge/later.js";
    esbuild("src/charge.js".as_ref(), &["--bundle", "--format=esm", TARGET, &alias, later, "--define:WIDGET_DEV=false"])
}

/// A style sheet.
pub(crate) fn css(file: &Path) -> Result<Vec<u8>> {
    esbuild(file, &[])
}

fn esbuild(file: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = exec::program("esbuild");
    command.env("PATH", tools::with_path(tools::path()?)?).arg(file).args(arguments);
    command.args(["--minify", "--legal-comments=none", "--charset=utf8", "--log-level=warning"]);
    let output = exec::read(&mut command).context("see what esbuild says")?;
    Ok(output.into_bytes())
}
