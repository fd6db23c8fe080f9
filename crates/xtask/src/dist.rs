//! `cargo xtask dist`: the smallest release build of the widget, in `dist/`, which the endpoint embeds. The widget is
//! built, minified, optimised, named by its content, and compressed. If no input has changed, nothing is done.
//!
//! `dist/` is committed, so that the demo and the endpoint need no compiler for wasm. `cargo xtask test` builds it again
//! and compares the bytes.

mod assets;
mod build;
mod compress;
mod loader;
pub(crate) mod minify;
mod module;
mod optimize;
mod order;
mod pages;
pub(crate) mod pinned_loader;
mod record;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::setup::{self, Scope};
use crate::toolchain::Toolchain;
use crate::{progress, repo, size};
use assets::{Asset, Assets};
use record::Record;

/// Makes `dist/` if an input has changed; only then installs what that needs.
pub(crate) fn ensure_current() -> Result<()> {
    progress::heading("The widget's release build (dist)");
    if is_current() {
        progress::line("dist/: up to date");
        return size::print();
    }
    rebuild(&setup::run(Scope::Build)?)
}

/// Makes `dist/` with these tools if an input has changed, and prints the sizes of readers' downloads.
pub(crate) fn run(toolchain: &Toolchain) -> Result<()> {
    progress::heading("The widget's release build (dist)");
    if is_current() {
        progress::line("dist/: up to date");
        return size::print();
    }
    rebuild(toolchain)
}

/// Fails unless the committed `dist/` is what its inputs make: builds it once for each content, and compares the bytes.
pub(crate) fn verify(toolchain: &Toolchain) -> Result<()> {
    let record = Record::committed()?;
    ensure!(
        record.is_current()?,
        "an input of dist/ has changed, or dist/ itself: run `cargo xtask dist` and commit the result"
    );
    let made_here = Record::of(&repo::dist(), toolchain)?;
    let verified = repo::target().join("dist.verified");
    if fs::read_to_string(&verified).is_ok_and(|last| last == format!("{made_here:?}")) {
        progress::line("dist/: what its inputs make, compared before");
    } else if record.compiler == made_here.compiler {
        let part = assemble(&build::run(toolchain)?)?;
        record::compare(&repo::dist(), &part, record.node == made_here.node)?;
        write(&verified, format!("{made_here:?}").as_bytes())?;
        progress::line("dist/: what its inputs make, byte by byte");
    } else {
        progress::line(format!(
            "dist/: not compared, because it was made by {}, and here is {}",
            record.compiler, made_here.compiler
        ));
    }
    size::print()
}

fn is_current() -> bool {
    Record::committed()
        .and_then(|record| record.is_current())
        .unwrap_or(false)
}

fn rebuild(toolchain: &Toolchain) -> Result<()> {
    let part = assemble(&build::run(toolchain)?)?;
    replace(&part, &repo::dist())?;
    Record::of(&repo::dist(), toolchain)?.write()?;
    size::print()
}

/// Makes the files of `dist/` from the module and its glue, in a directory of their own. Gives the directory.
fn assemble(built: &Path) -> Result<PathBuf> {
    let step = progress::TimedStep::begin("dist: minifying, optimising, compressing");
    let work = repo::target().join("dist.work");
    let part = repo::target().join("dist.part");
    anew(&work).and_then(|()| anew(&part))?;
    let wasm = optimize::wasm(&built.join("widget_bg.wasm"), &work)?;
    let assets = Assets::named([
        minify::charge(&built.join("widget.js"))?,
        wasm.small,
        minify::css(&style_sheet(&work)?)?,
        minify::live()?,
        minify::follow()?,
        minify::debug()?,
    ]);
    for asset in assets.all() {
        write(&part.join(&asset.path), &asset.content)?;
    }
    keep_names(&assets.wasm, &wasm.with_names)?;
    write(&part.join("embed.js"), &loader::bundle(&assets)?)?;
    write(
        &part.join(pinned_loader::PINNED_LOADER_FILE),
        &pinned_loader::script()?,
    )?;
    write(&part.join("newsroom.js"), &minify::newsroom()?)?;
    write(&part.join("overlay.js"), &minify::overlay()?)?;
    for (name, script) in minify::elements()? {
        write(&part.join(name), &script)?;
    }
    pages::write_all(&part)?;
    write(&part.join("assets.json"), assets.manifest().as_bytes())?;
    compress::all(&part)?;
    step.done();
    Ok(part)
}

/// The script of `tests/component`, made as the widget's release: the same compilation, glue, optimisation and names.
pub(crate) fn component(toolchain: &Toolchain) -> Result<Vec<u8>> {
    let built = build::with_component(toolchain)?;
    let work = repo::target().join("component.work");
    anew(&work)?;
    let wasm = optimize::wasm(&built.join("widget_bg.wasm"), &work)?;
    let module = work.join("component.wasm");
    write(&module, &wasm.small)?;
    minify::component(&built.join("widget.js"), &module)
}

/// Keeps a variant of the module with function names, for reading stack traces. It is never served.
fn keep_names(wasm: &Asset, with_names: &[u8]) -> Result<()> {
    let dir = repo::target().join("dist-debug");
    anew(&dir)?;
    write(&dir.join(&wasm.path), with_names)
}

/// The widget's style sheets concatenated in one file.
fn style_sheet(work: &Path) -> Result<PathBuf> {
    let file = work.join("widget.css");
    let parts = ["tokens", "palettes", "widget"]
        .map(|name| read(&repo::root().join(format!("styles/{name}.css"))));
    write(
        &file,
        parts.into_iter().collect::<Result<String>>()?.as_bytes(),
    )?;
    Ok(file)
}

/// Copies a file or a directory; does nothing if `from` does not exist.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        return write(to, &fs::read(from)?);
    }
    if !from.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    let dir = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(file, content))
        .with_context(|| format!("cannot write {}", file.display()))
}

fn anew(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot clear {}", dir.display()))?;
    }
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))
}

/// Moves `part` to `dir`, unless the contents are the same: new modification times would rebuild the endpoint, which
/// embeds them.
fn replace(part: &Path, dir: &Path) -> Result<()> {
    if contents(part)? == contents(dir)? {
        return Ok(());
    }
    anew(dir)?;
    // A rename replaces an empty directory.
    fs::rename(part, dir).with_context(|| format!("cannot move {} into place", dir.display()))
}

/// The content of each file below the directory, by its relative path.
fn contents(dir: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = Vec::new();
    record::collect(dir, &mut files)?;
    files
        .into_iter()
        .map(|file| Ok((file.strip_prefix(dir)?.to_owned(), fs::read(&file)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_files_stay_and_different_ones_are_replaced() {
        let dir = repo::target().join("tmp/replaced");
        anew(&dir).unwrap();
        let part = dir.join("part");
        let there = dir.join("there");
        let time = || fs::metadata(there.join("a/b")).unwrap().modified().unwrap();
        write(&part.join("a/b"), b"1").unwrap();
        replace(&part, &there).unwrap();
        let first = time();
        write(&part.join("a/b"), b"1").unwrap();
        replace(&part, &there).unwrap();
        assert_eq!(time(), first);
        write(&part.join("a/b"), b"2").unwrap();
        replace(&part, &there).unwrap();
        assert_eq!(fs::read(there.join("a/b")).unwrap(), b"2");
        assert!(!part.exists());
    }
}
