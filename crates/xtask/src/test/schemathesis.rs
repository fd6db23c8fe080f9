//! Tests the endpoint against its OpenAPI document with schemathesis, which generates valid and invalid requests from
//! it and compares the responses with it. A response of 500 or more fails, and so does one that the document does not
//! describe.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::supervise::Server;
use crate::{exec, repo, tools};

/// Number of requests.
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

/// The newsroom's pages, and what schemathesis must know of them.
const NEWSROOM_OPENAPI: &str = include_str!("newsroom.openapi.yaml");
const NEWSROOM_TOML: &str = include_str!("newsroom.toml");

/// The endpoint takes schemathesis for the proxy that authenticates, so that no form can sign it out.
const NEWSROOM_GEMA_TOML: &str = "trusted_proxies = [\"127.0.0.1\"]\n[newsroom]\nuser_header = \"Remote-User\"\ngroups_header = \"Remote-Groups\"\n[[newsroom.groups]]\ngroup = \"operators\"\nsite = \"news\"\nrole = \"operator\"\n[sites.news]\norigins = [\"https://news.example\"]\n[sites.daily]\norigins = []\n";

/// The headers of an operator's own form.
const OPERATOR_HEADERS: [&str; 4] = [
    "Remote-User: budi",
    "Remote-Groups: operators",
    "Sec-Fetch-Site: same-origin",
    "X-Forwarded-For: 192.0.2.1",
];

/// Builds the endpoint, serves it, and tests it.
pub(crate) fn run(length: Length) -> Result<()> {
    let python = tools::schemathesis()?;
    exec::run(exec::cargo().args(["build", "--package", "gema"]))?;
    let dir = prepared("schemathesis", GEMA_TOML, SCHEMATHESIS_TOML)?;
    let (_server, url) = serve(&dir)?;
    let key = format!("Authorization: Bearer {SITE_KEY}");
    let mut api = schemathesis(&python, &dir, &[key.as_str()]);
    exec::run(
        api.arg(format!("{url}/v1/openapi.json"))
            .args(run_args(length)),
    )?;
    let dir = prepared("schemathesis-newsroom", NEWSROOM_GEMA_TOML, NEWSROOM_TOML)?;
    fs::write(dir.join("openapi.yaml"), NEWSROOM_OPENAPI)?;
    let (_server, url) = serve(&dir)?;
    let mut pages = schemathesis(&python, &dir, &OPERATOR_HEADERS);
    exec::run(
        pages
            .args(["openapi.yaml", "--url", &url])
            .args(run_args(length)),
    )
}

/// An empty directory with these configurations of gema and of schemathesis.
fn prepared(name: &str, gema: &str, schemathesis: &str) -> Result<PathBuf> {
    let dir = repo::target().join(name);
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(dir.join("gema.toml"), gema)?;
    fs::write(dir.join("schemathesis.toml"), schemathesis)?;
    Ok(dir)
}

fn serve(dir: &Path) -> Result<(Server, String)> {
    let mut gema = exec::program(repo::gema_debug());
    // With limits, thousands of requests from one address would only get 429.
    gema.args(["serve", "--listen", "127.0.0.1:0", "--limits", "off"])
        .current_dir(dir);
    Server::start_endpoint(&mut gema)
}

fn schemathesis(python: &Path, dir: &Path, headers: &[&str]) -> Command {
    let mut command = Command::new(python);
    command
        .current_dir(dir)
        .args(["-m", "schemathesis.cli", "run"])
        .args(["--warnings", "off", "--continue-on-failure"]);
    for header in headers {
        command.args(["--header", header]);
    }
    command
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
