//! Scripts and styles without what only people read: bundled by esbuild, and scripts made shorter by terser, which saves every reader a
//! thirtieth more.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::{exec, tools};

/// The oldest language level that every browser with the needed WebAssembly features has.
const TARGET: &str = "--target=es2022";

/// embed.js, with what it imports. `follower`: the module of `src/embed/` that brings what follows the page.
pub(crate) fn loader(define: &str, follower: &str) -> Result<Vec<u8>> {
    let alias = format!("--alias:follower=./src/embed/{follower}");
    terser(&esbuild("src/embed.js".as_ref(), &["--bundle", "--format=iife", TARGET, define, &alias])?, &[])
}

/// A module, with what it imports.
pub(crate) fn module(file: &Path) -> Result<Vec<u8>> {
    terser(&esbuild(file, &["--bundle", "--format=esm", TARGET])?, &["--module"])
}

/// What comes with the wasm, in one file with wasm-bindgen's module, which it calls "widget".
pub(crate) fn charge(glue: &Path) -> Result<Vec<u8>> {
    let alias = format!("--alias:widget={}", glue.display());
    let later = "--inject:src/charge/later.js";
    let options = ["--bundle", "--format=esm", TARGET, &alias, later, "--define:WIDGET_DEV=false"];
    terser(&esbuild("src/charge.js".as_ref(), &options)?, &["--module"])
}

/// A style sheet. For the oldest engine that it is written for: otherwise esbuild joins declarations into newer ones (`inset`).
pub(crate) fn css(file: &Path) -> Result<Vec<u8>> {
    esbuild(file, &["--target=chrome66"])
}

/// The same script, shorter. It goes through a pipe: terser reads a file, or what it is given.
fn terser(script: &[u8], arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = exec::program("terser");
    command.env("PATH", tools::with_path(tools::path()?)?).args(arguments);
    command.args(["--compress", "passes=3,ecma=2022,unsafe_arrows=true", "--mangle", "--ecma", "2022"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start terser")?;
    // Dropped, and so closed, at the end of this statement: terser begins when it has all of it.
    child.stdin.take().context("terser has no input")?.write_all(script).context("terser does not read")?;
    let output = child.wait_with_output().context("terser ends early")?;
    ensure!(output.status.success(), "terser failed ({}): see what it says", output.status);
    Ok(output.stdout)
}

fn esbuild(file: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = exec::program("esbuild");
    command.env("PATH", tools::with_path(tools::path()?)?).arg(file).args(arguments);
    command.args(["--minify", "--legal-comments=none", "--charset=utf8", "--log-level=warning"]);
    let output = exec::read(&mut command).context("see what esbuild says")?;
    Ok(output.into_bytes())
}
