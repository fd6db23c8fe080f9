//! The browser engines of the end-to-end tests: the programs that each needs, where they are, and the packages that
//! install them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::browser::Browser;
use crate::{exec, tools};

/// An engine. Its name is used in `GEMA_ENGINE` and in output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// The engine in which all tests run.
    Chromium,
    /// Firefox ESR.
    Firefox,
    /// WebKitGTK, with its small browser.
    WebKit,
}

/// All engines of this system: WebKitGTK is for Linux only.
pub(crate) fn all() -> &'static [Engine] {
    const ALL: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::WebKit];
    if cfg!(target_os = "linux") {
        &ALL
    } else {
        &ALL[..2]
    }
}

impl Engine {
    /// The engine of this name.
    pub(crate) fn named(name: &str) -> Result<Self> {
        let found = all().iter().copied().find(|engine| engine.name() == name);
        found.with_context(|| {
            format!(
                "no engine `{name}`: choose {}",
                all()
                    .iter()
                    .map(|one| one.name())
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Sets the environment variables by which the tests find the engine and its programs.
    pub(crate) fn name_in(self, tests: &mut Command) -> Result<()> {
        tests.env("GEMA_ENGINE", self.name());
        match self {
            Self::Chromium => Browser::required()?.name_in(tests),
            Self::Firefox => {
                tests
                    .env("FIREFOX", self.required("FIREFOX", &FIREFOX)?)
                    .env("GECKODRIVER", tools::geckodriver()?);
            }
            Self::WebKit => {
                for (variable, places) in WEBKIT {
                    tests.env(variable, self.required(variable, places)?);
                }
            }
        }
        Ok(())
    }

    /// The packages that are missing; Firefox's driver is one of our tools.
    pub(crate) fn missing(self) -> Vec<&'static str> {
        let lacks = |variable, places| program(variable, places).is_none();
        match self {
            Self::Chromium if Browser::find().is_some() => vec![],
            Self::Chromium => super::debian::BROWSER.into(),
            Self::Firefox => lacks("FIREFOX", &FIREFOX)
                .then_some("firefox-esr")
                .into_iter()
                .collect(),
            Self::WebKit => {
                let packages = ["webkit2gtk-driver", "webkit2gtk-driver", "xvfb"];
                let mut missing: Vec<_> = WEBKIT
                    .iter()
                    .zip(packages)
                    .filter_map(|((variable, places), package)| {
                        lacks(variable, places).then_some(package)
                    })
                    .collect();
                missing.dedup();
                missing
            }
        }
    }

    /// A description of the programs that were found.
    pub(crate) fn found(self) -> String {
        match (self, Browser::find()) {
            (Self::Chromium, Some(browser)) => browser.to_string(),
            _ => format!("{self}, for its tests"),
        }
    }

    fn required(self, variable: &str, places: &[&str]) -> Result<PathBuf> {
        let remedy = || {
            format!(
                "nothing to run {} with: run `cargo xtask test setup`, or name it in {variable}",
                self.name()
            )
        };
        program(variable, places).with_context(remedy)
    }
}

const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];

/// The programs that WebKit needs: the variable that names each, and where it is looked for.
const WEBKIT: [(&str, &[&str]); 3] = [
    ("WEBKIT_DRIVER", &["WebKitWebDriver"]),
    (
        "WEBKIT",
        &[
            "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
            "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
            "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
            "/usr/lib/webkit2gtk-4.1/MiniBrowser",
        ],
    ),
    ("XVFB", &["Xvfb"]),
];

/// The program that the variable names, else the first that exists: an absolute path as it is, a name on `PATH`.
fn program(variable: &str, places: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = places
        .iter()
        .filter_map(|place| match Path::new(place).is_absolute() {
            true => Some(PathBuf::from(place)),
            false => exec::which(place),
        });
    named.into_iter().chain(found).find(|file| file.is_file())
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_its_path_or_by_its_name() {
        assert_eq!(
            program("GEMA_NO_SUCH_VARIABLE", &["/nowhere/at/all", "/bin/sh"]),
            Some("/bin/sh".into())
        );
        assert!(program("GEMA_NO_SUCH_VARIABLE", &["gema-no-such-program", "sh"]).is_some());
        assert_eq!(
            program("GEMA_NO_SUCH_VARIABLE", &["gema-no-such-program"]),
            None
        );
    }
}
