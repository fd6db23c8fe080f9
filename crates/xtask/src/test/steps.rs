//! The steps of the test command, in order: quick failures first, and the widget's files before the endpoint that the
//! tests start, so that it always has them embedded. Each step can be run alone.

use anyhow::Result;

use super::count::{self, Count};
use super::schemathesis::{self, Length};
use super::{deny, e2e};
use crate::setup::{self, Browser, Scope};
use crate::toolchain::{self, Build, WASM_TARGET};
use crate::{dist, exec, repo, size, tools};

/// One step.
pub(crate) struct Step {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Description for the list of steps.
    pub(crate) what: &'static str,
    pub(crate) action: StepAction,
}

/// Kind of a step.
pub(crate) enum StepAction {
    /// A check without tests of its own.
    Check(fn() -> Result<()>),
    /// A test runner: takes arguments (a part of a test's name, `--nocapture`) and gives the number of tests.
    Tests(fn(&[String]) -> Result<Count>),
}

impl Step {
    /// Runs the step and gives the number of tests.
    pub(crate) fn run(&self, args: &[String]) -> Result<Count> {
        match self.action {
            StepAction::Check(check) => check().map(|()| Count::default()),
            StepAction::Tests(tests) => tests(args),
        }
    }
}

pub(crate) const STEPS: [Step; 15] = [
    Step {
        name: "setup",
        what: "what builds and tests need",
        action: StepAction::Check(set_up),
    },
    Step {
        name: "fmt",
        what: "the formatting",
        action: StepAction::Check(fmt),
    },
    Step {
        name: "deny",
        what: "the dependencies' licences, sources and known faults",
        action: StepAction::Check(deny::run),
    },
    Step {
        name: "clippy",
        what: "lints, native",
        action: StepAction::Check(clippy),
    },
    Step {
        name: "clippy-wasm",
        what: "lints, wasm",
        action: StepAction::Check(clippy_wasm),
    },
    Step {
        name: "docs",
        what: "the documentation builds",
        action: StepAction::Check(docs),
    },
    Step {
        name: "types",
        what: "the types of the widget's JavaScript",
        action: StepAction::Check(types),
    },
    Step {
        name: "eslint",
        what: "lints, JavaScript",
        action: StepAction::Check(eslint),
    },
    Step {
        name: "dist",
        what: "the release build",
        action: StepAction::Check(release),
    },
    Step {
        name: "size",
        what: "what a reader downloads, within its budget",
        action: StepAction::Check(size::check),
    },
    Step {
        name: "native",
        what: "unit, property and endpoint tests",
        action: StepAction::Tests(native),
    },
    Step {
        name: "loader",
        what: "the loader's modules, in Node.js",
        action: StepAction::Tests(loader),
    },
    Step {
        name: "openapi",
        what: "the endpoint against its own description",
        action: StepAction::Check(openapi),
    },
    Step {
        name: "browser",
        what: "the widget's own tests, in a browser",
        action: StepAction::Tests(browser),
    },
    Step {
        name: "e2e",
        what: "a page, the endpoint and readers in three engines",
        action: StepAction::Tests(e2e::run),
    },
];

fn set_up() -> Result<()> {
    setup::run(Scope::Test).map(drop)
}

fn fmt() -> Result<()> {
    exec::run(exec::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    let all = ["clippy", "--workspace", "--all-targets"];
    exec::run(exec::cargo().args(all).args(DENY_WARNINGS))?;
    // `--all-targets` does not include this test, since a plain `cargo test` must not run it.
    exec::run(
        exec::cargo()
            .args(["clippy", "--workspace", "--test", "e2e"])
            .args(DENY_WARNINGS),
    )
}

fn clippy_wasm() -> Result<()> {
    let widget = [
        "--target",
        WASM_TARGET,
        "--package",
        "widget",
        "--lib",
        "--test",
        "browser",
    ];
    exec::run(
        toolchain::required()?
            .clippy()?
            .args(widget)
            .args(DENY_WARNINGS),
    )
}

const DENY_WARNINGS: [&str; 3] = ["--", "--deny", "warnings"];

fn docs() -> Result<()> {
    let doc = [
        "doc",
        "--no-deps",
        "--workspace",
        "--document-private-items",
    ];
    exec::run(
        exec::cargo()
            .args(doc)
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

fn types() -> Result<()> {
    let mut tsc = exec::program(tools::typescript()?);
    tsc.env("PATH", tools::with_path([tools::node()?])?);
    exec::run(tsc.args(["--project", "tsconfig.check.json"]))
}

fn eslint() -> Result<()> {
    let mut eslint = exec::program(tools::eslint()?);
    eslint.env("PATH", tools::with_path([tools::node()?])?);
    exec::run(eslint.args(["--max-warnings", "0", "."]))
}

fn native(args: &[String]) -> Result<Count> {
    count::tests(
        exec::cargo()
            .args(["test", "--workspace", "--no-fail-fast", "--"])
            .args(args),
    )
}

fn loader(args: &[String]) -> Result<Count> {
    let mut node = exec::program(tools::node()?.join(repo::exe("node")));
    node.args(["--no-warnings", "--test", "--test-reporter=tap"]);
    node.args(args.iter().map(|arg| format!("--test-name-pattern={arg}")));
    count::tests(node.arg("tests/loader/**/*.test.mjs"))
}

fn openapi() -> Result<()> {
    schemathesis::run(Length::Short)
}

fn browser(args: &[String]) -> Result<Count> {
    let mut cargo = toolchain::required()?.cargo_with(Build::Checked, &[tools::wasm_bindgen()?])?;
    Browser::required()?.name_in(&mut cargo);
    // Timeout of the whole run, in seconds: on a busy machine the first start of a browser takes long.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    count::tests(
        cargo
            .arg("test")
            .args([
                "--target",
                WASM_TARGET,
                "--package",
                "widget",
                "--test",
                "browser",
                "--",
            ])
            .args(args),
    )
}

fn release() -> Result<()> {
    dist::verify(&toolchain::required()?)
}
