//! `cargo xtask package`: the files with which people install gema, all with the same program. Nothing is published:
//! they stay in `target/package`.

mod ar;
mod archive;
pub(crate) mod build;
mod debian;
mod gzip;
pub(crate) mod linkage;
mod notices;
mod npm;
mod oci;
mod release;
mod tar;
mod template;
mod tree;
mod types;
pub(crate) mod version;
mod wheel;
mod zip;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{progress, repo};
pub(crate) use release::Release;
use version::PreRelease;

/// Options of the command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// This program, instead of one that is built now.
    pub(crate) binary: Option<PathBuf>,
    pub(crate) pre: Option<PreRelease>,
}

/// A file that was made.
pub(crate) struct PackageFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A kind of package.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    make: fn(&Release) -> Result<PackageFile>,
    needs_static: bool,
}

pub(crate) const KINDS: [Kind; 6] = [
    Kind {
        name: "archive",
        make: archive::make,
        needs_static: false,
    },
    Kind {
        name: "deb",
        make: debian::make,
        needs_static: false,
    },
    Kind {
        name: "wheel",
        make: wheel::make,
        needs_static: false,
    },
    Kind {
        name: "npm",
        make: npm::program,
        needs_static: false,
    },
    Kind {
        name: "npm-widget",
        make: npm::widget,
        needs_static: false,
    },
    Kind {
        name: "oci",
        make: oci::make,
        needs_static: true,
    },
];

/// Builds the program, unless one is given, and makes every package of it.
pub(crate) fn run(options: Options) -> Result<()> {
    let program = options.binary.map_or_else(build::portable, Ok)?;
    let release = release(&program, options.pre)?;
    let dir = repo::packages();
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    let made = make_all(&release, &dir)?;
    println!("\n{}", listed(&made));
    progress::line(format!("in {}", dir.display()));
    Ok(())
}

/// The release of a program.
pub(crate) fn release(program: &Path, pre: Option<PreRelease>) -> Result<Release> {
    progress::heading("Packages");
    let release = Release::of(program, pre)?;
    progress::line(format!("gema {}; {}", release.version, release.linkage));
    Ok(release)
}

/// Makes every package that the program allows, in a directory, with the list of their hashes. Gives each kind's file.
pub(crate) fn make_all(release: &Release, dir: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let (mut files, mut sums) = (Vec::new(), String::new());
    for kind in &KINDS {
        if kind.needs_static && release.linkage != linkage::Linkage::Static {
            progress::line(format!(
                "{}: not made, since the program is not static ({})",
                kind.name, release.linkage
            ));
            continue;
        }
        let PackageFile { name, bytes } =
            (kind.make)(release).with_context(|| format!("{} cannot be made", kind.name))?;
        let file = dir.join(&name);
        fs::write(&file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
        let hash: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        sums += &format!("{hash}  {name}\n");
        files.push((kind.name, file));
    }
    fs::write(dir.join("SHA256SUMS"), sums)?;
    Ok(files)
}

fn listed(files: &[(&str, PathBuf)]) -> String {
    let line = |(kind, file): &(&str, PathBuf)| {
        let bytes = fs::metadata(file).map_or(0, |about| about.len());
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        format!("  {kind:<11} {:>6.1} MB  {name}\n", bytes as f64 / 1e6)
    };
    files.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
