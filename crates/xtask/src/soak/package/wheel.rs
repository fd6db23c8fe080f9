use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};

use super::{Files, Tried, first_page, is_current};
use crate::{exec, tools};

pub(super) fn try_it(files: &Files, earlier: &Files) -> Result<Vec<Tried>> {
    Ok(vec![by_pip(files, earlier)?, by_uv(files)?])
}

/// Installs into a new virtual environment, upgrades, and removes.
fn by_pip(files: &Files, earlier: &Files) -> Result<Tried> {
    let (package, dir) = (files.of("wheel")?, files.clean("venv")?);
    exec::read(Command::new("python3").args(["-m", "venv"]).arg(&dir))?;
    let program = dir.join("bin/gema");
    let pip = |words: &[&str]| exec::read(Command::new(dir.join("bin/pip")).args(words));
    let install = [
        "install",
        "--quiet",
        "--no-index",
        "--disable-pip-version-check",
    ];
    let start = Instant::now();
    pip(&[&install[..], &[&earlier.of("wheel")?.to_string_lossy()]].concat())?;
    let shown = first_page::of_demo(&mut Command::new(&program), &dir)?;
    pip(&[&install[..], &["--upgrade", &package.to_string_lossy()]].concat())?;
    ensure!(
        pip(&["show", "gema"])?.contains(concat!("Version: ", env!("CARGO_PKG_VERSION"), "\n")),
        "pip has not upgraded"
    );
    is_current(&exec::read(Command::new(&program).arg("--version"))?)?;
    pip(&["uninstall", "--quiet", "--yes", "gema"])?;
    ensure!(
        !program.exists() && dir.join("gema.db").exists(),
        "pip takes the program, and leaves the database"
    );
    Tried::new("wheel: pip install, in a venv", package, shown - start)
}

/// Runs the wheel with uv from an empty cache, without installing it, as `uvx gema` does.
fn by_uv(files: &Files) -> Result<Tried> {
    let (package, dir) = (files.of("wheel")?, files.clean("uv")?);
    let mut uv = Command::new(tools::uv()?);
    uv.env("UV_CACHE_DIR", dir.join("cache"))
        .env("UV_TOOL_DIR", dir.join("tools"))
        .env("UV_PYTHON_DOWNLOADS", "never");
    uv.args(["tool", "run", "--offline", "--no-config", "--from"])
        .arg(package)
        .arg("gema");
    let start = Instant::now();
    let shown = first_page::of_demo(&mut uv, &dir)?;
    Tried::new("wheel: uvx --from FILE gema", package, shown - start)
}
