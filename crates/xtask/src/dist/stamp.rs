//! Whether `dist/` is still what its inputs make: one hash over the content of every input and the versions of the tools.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::toolchain::Toolchain;
use crate::{repo, size, tools};

/// Everything that `dist/` is made of.
const INPUTS: [&str; 11] = [
    "src",
    "crates/bindgen",
    "crates/locale/locales",
    "crates/panic-hook",
    "crates/wire",
    "crates/xtask/src",
    "styles",
    "demo",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
];

/// The stamp of the inputs as they are now.
pub(crate) fn of_inputs(toolchain: &Toolchain) -> Result<String> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        // Each part's length goes first: no two different lists of parts look alike.
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(format!("{toolchain:?} {:?}", tools::all()).as_bytes());
    let mut files = Vec::new();
    INPUTS.iter().try_for_each(|input| collect(&repo::root().join(input), &mut files))?;
    files.sort();
    for file in files {
        add(file.as_os_str().as_encoded_bytes());
        add(&fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Every file there or below.
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

/// `dist/` was made of just these inputs, and its files are there.
pub(crate) fn is_fresh(stamp: &str) -> bool {
    fs::read_to_string(file()).is_ok_and(|last| last == stamp) && size::downloads().is_ok()
}

/// Forgets the last stamp: from here on `dist/` is not what it was.
pub(crate) fn clear() -> Result<()> {
    match fs::remove_file(file()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("cannot remove the stamp of dist/")
        }
        _ => Ok(()),
    }
}

/// Remembers what `dist/` was made of.
pub(crate) fn write(stamp: &str) -> Result<()> {
    fs::write(file(), stamp).context("cannot write the stamp of dist/")
}

fn file() -> PathBuf {
    repo::target().join("dist.stamp")
}
