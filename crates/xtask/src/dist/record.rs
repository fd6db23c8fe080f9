//! The record of the committed `dist/` (`crates/xtask/dist.record`): a hash of its inputs, a hash of its content, and the
//! programs whose versions decide its bytes. With it, the demo needs no compiler for wasm, and the tests can compare.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::contents;
use crate::toolchain::Toolchain;
use crate::{exec, repo, tools};

/// The inputs of `dist/`.
const INPUTS: [&str; 12] = [
    "src",
    "crates/bindgen",
    "crates/locale/locales",
    "crates/wire",
    "crates/xtask/src/dist",
    "crates/xtask/src/dist.rs",
    "crates/xtask/src/toolchain.rs",
    "styles",
    "demo",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
];

/// The record of one `dist/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// SHA-256 over the inputs and the versions of the tools that Gema chooses, in hexadecimal.
    inputs: String,
    /// SHA-256 over the files of `dist/`, in hexadecimal.
    content: String,
    /// The compiler that made the module: another one makes other bytes.
    pub(crate) compiler: String,
    /// The Node.js that compressed the files: another zlib makes other bytes.
    pub(crate) node: String,
}

impl Record {
    /// The record of these files, made on this machine from the current inputs.
    pub(crate) fn of(dir: &Path, toolchain: &Toolchain) -> Result<Self> {
        Ok(Self {
            inputs: inputs()?,
            content: hash_of(&contents(dir)?),
            compiler: toolchain.module_compiler(),
            node: exec::read(Command::new("node").arg("--version"))?,
        })
    }

    /// The record that is committed.
    pub(crate) fn committed() -> Result<Self> {
        let text = fs::read_to_string(file())
            .with_context(|| format!("cannot read {}", file().display()))?;
        Self::parse(&text)
    }

    /// Writes the record beside the files that it describes.
    pub(crate) fn write(&self) -> Result<()> {
        fs::write(file(), self.text()).context("cannot write the record of dist/")
    }

    /// Whether `dist/` has the recorded content, made from the current inputs.
    pub(crate) fn is_current(&self) -> Result<bool> {
        Ok(self.inputs == inputs()? && self.content == hash_of(&contents(&repo::dist())?))
    }

    fn text(&self) -> String {
        let Self {
            inputs,
            content,
            compiler,
            node,
        } = self;
        format!(
            "Made by `cargo xtask dist`, compared by `cargo xtask test`.\n\
             inputs: {inputs}\ncontent: {content}\ncompiler: {compiler}\nnode: {node}\n"
        )
    }

    fn parse(text: &str) -> Result<Self> {
        let value = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .map(str::to_owned)
                .with_context(|| format!("the record of dist/ has no line `{name}: …`"))
        };
        Ok(Self {
            inputs: value("inputs")?,
            content: value("content")?,
            compiler: value("compiler")?,
            node: value("node")?,
        })
    }
}

/// Fails unless both directories have the same files with the same bytes, and names those that differ. Compressed files
/// are compared only by name if another Node.js made them.
pub(crate) fn compare(committed: &Path, built: &Path, same_node: bool) -> Result<()> {
    let mut sides = [contents(committed)?, contents(built)?];
    if !same_node {
        for (path, content) in sides.iter_mut().flatten() {
            if is_compressed(path) {
                content.clear();
            }
        }
    }
    let [committed, built] = &sides;
    let paths: BTreeSet<_> = committed.keys().chain(built.keys()).collect();
    let differing: Vec<_> = paths
        .into_iter()
        .filter(|path| committed.get(*path) != built.get(*path))
        .map(|path| path.display().to_string())
        .collect();
    ensure!(
        differing.is_empty(),
        "dist/ is not what its inputs make. Run `cargo xtask dist` and commit the result. These files differ: {}",
        differing.join(", ")
    );
    Ok(())
}

fn is_compressed(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| extension == "br" || extension == "gz")
}

fn inputs() -> Result<String> {
    let mut files = BTreeMap::new();
    for input in INPUTS {
        let mut paths = Vec::new();
        collect(&repo::root().join(input), &mut paths)?;
        for path in paths {
            let name = path.strip_prefix(repo::root())?.to_owned();
            files.insert(name, fs::read(path)?);
        }
    }
    let tools = format!("{:?}", tools::all());
    files.insert(PathBuf::new(), tools.into_bytes());
    Ok(hash_of(&files))
}

/// A hash over paths and contents.
fn hash_of(files: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    let parts = files
        .iter()
        .flat_map(|(path, content)| [path.as_os_str().as_encoded_bytes(), content]);
    for part in parts {
        // Each part is preceded by its length, so that different lists of parts never hash the same bytes.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    HEXLOWER.encode(&hash.finalize())
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

fn file() -> PathBuf {
    repo::root().join("crates/xtask/dist.record")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{anew, write};

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = Record {
            inputs: "00ff".into(),
            content: "11ee".into(),
            compiler: "rustc 1.95.0 (a: b)".into(),
            node: "v20.1.0".into(),
        };
        assert_eq!(Record::parse(&record.text()).unwrap(), record);
        let error = Record::parse("inputs: 00ff\n").unwrap_err().to_string();
        assert!(error.contains("`content: …`"), "{error}");
    }

    #[test]
    fn a_differing_a_missing_and_a_new_file_are_named() {
        let dir = repo::target().join("tmp/compared");
        anew(&dir).unwrap();
        let [committed, built] = ["committed", "built"].map(|name| dir.join(name));
        for (side, files) in [
            (&committed, [("same", "1"), ("changed", "1"), ("old", "1")]),
            (&built, [("same", "1"), ("changed", "2"), ("new", "1")]),
        ] {
            for (name, content) in files {
                write(&side.join(name), content.as_bytes()).unwrap();
            }
        }
        let error = compare(&committed, &built, true).unwrap_err().to_string();
        assert!(
            error.contains("changed, new, old") && !error.contains("same"),
            "{error}"
        );
        compare(&built, &built, true).unwrap();
    }

    #[test]
    fn files_that_another_node_compressed_are_compared_by_name() {
        let dir = repo::target().join("tmp/compressed");
        anew(&dir).unwrap();
        let [committed, built] = ["committed", "built"].map(|name| dir.join(name));
        write(&committed.join("a.js.gz"), b"1").unwrap();
        write(&built.join("a.js.gz"), b"2").unwrap();
        compare(&committed, &built, false).unwrap();
        assert!(compare(&committed, &built, true).is_err());
    }
}
