//! The browser of the tests and its driver. Both must have the same major version: otherwise the driver refuses the
//! session.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::exec;

const BROWSERS: [&str; 4] = [
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
];

/// A browser and a matching driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Browser {
    program: PathBuf,
    driver: PathBuf,
    version: String,
}

impl Browser {
    /// The first matching pair: the programs that `CHROME` and `CHROMEDRIVER` name, then those on `PATH`.
    pub(crate) fn find() -> Option<Self> {
        let programs = named("CHROME")
            .into_iter()
            .chain(BROWSERS.iter().flat_map(|name| exec::on_path(name)));
        let drivers: Vec<_> = named("CHROMEDRIVER")
            .into_iter()
            .chain(exec::on_path("chromedriver"))
            .collect();
        programs
            .filter_map(|program| Some((version_of(&program)?, program)))
            .find_map(|(version, program)| {
                let fits = |driver: &&PathBuf| {
                    version_of(driver).is_some_and(|other| major(&other) == major(&version))
                };
                let driver = drivers.iter().find(fits)?.clone();
                Some(Self {
                    program,
                    driver,
                    version,
                })
            })
    }

    /// The pair; without one, an error that names the remedy.
    pub(crate) fn required() -> Result<Self> {
        Self::find()
            .context("no browser with a driver of its version: run `cargo xtask test setup`")
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Sets the environment variables by which tests find the two programs.
    pub(crate) fn name_in(&self, command: &mut Command) {
        command
            .env("CHROME", &self.program)
            .env("CHROMEDRIVER", &self.driver);
    }
}

impl std::fmt::Display for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} with its driver",
            self.program.display(),
            self.version
        )
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|file| file.is_file())
}

fn version_of(program: &Path) -> Option<String> {
    number(&exec::read(Command::new(program).arg("--version")).ok()?)
}

/// The first word that is a version: `Chromium 156.0.8078.79 built on …`, `ChromeDriver 156.0.8078.79 (…)`.
fn number(says: &str) -> Option<String> {
    says.split_whitespace()
        .find(|word| word.contains('.') && major(word).is_some())
        .map(str::to_owned)
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_browsers_and_drivers_say() {
        let browser =
            number("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)").unwrap();
        let driver =
            number("ChromeDriver 156.0.8078.12 (b3ce2f-refs/branch-heads/8078@{#1})").unwrap();
        assert_eq!((major(&browser), major(&driver)), (Some(156), Some(156)));
        assert_eq!(number("Google Chrome"), None);
    }
}
