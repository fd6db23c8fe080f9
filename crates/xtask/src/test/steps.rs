//! The steps of the test command, in order: what is quick to fail comes first. Each one stands alone.

use anyhow::Result;

use super::count::{self, Count};
use crate::setup::{self, Browser, Scope};
use crate::toolchain::{self, Build, TARGET};
use crate::{demo, dist, exec, repo, size};

/// One step.
pub(crate) struct Step {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) what: &'static str,
    /// Does it, and tells how many tests ran.
    pub(crate) run: fn() -> Result<Count>,
}

/// All steps.
pub(crate) const STEPS: [Step; 10] = [
    Step { name: "setup", what: "what builds and tests need", run: set_up },
    Step { name: "fmt", what: "the formatting", run: fmt },
    Step { name: "clippy", what: "lints, native", run: clippy },
    Step { name: "clippy-wasm", what: "lints, wasm", run: clippy_wasm },
    Step { name: "docs", what: "the documentation builds", run: docs },
    Step { name: "native", what: "unit, property and endpoint tests", run: native },
    Step { name: "browser", what: "the widget's own tests, in a browser", run: browser },
    Step { name: "dist", what: "the release build", run: release },
    Step { name: "size", what: "what a reader downloads, within its budget", run: budget },
    Step { name: "e2e", what: "a page, the endpoint and readers in real browsers", run: e2e },
];

fn set_up() -> Result<Count> {
    setup::run(Scope::Test)?;
    Ok(Count::default())
}

fn fmt() -> Result<Count> {
    checks(exec::run(exec::cargo().args(["fmt", "--all", "--check"])))
}

fn clippy() -> Result<Count> {
    let all = ["clippy", "--workspace", "--all-targets"];
    exec::run(exec::cargo().args(all).args(DENY))?;
    // Not among "all targets", since a plain `cargo test` must not run it.
    checks(exec::run(exec::cargo().args(["clippy", "--package", "widget", "--test", "e2e"]).args(DENY)))
}

fn clippy_wasm() -> Result<Count> {
    let widget = ["--target", TARGET, "--package", "widget", "--lib", "--test", "browser"];
    checks(exec::run(toolchain::required()?.clippy()?.args(widget).args(DENY)))
}

const DENY: [&str; 3] = ["--", "--deny", "warnings"];

fn docs() -> Result<Count> {
    let doc = ["doc", "--no-deps", "--workspace", "--document-private-items"];
    checks(exec::run(exec::cargo().args(doc).env("RUSTDOCFLAGS", "--deny warnings")))
}

fn native() -> Result<Count> {
    count::tests(exec::cargo().args(["test", "--workspace", "--no-fail-fast"]))
}

fn browser() -> Result<Count> {
    let mut cargo = toolchain::required()?.cargo(Build::Checked)?;
    Browser::required()?.name_in(&mut cargo);
    count::tests(cargo.args(["test", "--target", TARGET, "--package", "widget", "--test", "browser"]))
}

fn release() -> Result<Count> {
    checks(dist::run(&toolchain::required()?))
}

fn budget() -> Result<Count> {
    checks(size::check())
}

/// Against the very files that are served: the endpoint's release build with the widget's release inside.
fn e2e() -> Result<Count> {
    dist::run(&toolchain::required()?)?;
    demo::build_endpoint()?;
    let mut cargo = exec::cargo();
    Browser::required()?.name_in(&mut cargo);
    cargo.env("GEMA_BIN", repo::gema());
    count::tests(cargo.args(["test", "--package", "widget", "--test", "e2e"]))
}

fn checks(outcome: Result<()>) -> Result<Count> {
    outcome.map(|()| Count::default())
}
