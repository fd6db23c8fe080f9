//! Whether pages that take long to build are up to date with their sources and tools.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::tools;

/// One hash over every source file and the versions of the tools, and the file where it is kept.
pub(super) struct Stamp {
    file: PathBuf,
    text: String,
}

impl Stamp {
    /// The hash of the current files, and of the directories without their Rust files.
    pub(super) fn of(sources: &[PathBuf], made: &Path) -> Result<Self> {
        let mut hash = Sha256::new();
        hash.update(format!(
            "{:?} {:?} {:?} {:?}",
            tools::all(),
            tools::of_tests(),
            tools::systems(),
            tools::of_wordpress()
        ));
        let mut paths = sources.to_vec();
        while let Some(path) = paths.pop() {
            hash.update(path.as_os_str().as_encoded_bytes());
            if path.is_dir() {
                let mut inside = fs::read_dir(&path)?
                    .map(|entry| Ok(entry?.path()))
                    .collect::<Result<Vec<_>>>()?;
                // Tests of the pages are not part of the pages.
                inside.retain(|path| path.extension().is_none_or(|ending| ending != "rs"));
                inside.sort();
                paths.extend(inside);
            } else {
                let bytes =
                    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                // Preceded by its length, so that different lists of files never hash the same bytes.
                hash.update((bytes.len() as u64).to_le_bytes());
                hash.update(bytes);
            }
        }
        let text = HEXLOWER.encode(&hash.finalize());
        Ok(Self {
            file: made.join("stamp"),
            text,
        })
    }

    /// Whether the pages were made from these sources.
    pub(super) fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|last| last == self.text)
    }

    /// Records the hash: written last, so that incomplete pages are built again.
    pub(super) fn write(&self) -> Result<()> {
        fs::write(&self.file, &self.text)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}
