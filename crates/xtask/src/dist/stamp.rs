//! Whether `dist/` is up to date: one hash over the content of every input and the versions of the tools.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::toolchain::Toolchain;
use crate::{repo, size, tools};

/// The inputs of `dist/`.
const INPUTS: [&str; 10] = [
    "src",
    "crates/bindgen",
    "crates/locale/locales",
    "crates/wire",
    "crates/xtask/src",
    "styles",
    "demo",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
];

/// The hash of the current inputs.
pub(crate) fn of_inputs(toolchain: &Toolchain) -> Result<String> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        // Each part is preceded by its length, so that different lists of parts never hash the same bytes.
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(format!("{toolchain:?} {:?}", tools::all()).as_bytes());
    let mut files = Vec::new();
    INPUTS
        .iter()
        .try_for_each(|input| collect(&repo::root().join(input), &mut files))?;
    files.sort();
    for file in files {
        add(file.as_os_str().as_encoded_bytes());
        add(&fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(HEXLOWER.encode(&hash.finalize()))
}

/// Collects the file, or every file below the directory.
pub(super) fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.exists() {
        files.push(path.to_owned());
    }
    Ok(())
}

/// Whether `dist/` was made from these inputs and its files exist.
pub(crate) fn is_fresh(stamp: &str) -> bool {
    fs::read_to_string(file()).is_ok_and(|last| last == stamp) && size::downloads().is_ok()
}

/// Removes the stamp before `dist/` is changed.
pub(crate) fn clear() -> Result<()> {
    match fs::remove_file(file()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("cannot remove the stamp of dist/")
        }
        _ => Ok(()),
    }
}

/// Records the inputs that `dist/` was made from.
pub(crate) fn write(stamp: &str) -> Result<()> {
    fs::write(file(), stamp).context("cannot write the stamp of dist/")
}

fn file() -> PathBuf {
    repo::target().join("dist.stamp")
}
