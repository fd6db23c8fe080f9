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
    /// The same few hundred requests each time.
    Short,
    /// Some thousands, different ones each time.
    Long,
}

/// The site's key, so that requests get past authorisation.
const KEY: &str = "schemathesis-has-this-key";

const SITE: &str =
    "[sites.news]\norigins = [\"https://news.example\"]\nopaque_origins = true\nkey = \"schemathesis-has-this-key\"\n";

/// Constraints that the document states only in words.
const WORDS: &str = include_str!("schemathesis.toml");

/// Builds the endpoint, serves it, and tests it.
pub(crate) fn run(length: Length) -> Result<()> {
    let python = tools::schemathesis()?;
    exec::run(exec::cargo().args(["build", "--package", "gema"]))?;
    let dir = repo::target().join("schemathesis");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(dir.join("gema.toml"), SITE)?;
    fs::write(dir.join("schemathesis.toml"), WORDS)?;
    let mut gema = exec::program(repo::gema_debug());
    // With limits, thousands of requests from one address would only get 429.
    gema.args(["serve", "--listen", "127.0.0.1:0", "--limits", "off"]).current_dir(&dir);
    let (_server, url) = Server::start_endpoint(&mut gema)?;
    let mut asking = Command::new(python);
    asking.current_dir(&dir).args(["-m", "schemathesis.cli", "run", &format!("{url}/v1/openapi.json")]);
    asking.args(["--header", &format!("Authorization: Bearer {KEY}"), "--warnings", "off", "--continue-on-failure"]);
    exec::run(asking.args(words(length)))
}

fn words(length: Length) -> &'static [&'static str] {
    const SHORT: [&str; 6] =
        ["--phases", "coverage,fuzzing", "--max-examples", "10", "--generation-deterministic", "--no-shrink"];
    const LONG: [&str; 4] = ["--phases", "coverage,fuzzing", "--max-examples", "300"];
    match length {
        Length::Short => &SHORT,
        Length::Long => &LONG,
    }
}
