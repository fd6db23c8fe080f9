//! The engine in which the readers of this run have their pages: `GEMA_ENGINE`, else Chromium. What a browser cannot be asked for
//! within the WebDriver standard is written once for each engine, in `reader/`; a test that only one of them can run says
//! so at the end of its name (`…_in_chromium`), and the other engines' runs leave it out by that.

use std::{path::PathBuf, sync::LazyLock};

/// What reads the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKit: the small browser that comes with WebKitGTK, by WebKitWebDriver, on a display that nobody sees.
    WebKit,
}

impl Engine {
    /// The one of this run.
    pub(crate) fn current() -> Self {
        static CURRENT: LazyLock<Engine> = LazyLock::new(|| match std::env::var("GEMA_ENGINE").as_deref() {
            Err(_) | Ok("chromium") => Engine::Chromium,
            Ok("firefox") => Engine::Firefox,
            Ok("webkit") => Engine::WebKit,
            Ok(other) => panic!("GEMA_ENGINE={other}: choose chromium, firefox or webkit"),
        });
        *CURRENT
    }
}

/// A program that the one who runs the tests may have named; else the one of that name.
pub(crate) fn named_or(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| name.into(), PathBuf::from)
}

/// A program that the one who runs the tests has named.
pub(crate) fn named(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable);
    path.map(PathBuf::from).unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test e2e`"))
}
