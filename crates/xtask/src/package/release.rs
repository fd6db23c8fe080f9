//! The contents of every package: the program, its manual and completions, and its licences.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::linkage::Linkage;
use super::tree::Tree;
use super::version::{PreRelease, Version};
use super::{notices, template};
use crate::{exec, repo};

/// The one-line description.
pub(super) const SUMMARY: &str = "Share bar, read counter and reaction poll for news pages";

/// The licence, as SPDX writes it.
pub(super) const LICENCE: &str = "MIT OR Apache-2.0";

/// A release that is being packaged.
pub(crate) struct Release {
    pub(super) version: Version,
    pub(super) linkage: Linkage,
    pub(super) program: Vec<u8>,
    /// Manual pages by file name.
    pub(super) manual: Vec<(String, Vec<u8>)>,
    /// Completions of each of [`SHELLS`].
    pub(super) completions: Vec<Vec<u8>>,
    /// The licences of all code in the program.
    pub(super) notices: String,
    /// Modification time of all files, in seconds since 1970.
    pub(super) time: u64,
}

/// A shell, and the files of its completions: in an archive, and where Debian's shell looks for it.
pub(super) struct Shell {
    name: &'static str,
    pub(super) file: &'static str,
    pub(super) debian: &'static str,
}

pub(super) const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        file: "gema.bash",
        debian: "usr/share/bash-completion/completions/gema",
    },
    Shell {
        name: "zsh",
        file: "_gema",
        debian: "usr/share/zsh/vendor-completions/_gema",
    },
    Shell {
        name: "fish",
        file: "gema.fish",
        debian: "usr/share/fish/vendor_completions.d/gema.fish",
    },
];

impl Release {
    /// Reads the program, and runs it for its manual and completions.
    pub(crate) fn of(program: &Path, pre: Option<PreRelease>) -> Result<Self> {
        let version = Version::new(env!("CARGO_PKG_VERSION"), pre)?;
        let says = exec::read(Command::new(program).arg("--version"))?;
        ensure!(
            says == format!("gema {}", version.core()),
            "{} is `{says}`, and this is version {}: build it anew",
            program.display(),
            version.core()
        );
        let completions = SHELLS
            .iter()
            .map(|shell| said(program, &["completions", shell.name]))
            .collect::<Result<_>>()?;
        Ok(Self {
            version,
            linkage: Linkage::of(program)?,
            program: fs::read(program)
                .with_context(|| format!("cannot read {}", program.display()))?,
            manual: manual(program)?,
            completions,
            notices: notices::gathered()?,
            time: time()?,
        })
    }

    /// Whether the program is linked statically, so that every kind of package can contain it.
    pub(crate) fn is_static(&self) -> bool {
        self.linkage == Linkage::Static
    }

    /// The licences, as files of a directory.
    pub(super) fn licences(&self) -> Result<Tree> {
        let mut tree = licences()?;
        tree.file("THIRD-PARTY.txt", self.notices.as_bytes());
        Ok(tree)
    }

    /// The time in a format of `date`.
    pub(super) fn date(&self, format: &str) -> Result<String> {
        let mut date = Command::new("date");
        exec::read(
            date.env("LC_ALL", "C")
                .args(["-u", "-d", &format!("@{}", self.time), format]),
        )
    }
}

/// The two licences of the project.
pub(super) fn licences() -> Result<Tree> {
    let mut tree = Tree::default();
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        tree.file(name, template::at_root(name)?);
    }
    Ok(tree)
}

fn said(program: &Path, words: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(program)
        .args(words)
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(
        output.status.success(),
        "gema {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(output.stdout)
}

fn manual(program: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let dir: PathBuf = repo::target().join("package.manual");
    // Remove the pages of an earlier run: a command may have been removed since.
    let _ = fs::remove_dir_all(&dir);
    said(program, &["man", &dir.to_string_lossy()])?;
    let pages = fs::read_dir(&dir)?.map(|entry| {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok((name, fs::read(path)?))
    });
    let mut pages = pages.collect::<Result<Vec<_>>>()?;
    pages.sort();
    fs::remove_dir_all(&dir)?;
    Ok(pages)
}

/// SOURCE_DATE_EPOCH, else the time of the last commit.
fn time() -> Result<u64> {
    let text = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(set) => set,
        Err(_) => exec::read(exec::program("git").args(["log", "-1", "--format=%ct"])).context(
            "set SOURCE_DATE_EPOCH to the time that the files shall have, in seconds since 1970",
        )?,
    };
    text.trim()
        .parse()
        .with_context(|| format!("`{text}` is no number of seconds since 1970"))
}
