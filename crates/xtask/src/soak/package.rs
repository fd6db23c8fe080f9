//! Installs every package as its users do, on a system without gema, and measures the time until the first page is
//! served.

mod archive;
mod debian;
mod first_page;
mod npm;
mod oci;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::package::{self, version::PreRelease};
use crate::setup::{self, Scope};
use crate::{exec, progress, repo};

/// The variable that names a program to package, instead of one that is built.
const BINARY: &str = "GEMA_PACKAGE_BINARY";

/// A package that was installed and served its first page.
pub(super) struct Tried {
    /// What was installed, for the table.
    what: String,
    bytes: u64,
    /// Time from the install command to the first page.
    took: Duration,
}

impl Tried {
    fn new(what: impl Into<String>, package: &Path, took: Duration) -> Result<Self> {
        Ok(Self {
            what: what.into(),
            bytes: fs::metadata(package)?.len(),
            took,
        })
    }
}

/// Makes a pre-release and a release of the same program, and tries them.
pub(super) fn run() -> Result<()> {
    setup::run(Scope::Packaged)?;
    let program =
        std::env::var_os(BINARY).map_or_else(package::build::portable, |set| Ok(set.into()))?;
    let dir = repo::target().join("packaged");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    let release = package::release(&program, None)?;
    let files = Files {
        dir: dir.clone(),
        of: package::make_all(&release, &dir.join("release"))?,
    };
    let before = package::release(&program, Some(PreRelease::parse("rc.1")?))?;
    let earlier = Files {
        dir: dir.clone(),
        of: package::make_all(&before, &dir.join("earlier"))?,
    };
    let mut tried = Vec::new();
    for (name, attempt) in ATTEMPTS
        .into_iter()
        .filter(|(name, _)| release.is_static() || *name != IMAGE)
    {
        progress::heading(name);
        tried.extend(attempt(&files, &earlier).with_context(|| format!("the {name} package"))?);
    }
    println!("\n{}", table(&tried));
    if !release.is_static() {
        progress::line("there is no image of a program that needs a C library: it was not tried");
    }
    Ok(())
}

/// The package that requires a static program.
const IMAGE: &str = "container image";

type Attempt = fn(&Files, &Files) -> Result<Vec<Tried>>;

const ATTEMPTS: [(&str, Attempt); 5] = [
    ("tar.gz", archive::try_it),
    ("Python", wheel::try_it),
    ("npm", npm::try_it),
    (IMAGE, oci::try_it),
    ("Debian", debian::try_it),
];

/// The packages of one version.
pub(super) struct Files {
    dir: PathBuf,
    of: Vec<(&'static str, PathBuf)>,
}

impl Files {
    fn of(&self, kind: &str) -> Result<&Path> {
        let found = self.of.iter().find(|(name, _)| *name == kind);
        found
            .map(|(_, file)| file.as_path())
            .with_context(|| format!("there is no package of kind {kind}"))
    }

    /// An empty directory for a trial.
    fn clean(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.join(name);
        // Remove what an earlier trial left.
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(dir)
    }
}

fn table(tried: &[Tried]) -> String {
    let mut text = format!(
        "  {:<44} {:>9} {:>22}\n",
        "", "size, MB", "s to the first page"
    );
    for Tried { what, bytes, took } in tried {
        text += &format!(
            "  {what:<44} {:>9.1} {:>22.1}\n",
            *bytes as f64 / 1e6,
            took.as_secs_f64()
        );
    }
    text
}

/// The program's own version, which every installation must print.
fn is_current(says: &str) -> Result<()> {
    ensure!(
        says == concat!("gema ", env!("CARGO_PKG_VERSION")),
        "the installed program is `{says}`"
    );
    Ok(())
}

/// Unpacks a tar archive.
fn unpack(archive: &Path, dir: &Path) -> Result<()> {
    exec::read(
        exec::program("tar")
            .arg("-xf")
            .arg(archive)
            .arg("-C")
            .arg(dir),
    )
    .map(drop)
}
