//! The endpoint against its own OpenAPI document: schemathesis makes requests from it, right ones and wrong ones, and compares the
//! answers with it. No answer of 500 or more, and none that the document does not tell.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::supervise::Server;
use crate::{exec, repo, tools};

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// The same few hundred requests each time.
    Short,
    /// Some thousands, other ones each time.
    Long,
}

/// A newsroom's key, so that it is not only told that it needs one.
const KEY: &str = "schemathesis-has-this-key";

const SITE: &str =
    "[sites.news]\norigins = [\"https://news.example\"]\nopaque_origins = true\nkey = \"schemathesis-has-this-key\"\n";

/// What the document says only in words.
const WORDS: &str = include_str!("schemathesis.toml");

/// Builds the endpoint, serves it, and asks it.
pub(crate) fn run(length: Length) -> Result<()> {
    let python = tools::schemathesis()?;
    exec::run(exec::cargo().args(["build", "--package", "gema"]))?;
    let dir = repo::target().join("schemathesis");
    // What is there is of the last time.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(dir.join("gema.toml"), SITE)?;
    fs::write(dir.join("schemathesis.toml"), WORDS)?;
    let mut gema = exec::program(repo::gema_debug());
    // Thousands of requests from one address would be told of the limits, and of nothing else.
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
