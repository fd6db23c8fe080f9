//! Browser sessions, used by one reader after another. Starting a browser takes more processor time than most tests, so
//! a Chromium is emptied and kept after use.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use super::{browser, command::Command};
use crate::{driver::Driver, engine::Engine, orca::Orca, patience::wait};

/// The unused browsers.
static IDLE: Mutex<Vec<Session>> = Mutex::new(Vec::new());

/// Maximum number of unused browsers; each takes 200 MB.
const KEPT: usize = 6;

/// A browser and its driver.
pub(super) struct Session {
    pub(super) client: Client,
    // Dropped in this order: the browser, then its profile and its driver if nothing else uses them.
    pub(super) profile: Arc<TempDir>,
    pub(super) driver: Arc<Driver>,
}

impl Session {
    /// A browser without stored data.
    pub(super) fn empty() -> Self {
        let kept = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| {
            let driver = Driver::for_a_reader();
            let profile = Arc::new(driver.profile());
            Self::start(driver, profile)
        })
    }

    /// A browser with the profile of an earlier one.
    pub(super) fn with_profile(profile: Arc<TempDir>) -> Self {
        Self::start(Driver::for_a_reader(), profile)
    }

    /// Empties the browser and keeps it, if its engine supports that and it responds. Otherwise closes it.
    pub(super) fn give_back(self) {
        if self.driver.is_shared() && wait(self.forgets()).is_ok() {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < KEPT {
                idle.push(self);
            }
        }
    }

    fn start(driver: Arc<Driver>, profile: Arc<TempDir>) -> Self {
        let capabilities = browser::capabilities(Engine::current(), &profile);
        Self::start_as(driver, capabilities, profile)
    }

    /// A Chromium with the fonts of this fontconfig file.
    pub(super) fn with_fonts(file: &Path) -> Self {
        let driver = Driver::with_fonts(file);
        let profile = Arc::new(driver.profile());
        Self::start(driver, profile)
    }

    /// A browser that Orca reads, in a visible window.
    pub(super) fn at(orca: &Orca) -> Self {
        let profile = Arc::new(TempDir::with_prefix("gema-reader-").expect("a directory"));
        let capabilities = browser::capabilities_with_a_window(&profile);
        Self::start_as(Driver::at(orca), capabilities, profile)
    }

    fn start_as(driver: Arc<Driver>, capabilities: Capabilities, profile: Arc<TempDir>) -> Self {
        let client = wait(
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities)
                .connect(&driver.url),
        );
        let client = client.unwrap_or_else(|error| panic!("no browser: {error}"));
        Self {
            client,
            profile,
            driver,
        }
    }

    /// Leaves one empty tab in a window of the usual size, and deletes all stored data. The effects of DevTools
    /// commands end with their tab.
    async fn forgets(&self) -> Result<(), CmdError> {
        let client = &self.client;
        let old = client.windows().await?;
        let new = client.new_window(true).await?.handle;
        for tab in old {
            client.switch_to_window(tab).await?;
            client.close_window().await?;
        }
        client.switch_to_window(new).await?;
        client
            .set_window_size(browser::WIDTH, browser::HEIGHT)
            .await?;
        for (command, parameters) in [
            // A tab that the driver opens has no focus before this.
            ("Page.bringToFront", json!({})),
            ("Network.clearBrowserCache", json!({})),
            ("Network.clearBrowserCookies", json!({})),
            (
                "Storage.clearDataForOrigin",
                json!({ "origin": "*", "storageTypes": "all" }),
            ),
        ] {
            client
                .issue_cmd(Command::devtools(command, parameters))
                .await?;
        }
        client.issue_cmd(Command::log()).await.map(drop)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = wait(self.client.clone().close());
    }
}
