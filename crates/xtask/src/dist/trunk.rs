//! Trunk's part of a release: cargo, wasm-bindgen, and the copies that index.html and Trunk.toml ask for.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::toolchain::{Build, TARGET, Toolchain};
use crate::{exec, repo, say};

/// Where Trunk puts what it has made.
pub(crate) fn output() -> PathBuf {
    repo::target().join("trunk")
}

/// Builds into [`output`].
pub(crate) fn build(toolchain: &Toolchain) -> Result<()> {
    // Trunk is told to stay offline, so that it takes our tools and downloads none: what cargo needs must be there before.
    exec::run(toolchain.cargo(Build::Small)?.args(["fetch", "--target", TARGET]))
        .context("cannot download the widget's dependencies")?;
    let step = say::Step::begin("trunk build");
    let mut trunk = toolchain.program("trunk", Build::Small)?;
    // Trunk takes this variable for one of its own flags and refuses the values that others use.
    trunk.env_remove("NO_COLOR");
    trunk.args(["build", "--release", "--offline", "--dist"]).arg(output());
    exec::run(&mut trunk).context("the widget does not build")?;
    step.done();
    Ok(())
}
