//! `cargo xtask soak NAME`: tests that run longer than a test should: more rounds, longer histories. Each has a short
//! form, which the test command runs.

mod fuzz;
mod lighthouse;
mod outage;
mod package;

use anyhow::{Result, bail};

use crate::setup::Engine;
use crate::test::count::SOAK_ENV;
use crate::test::schemathesis::{self, Length};
use crate::test::{count, e2e};
use crate::{exec, robots};

/// A test with a long form.
struct Soak {
    /// Name on the command line.
    name: &'static str,
    /// Description for the list of soaks.
    what: &'static str,
    action: SoakAction,
}

enum SoakAction {
    /// Tests of the endpoint, as arguments of `cargo test`.
    Tests(&'static [&'static str]),
    /// Tests of the endpoint that run one after another, because they measure their own process.
    OneByOne(&'static [&'static str]),
    Run(fn() -> Result<()>),
}

const SOAKS: [Soak; 26] = [
    Soak {
        name: "cluster",
        what: "three endpoints on a Redis Cluster whose masters are killed, paused and resharded: every event counts once",
        action: SoakAction::Tests(&["--test", "it", "a_cluster_that_fails_over"]),
    },
    Soak {
        name: "dear",
        what: "the dearest requests of one connection, and how long others wait meanwhile",
        action: SoakAction::OneByOne(&["--test", "it", "one_connections_dearest"]),
    },
    Soak {
        name: "engines",
        what: "every end-to-end test in Chromium, Firefox and WebKit",
        action: SoakAction::Run(e2e::soak),
    },
    Soak {
        name: "errors",
        what: "an error of each system call on the store's files, alone and with all after it: nothing is lost, nothing counts twice",
        action: SoakAction::Tests(&["--test", "it", "an_error_of_any_system_call"]),
    },
    Soak {
        name: "flood",
        what: "one line with 100,000 fresh tokens, and a million spoofed networks: held to the budget, in bounded memory",
        action: SoakAction::OneByOne(&["--test", "it", "a_flood_of"]),
    },
    Soak {
        name: "full",
        what: "a disk that is full in the middle, again and again: nothing is lost, and no restart is needed",
        action: SoakAction::Tests(&["--test", "it", "a_full_disk"]),
    },
    Soak {
        name: "history",
        what: "random histories of a store against a model",
        action: SoakAction::Tests(&["--test", "it", "histor"]),
    },
    Soak {
        name: "junk",
        what: "500,000 articles that a script made up: memory with them, and after they were pruned, in the release build",
        action: SoakAction::OneByOne(&[
            "--release",
            "--test",
            "it",
            "junk_articles_take_little_memory",
        ]),
    },
    Soak {
        name: "kill",
        what: "the real binary, killed under load: what was acknowledged is there, once",
        action: SoakAction::Tests(&["--test", "it", "every_acknowledged_event_outlives_a_kill"]),
    },
    Soak {
        name: "leaving",
        what: "everything moves away from Redis under three endpoints that go on counting: none acknowledges what stays behind",
        action: SoakAction::Tests(&["--test", "it", "leaves_no_acknowledged_event_behind"]),
    },
    Soak {
        name: "lighthouse",
        what: "the demo page as Lighthouse judges it on a phone, beside the same page without the widget, within its budget",
        action: SoakAction::Run(lighthouse::run),
    },
    Soak {
        name: "live",
        what: "10,000 readers who watch an article: memory each, and how soon all see a change, in the release build",
        action: SoakAction::Tests(&["--release", "--test", "it", "ten_thousand_subscribers"]),
    },
    Soak {
        name: "moving",
        what: "two machines that count on and take over each other's exports, against a model",
        action: SoakAction::Tests(&["--test", "it", "stores_agree_after_importing_each_other"]),
    },
    Soak {
        name: "newsroom",
        what: "the newsroom's pages: a year of 2,000 articles, and three years of 100,000 in SQLite and a cluster, in the release build",
        action: SoakAction::OneByOne(&["--release", "--test", "it", "_are_quick"]),
    },
    Soak {
        name: "old-engines",
        what: "readers in browsers from 2016 to 2023: seventeen engines of npm, PyPI and Debian, 1 GB to download",
        action: SoakAction::Run(e2e::soak_of_old_engines),
    },
    Soak {
        name: "orca",
        what: "what the screen reader Orca says of the widget in Firefox, in every state",
        action: SoakAction::Run(|| e2e::soak_in(Engine::Firefox, "heard::")),
    },
    Soak {
        name: "outage",
        what: "a cluster of Redis, then of Valkey, under load: a master killed, a replica stopped, a master paused; other slots go on",
        action: SoakAction::Run(outage::run),
    },
    Soak {
        name: "package",
        what: "every package, installed in a clean place until its first page comes, upgraded and removed (GEMA_PACKAGE_BINARY)",
        action: SoakAction::Run(package::run),
    },
    Soak {
        name: "power",
        what: "power cuts and failing disks, below SQLite: what was acknowledged is there, once",
        action: SoakAction::Tests(&["--test", "power"]),
    },
    Soak {
        name: "recipes",
        what: "the recipes in the sites of twelve generators and content management systems, and the table of what they do",
        action: SoakAction::Run(e2e::soak_of_systems),
    },
    Soak {
        name: "robots",
        what: "every device that Matomo has collected is a reader, and every robot that is listed is none",
        action: SoakAction::Run(robots::soak),
    },
    Soak {
        name: "size",
        what: "100,000 articles and a million events: memory, disk, and how soon a start is ready, in the release build",
        action: SoakAction::Tests(&[
            "--release",
            "--test",
            "it",
            "a_million_events_fit_into_64_mb",
        ]),
    },
    Soak {
        name: "schemathesis",
        what: "requests made from the OpenAPI document, and answers compared with it",
        action: SoakAction::Run(|| schemathesis::run(Length::Long)),
    },
    Soak {
        name: "fuzz",
        what: "libFuzzer on every parser, a minute each (GEMA_FUZZ_SECONDS)",
        action: SoakAction::Run(fuzz::run),
    },
    Soak {
        name: "wandering",
        what: "a reader who does anything in any order, while the endpoint comes and goes, for many seeds",
        action: SoakAction::Run(|| e2e::soak_of("wandering::")),
    },
    Soak {
        name: "wordpress",
        what: "the plugin in WordPress 6.1 to 6.6, in six themes and more, and with MariaDB",
        action: SoakAction::Run(e2e::soak_of_wordpress),
    },
];

/// Runs the named soak, or lists them.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        print!("{}", list());
        return Ok(());
    };
    let Some(soak) = SOAKS.iter().find(|soak| soak.name == name) else {
        bail!("no soak `{name}`: choose one of\n{}", list());
    };
    let (tests, threads) = match soak.action {
        SoakAction::Tests(tests) => (tests, &[][..]),
        SoakAction::OneByOne(tests) => (tests, &["--test-threads=1"][..]),
        SoakAction::Run(action) => return action(),
    };
    let mut cargo = exec::cargo();
    cargo
        .args(["test", "--package", "gema"])
        .args(tests)
        .args(["--", "--nocapture"])
        .args(threads)
        .env(SOAK_ENV, "1");
    if count::tests(&mut cargo)?.passed == 0 {
        bail!(
            "no test is called `{}` any more: correct crates/xtask/src/soak.rs",
            tests.join(" ")
        );
    }
    Ok(())
}

fn list() -> String {
    SOAKS
        .iter()
        .map(|soak| format!("  {:<13} {}\n", soak.name, soak.what))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_soak_lists_all_soaks() {
        let error = run(Some("soap")).unwrap_err().to_string();
        assert!(
            error.contains("no soak `soap`") && error.contains("  history       random"),
            "{error}"
        );
    }
}
