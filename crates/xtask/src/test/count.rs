//! Counts tests: parses the output of the test runners while passing it on.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::exec;

/// The variable by which tests recognise a long run (`crates/store-contract/src/soak.rs`).
pub(crate) const SOAK_ENV: &str = "GEMA_SOAK";

/// Numbers of tests by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Count {
    /// A line in the format of Rust's own test runner.
    pub(crate) fn line(&self, ok: bool) -> String {
        let outcome = if ok && self.failed == 0 {
            "ok"
        } else {
            "FAILED"
        };
        format!(
            "test result: {outcome}. {} passed; {} failed; {} ignored",
            self.passed, self.failed, self.ignored
        )
    }

    /// Parses the last line of Rust's test runner, or one of the last lines of Node's (TAP).
    fn read(line: &str) -> Option<Self> {
        let tap = |word: &str| {
            line.trim()
                .strip_prefix("# ")?
                .strip_prefix(word)?
                .trim()
                .parse()
                .ok()
        };
        if let Some(passed) = tap("pass ") {
            return Some(Self {
                passed,
                ..Self::default()
            });
        }
        if let Some(failed) = tap("fail ") {
            return Some(Self {
                failed,
                ..Self::default()
            });
        }
        let (_, counts) = line
            .trim()
            .strip_prefix("test result: ")?
            .split_once(". ")?;
        let number = |word: &str| {
            counts
                .split("; ")
                .find_map(|part| part.strip_suffix(word)?.trim().parse().ok())
        };
        Some(Self {
            passed: number("passed")?,
            failed: number("failed")?,
            ignored: number("ignored").unwrap_or(0),
        })
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, count| Self {
            passed: sum.passed + count.passed,
            failed: sum.failed + count.failed,
            ignored: sum.ignored + count.ignored,
        })
    }
}

/// The number of test threads. Tests wait for servers, browsers and leases more than they compute: two per processor.
const TEST_THREADS_ENV: &str = "RUST_TEST_THREADS";

/// Runs a test command, passes its output on, and counts. Running no test is a failure: it means that something was
/// not found.
pub(crate) fn tests(command: &mut Command) -> Result<Count> {
    println!("      $ {}", exec::shown(command));
    if std::env::var_os(TEST_THREADS_ENV).is_none() {
        command.env(
            TEST_THREADS_ENV,
            (2 * std::thread::available_parallelism().map_or(1, usize::from)).to_string(),
        );
    }
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", exec::shown(command)))?;
    let output = child
        .stdout
        .take()
        .context("the tests' output is not piped")?;
    let mut counts = Vec::new();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        counts.extend(Count::read(&line));
    }
    let status = child.wait()?;
    let count: Count = counts.into_iter().sum();
    if !status.success() {
        bail!(
            "`{}` failed ({status}): {} of its tests",
            exec::shown(command),
            count.failed
        );
    }
    if count.passed == 0 {
        bail!("`{}` has run no test", exec::shown(command));
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_last_lines_are_understood() {
        let libtest = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let wasm =
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 filtered out; finished in 1.20s";
        assert_eq!(
            Count::read(libtest),
            Some(Count {
                passed: 5,
                failed: 0,
                ignored: 1
            })
        );
        assert_eq!(
            Count::read(wasm),
            Some(Count {
                passed: 3,
                failed: 2,
                ignored: 0
            })
        );
        assert_eq!(Count::read("test poll::a_click ... ok"), None);
        assert_eq!(
            Count::read("# pass 6"),
            Some(Count {
                passed: 6,
                ..Count::default()
            })
        );
        assert_eq!(
            Count::read("# fail 1"),
            Some(Count {
                failed: 1,
                ..Count::default()
            })
        );
        assert_eq!(Count::read("# passing by"), None);
    }

    fn sh(script: &str) -> Result<Count> {
        tests(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn several_runners_add_up_and_none_is_a_failure() {
        let line = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(
            sh(&format!("echo '{line}'; echo '{line}'")).unwrap().passed,
            4
        );
        assert!(sh("true").unwrap_err().to_string().contains("no test"));
        assert!(sh("exit 1").unwrap_err().to_string().contains("failed"));
    }
}
