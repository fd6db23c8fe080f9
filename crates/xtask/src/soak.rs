//! `cargo xtask soak NAME`: tests that are run for longer than a test should take: more rounds, longer histories. Each has a
//! short form, which the test command runs.

use anyhow::{Result, bail};

use crate::exec;
use crate::test::count;

/// Tests of the endpoint that have a long form.
struct Soak {
    /// What it is called on the command line.
    name: &'static str,
    /// What it does.
    what: &'static str,
    /// The tests, as cargo and its test runner choose them.
    tests: &'static [&'static str],
}

/// All of them.
const SOAKS: [Soak; 3] = [
    Soak {
        name: "history",
        what: "random histories of a store against a model",
        tests: &["--test", "it", "any_history_ends_as_the_model_says"],
    },
    Soak {
        name: "moving",
        what: "two machines that count on and take over each other's exports, against a model",
        tests: &["--test", "it", "two_stores_that_went_on_counting_agree"],
    },
    Soak {
        name: "power",
        what: "power cuts and failing disks, below SQLite: what was acknowledged is there, once",
        tests: &["--test", "power"],
    },
];

/// How the tests know (`tests/it/soak.rs` of the endpoint).
const LONG: &str = "GEMA_SOAK";

/// Runs the one that is named, or says which there are.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        print!("{}", list());
        return Ok(());
    };
    let Some(soak) = SOAKS.iter().find(|soak| soak.name == name) else {
        bail!("no soak `{name}`: choose one of\n{}", list());
    };
    let mut cargo = exec::cargo();
    cargo.args(["test", "--package", "endpoint"]).args(soak.tests).args(["--", "--nocapture"]).env(LONG, "1");
    if count::tests(&mut cargo)?.passed == 0 {
        bail!("no test is called `{}` any more: correct crates/xtask/src/soak.rs", soak.tests.join(" "));
    }
    Ok(())
}

fn list() -> String {
    SOAKS.iter().map(|soak| format!("  {:<10} {}\n", soak.name, soak.what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_lists_them() {
        let error = run(Some("soap")).unwrap_err().to_string();
        assert!(error.contains("no soak `soap`") && error.contains("  history    random"), "{error}");
    }
}
