//! The steps of the test command, in order: quick failures first, and the widget's files before the endpoint that the
//! tests start, so that it always has them embedded. Each step can be run alone.

use anyhow::Result;

use super::count::{self, Count};
use super::schemathesis::{self, Length};
use super::{deny, e2e};
use crate::setup::{self, Browser, Scope};
use crate::toolchain::{self, Build, TARGET};
use crate::{dist, exec, size, tools};

/// One step.
pub(crate) struct Step {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it checks.
    pub(crate) what: &'static str,
    pub(crate) work: Work,
}

/// What a step does.
pub(crate) enum Work {
    /// A check without tests of its own.
    Check(fn() -> Result<()>),
    /// A test runner: takes arguments (a part of a test's name, `--nocapture`) and gives the number of tests.
    Tests(fn(&[String]) -> Result<Count>),
}

impl Step {
    /// Runs the step and gives the number of tests.
    pub(crate) fn run(&self, words: &[String]) -> Result<Count> {
        match self.work {
            Work::Check(check) => check().map(|()| Count::default()),
            Work::Tests(tests) => tests(words),
        }
    }
}

pub(crate) const STEPS: [Step; 12] = [
    Step { name: "setup", what: "what builds and tests need", work: Work::Check(set_up) },
    Step { name: "fmt", what: "the formatting", work: Work::Check(fmt) },
    Step { name: "deny", what: "the dependencies' licences, sources and known faults", work: Work::Check(deny::run) },
    Step { name: "clippy", what: "lints, native", work: Work::Check(clippy) },
    Step { name: "clippy-wasm", what: "lints, wasm", work: Work::Check(clippy_wasm) },
    Step { name: "docs", what: "the documentation builds", work: Work::Check(docs) },
    Step { name: "dist", what: "the release build", work: Work::Check(release) },
    Step { name: "size", what: "what a reader downloads, within its budget", work: Work::Check(size::check) },
    Step { name: "native", what: "unit, property and endpoint tests", work: Work::Tests(native) },
    Step { name: "openapi", what: "the endpoint against its own description", work: Work::Check(openapi) },
    Step { name: "browser", what: "the widget's own tests, in a browser", work: Work::Tests(browser) },
    Step { name: "e2e", what: "a page, the endpoint and readers in three engines", work: Work::Tests(e2e::run) },
];

fn set_up() -> Result<()> {
    setup::run(Scope::Test).map(drop)
}

fn fmt() -> Result<()> {
    exec::run(exec::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    let all = ["clippy", "--workspace", "--all-targets"];
    exec::run(exec::cargo().args(all).args(DENY))?;
    // Not among "all targets", since a plain `cargo test` must not run it.
    exec::run(exec::cargo().args(["clippy", "--workspace", "--test", "e2e"]).args(DENY))
}

fn clippy_wasm() -> Result<()> {
    let widget = ["--target", TARGET, "--package", "widget", "--lib", "--test", "browser"];
    exec::run(toolchain::required()?.clippy()?.args(widget).args(DENY))
}

const DENY: [&str; 3] = ["--", "--deny", "warnings"];

fn docs() -> Result<()> {
    let doc = ["doc", "--no-deps", "--workspace", "--document-private-items"];
    exec::run(exec::cargo().args(doc).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn native(words: &[String]) -> Result<Count> {
    count::tests(exec::cargo().args(["test", "--workspace", "--no-fail-fast", "--"]).args(words))
}

fn openapi() -> Result<()> {
    schemathesis::run(Length::Short)
}

fn browser(words: &[String]) -> Result<Count> {
    let mut cargo = toolchain::required()?.cargo_with(Build::Checked, &[tools::wasm_bindgen()?])?;
    Browser::required()?.name_in(&mut cargo);
    // Timeout of the whole run, in seconds: on a busy machine the first start of a browser takes long.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    count::tests(cargo.args(["test", "--target", TARGET, "--package", "widget", "--test", "browser", "--"]).args(words))
}

fn release() -> Result<()> {
    dist::run(&toolchain::required()?)
}
