//! The browser engine of this run: `GEMA_ENGINE`, else Chromium. What the WebDriver standard does not cover is written
//! for each engine in `reader/`. A test that only one engine can run ends with its name (`…_in_chromium`), and runs of
//! other engines skip it by that.

use std::{path::PathBuf, sync::LazyLock};

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Chromium, driven by chromedriver.
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
    /// WebKit: the small browser of WebKitGTK, driven by WebKitWebDriver, on a virtual display.
    WebKit,
}

impl Engine {
    /// The engine of this run.
    pub(crate) fn current() -> Self {
        static ENGINE_OF_RUN: LazyLock<Engine> =
            LazyLock::new(|| match std::env::var("GEMA_ENGINE").as_deref() {
                Err(_) | Ok("chromium") => Engine::Chromium,
                Ok("firefox") => Engine::Firefox,
                Ok("webkit") => Engine::WebKit,
                Ok(other) => panic!("GEMA_ENGINE={other}: choose chromium, firefox or webkit"),
            });
        *ENGINE_OF_RUN
    }
}

/// The program that an environment variable names; by default, the program with this name.
pub(crate) fn named_or(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| name.into(), PathBuf::from)
}

/// The program that an environment variable names.
pub(crate) fn named(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable);
    path.map(PathBuf::from)
        .unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test e2e`"))
}
