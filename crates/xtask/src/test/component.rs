//! A component of tests in a release build of the module: it shows that optimisation and short names keep what works in
//! development.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{dist, repo, toolchain};

/// The directory with `component.js`.
pub(crate) fn made() -> PathBuf {
    repo::target().join("component")
}

/// Makes the script, unless the component and the widget are the same as at the last time.
pub(crate) fn build() -> Result<()> {
    let made = made();
    // The record of dist/ has a hash of everything that decides a module.
    let sources = [
        "crates/xtask/dist.record",
        "tests/component/component.rs",
        "tests/component/main.js",
    ];
    let stamp = Stamp::of(&sources.map(|path| repo::root().join(path)), &made)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    let script = dist::component(&toolchain::required()?)?;
    std::fs::create_dir_all(&made)
        .and_then(|()| std::fs::write(made.join("component.js"), script))
        .context("cannot write component.js")?;
    stamp.write()
}
