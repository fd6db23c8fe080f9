//! Scripts and styles without what only people read: bundled by esbuild, and scripts made shorter by terser, which saves every reader a
//! thirtieth more.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::{exec, tools};

/// A language level, as esbuild and terser are told: what a file is made for.
#[derive(Clone, Copy)]
struct Level(u16);

/// The loader, which every browser parses: what is too old for it must throw nothing either.
const LOADER: Level = Level(2015);

/// What the loader loads in every browser that runs it.
const FOLLOW: Level = Level(2017);

/// What comes with the wasm, in browsers that have reference types.
const CHARGE: Level = Level(2020);

/// What a browser must have for the loader to run. In one that lacks any of it the article stands as it is, and no line of the loader is run. (The
/// bundle is one call of a function, and follows.)
const RUNS: &str = "--banner:js=self.IntersectionObserver&&self.customElements&&self.AbortController&&";

/// embed.js, with what it imports. `follower`: the module of `src/embed/` that brings what follows the page.
pub(crate) fn loader(define: &str, follower: &str) -> Result<Vec<u8>> {
    let alias = format!("--alias:follower=./src/embed/{follower}");
    script("src/embed.js".as_ref(), LOADER, &[define, &alias, RUNS])
}

/// What follows the page, with what it imports.
pub(crate) fn follow() -> Result<Vec<u8>> {
    script("src/follow.js".as_ref(), FOLLOW, &[])
}

/// What shows a webmaster what is wrong with a page, with what it imports: wherever the loader runs.
pub(crate) fn debug() -> Result<Vec<u8>> {
    script("src/debug.js".as_ref(), FOLLOW, &[])
}

/// What listens to counts that change, with what it imports.
pub(crate) fn live() -> Result<Vec<u8>> {
    script("src/live.js".as_ref(), CHARGE, &[])
}

/// What comes with the wasm, in one file with wasm-bindgen's module, which it calls "widget".
pub(crate) fn charge(glue: &Path) -> Result<Vec<u8>> {
    let alias = format!("--alias:widget={}", glue.display());
    let later = "--inject:src/charge/later.js";
    script("src/charge.js".as_ref(), CHARGE, &[&alias, later, "--define:WIDGET_DEV=false"])
}

/// A module, with what it imports: what a page of a benchmark has beside ours.
pub(crate) fn module(file: &Path) -> Result<Vec<u8>> {
    terser(&esbuild(file, &["--bundle", "--format=esm", "--target=es2022"])?, Level(2022), &["--module"])
}

/// A classic script: it hands over what it exports by the element that it came by.
fn script(file: &Path, Level(level): Level, options: &[&str]) -> Result<Vec<u8>> {
    let target = format!("--target=es{level}");
    let bundle = esbuild(file, &[&["--bundle", "--format=iife", &target], options].concat())?;
    terser(&bundle, Level(level), &[])
}

/// A style sheet. For the oldest engine that it is written for: otherwise esbuild joins declarations into newer ones (`inset`).
pub(crate) fn css(file: &Path) -> Result<Vec<u8>> {
    esbuild(file, &["--target=chrome66"])
}

/// The same script, shorter. It goes through a pipe: terser reads a file, or what it is given.
fn terser(script: &[u8], Level(level): Level, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = exec::program("terser");
    command.env("PATH", tools::with_path(tools::path()?)?);
    command.args([
        "--compress",
        &format!("passes=3,ecma={level},unsafe=true,unsafe_arrows=true,unsafe_methods=true"),
        "--mangle",
    ]);
    // In WebKit before 603 a variable of a loop may not have the name of a parameter around it.
    command.arg("--safari10");
    command.args(["--ecma", &level.to_string()]).args(arguments);
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
