//! Tests the endpoint against its OpenAPI document with schemathesis, which generates valid and invalid requests from
//! it and compares the responses with it. A response of 500 or more fails, and so does one that the document does not
//! describe.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::supervise::Server;
use crate::{exec, repo, tools};

/// How many requests are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// A few hundred requests, the same ones each time.
    Short,
    /// Some thousand requests, different ones each time.
    Long,
}

/// The site's key, so that requests get past authorisation.
const SITE_KEY: &str = "schemathesis-has-this-key";

const GEMA_TOML: &str = "[sites.news]\norigins = [\"https://news.example\"]\nopaque_origins = true\nkey = \"schemathesis-has-this-key\"\nclients = { waline = [\"happy\"], goatcounter = true, open_heart = { \"❤️\" = \"sad\" } }\n";

/// Constraints that the document states only in words.
const SCHEMATHESIS_TOML: &str = include_str!("schemathesis.toml");

/// Builds the endpoint, serves it, and tests it.
pub(crate) fn run(length: Length) -> Result<()> {
    let python = tools::schemathesis()?;
    exec::run(exec::cargo().args(["build", "--package", "gema"]))?;
    let dir = repo::target().join("schemathesis");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(dir.join("gema.toml"), GEMA_TOML)?;
    fs::write(dir.join("schemathesis.toml"), SCHEMATHESIS_TOML)?;
    let mut gema = exec::program(repo::gema_debug());
    // With limits, thousands of requests from one address would only get 429.
    gema.args(["serve", "--listen", "127.0.0.1:0", "--limits", "off"])
        .current_dir(&dir);
    let (_server, url) = Server::start_endpoint(&mut gema)?;
    let mut schemathesis = Command::new(python);
    schemathesis.current_dir(&dir).args([
        "-m",
        "schemathesis.cli",
        "run",
        &format!("{url}/v1/openapi.json"),
    ]);
    schemathesis.args([
        "--header",
        &format!("Authorization: Bearer {SITE_KEY}"),
        "--warnings",
        "off",
        "--continue-on-failure",
    ]);
    exec::run(schemathesis.args(run_args(length)))
}

fn run_args(length: Length) -> &'static [&'static str] {
    const SHORT_RUN_ARGS: [&str; 6] = [
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        "10",
        "--generation-deterministic",
        "--no-shrink",
    ];
    const LONG_RUN_ARGS: [&str; 4] = ["--phases", "coverage,fuzzing", "--max-examples", "300"];
    match length {
        Length::Short => &SHORT_RUN_ARGS,
        Length::Long => &LONG_RUN_ARGS,
    }
}
