//! WordPress, ready to be served by PHP's own web server (tests/e2e/wordpress): the program of npm's and Debian's packages, unpacked.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{exec, repo, say, tools};

/// Of npm's versions: the one that the test command runs, and all.
const CURRENT: &[&str] = &["6.5"];
const ALL: &[&str] = &["6.2", "6.3", "6.4", "6.5"];

/// Where the test command's is.
pub(crate) fn made() -> PathBuf {
    repo::target().join("wordpress")
}

/// Where all are.
pub(crate) fn all() -> PathBuf {
    repo::target().join("wordpress-all")
}

/// Makes what the test command runs, unless it is there.
pub(crate) fn build() -> Result<()> {
    unpack(made(), |_| Ok(CURRENT.iter().map(PathBuf::from).collect()))
}

/// Makes all versions: besides npm's, that of Debian's package, without its dependencies.
pub(crate) fn build_all() -> Result<()> {
    unpack(all(), |to| {
        let mut versions: Vec<_> = ALL.iter().map(PathBuf::from).collect();
        if exec::which("apt-get").is_some() {
            let dir = to.join("debian");
            fs::create_dir_all(&dir)?;
            let packages = ["wordpress", "wordpress-theme-twentytwentytwo", "wordpress-theme-twentytwentythree"];
            exec::quietly(exec::program("apt-get").current_dir(&dir).arg("download").args(packages))?;
            for file in fs::read_dir(&dir)?.collect::<Result<Vec<_>, _>>()? {
                exec::run(exec::program("dpkg-deb").arg("-x").arg(file.path()).arg(&dir))?;
            }
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
    say::heading("WordPress");
    // What is there is of the last time.
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    let versions = versions(&to)?;
    let mut php = exec::program("php");
    php.arg(source.join("unpack.php")).args(tools::modules(&["wordpress"])?).arg(&to);
    exec::run(php.args(versions))?;
    stamp.write()
}
