//! Checks dependencies with cargo-deny and `deny.toml`: licences, sources, duplicates; and known vulnerabilities, if
//! RustSec's database is available.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{exec, progress, repo, tools};

/// The checks that need no database.
const OFFLINE_CHECKS: [&str; 3] = ["licenses", "bans", "sources"];

/// The variable that names a clone of <https://github.com/RustSec/advisory-db>, for machines that cannot reach it.
const ADVISORY_DB_ENV: &str = "GEMA_ADVISORY_DB";

/// cargo-deny's name for that clone, with a hash of its URL.
const ADVISORY_DB_DIRECTORY: &str = "advisory-db-3157b0e258782691";

pub(crate) fn run() -> Result<()> {
    exec::run(
        deny("deny.toml".as_ref())?
            .arg("check")
            .args(OFFLINE_CHECKS),
    )?;
    if let Some(clone) = std::env::var_os(ADVISORY_DB_ENV).map(PathBuf::from) {
        return exec::run(deny(&with_clone(&clone)?)?.args(["--offline", "check", "advisories"]));
    }
    let mut fetch = deny("deny.toml".as_ref())?;
    // Give up soon if the network does not respond.
    fetch.args(["fetch", "db"]).envs([
        ("GIT_HTTP_LOW_SPEED_LIMIT", "1000"),
        ("GIT_HTTP_LOW_SPEED_TIME", "10"),
    ]);
    match exec::read(&mut fetch) {
        Ok(_) => exec::run(deny("deny.toml".as_ref())?.args(["check", "advisories"])),
        Err(_) => {
            progress::line(format!(
                "RustSec's database cannot be reached, so known faults are not looked for: clone it, and name it in {ADVISORY_DB_ENV}"
            ));
            Ok(())
        }
    }
}

fn deny(config: &Path) -> Result<Command> {
    let mut deny = exec::program(tools::cargo_deny()?);
    deny.current_dir(repo::root())
        .args(["--workspace", "--locked", "--config"])
        .arg(config);
    Ok(deny)
}

/// A configuration that uses that clone instead of cargo-deny's own.
fn with_clone(clone: &Path) -> Result<PathBuf> {
    let clone = fs::canonicalize(clone)
        .with_context(|| format!("{ADVISORY_DB_ENV} names {}", clone.display()))?;
    let dir = repo::target().join("deny");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir)?;
    std::os::unix::fs::symlink(clone, dir.join(ADVISORY_DB_DIRECTORY))?;
    let config = fs::read_to_string(repo::root().join("deny.toml"))?;
    let path = toml_string(&dir)?;
    fs::write(
        dir.join("deny.toml"),
        config.replace(
            "[advisories]\n",
            &format!("[advisories]\ndb-path = {path}\n"),
        ),
    )?;
    Ok(dir.join("deny.toml"))
}

fn toml_string(path: &Path) -> Result<String> {
    Ok(format!(
        "{:?}",
        path.to_str()
            .context("the repository's path is not UTF-8")?
    ))
}
