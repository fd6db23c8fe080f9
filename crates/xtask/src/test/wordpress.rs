//! WordPress, ready to be served by PHP's own web server (tests/e2e/wordpress): unpacked from packages of npm and
//! Debian.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{exec, progress, repo, setup, tools};

/// The versions from npm: that of the test command, and all. `beta` is the third release candidate of 6.6.
const TESTED_VERSIONS: &[&str] = &["6.5"];
const SOAKED_VERSIONS: &[&str] = &["6.2", "6.3", "6.4", "6.5", "beta"];

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

/// Unpacks all versions: those from npm, and that of Debian's package, without its dependencies. The themes of all
/// packages are for every version.
pub(crate) fn build_all() -> Result<()> {
    unpack(all(), |to| {
        let mut sources: Vec<_> = SOAKED_VERSIONS.iter().map(PathBuf::from).collect();
        if exec::which("apt-get").is_some() {
            let dir = to.join("debian");
            setup::unpack(&setup::WORDPRESS_DEB, &dir)?;
            let wordpress = dir.join("usr/share/wordpress");
            sources.extend(themes_in(&wordpress.join("wp-content/themes"))?);
            sources.push(wordpress);
        }
        sources.extend(tools::themes()?);
        Ok(sources)
    })
}

fn themes_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut themes = fs::read_dir(dir)
        .with_context(|| format!("cannot read {}", dir.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    themes.retain(|theme| theme.join("style.css").exists());
    Ok(themes)
}

fn unpack(to: PathBuf, sources: impl Fn(&Path) -> Result<Vec<PathBuf>>) -> Result<()> {
    let source = repo::root().join("tests/e2e/wordpress");
    let stamp = Stamp::of(std::slice::from_ref(&source), &to)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    progress::heading("WordPress");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    let sources = sources(&to)?;
    let mut php = exec::program("php");
    php.arg(source.join("unpack.php"))
        .args(tools::modules(&["wordpress"])?)
        .arg(&to);
    exec::run(php.args(sources))?;
    stamp.write()
}
