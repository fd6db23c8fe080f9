//! Dependencies, by cargo-deny and `deny.toml`: licences, sources, duplicates; and known faults, where RustSec's database is at hand.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{exec, repo, say, tools};

/// What holds without the network.
const ALWAYS: [&str; 3] = ["licenses", "bans", "sources"];

/// Names a clone of RustSec's database (https://github.com/RustSec/advisory-db), for machines that cannot reach it: a directory in which
/// cargo-deny keeps databases.
const GIVEN: &str = "GEMA_ADVISORY_DBS";

pub(crate) fn run() -> Result<()> {
    exec::run(deny()?.arg("check").args(ALWAYS))?;
    let given = std::env::var_os(GIVEN).map(PathBuf::from);
    match (
        &given,
        exec::read(
            deny()?.args(["fetch", "db"]).env("GIT_HTTP_LOW_SPEED_LIMIT", "1000").env("GIT_HTTP_LOW_SPEED_TIME", "10"),
        ),
    ) {
        (None, Err(_)) => {
            say::line(format!(
                "RustSec's database cannot be reached: known faults are not looked for (or name it in {GIVEN})"
            ));
            Ok(())
        }
        (None, Ok(_)) => exec::run(deny()?.args(["check", "advisories"])),
        (Some(dbs), _) => exec::run(deny()?.args(["--offline", "check", "advisories"]).env("CARGO_HOME", dbs)),
    }
}

fn deny() -> Result<Command> {
    let mut deny = exec::program(tools::cargo_deny()?);
    deny.current_dir(repo::root()).args(["--workspace", "--locked", "--config", "deny.toml"]);
    Ok(deny)
}
