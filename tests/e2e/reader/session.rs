//! Browsers, which readers use one after another. Starting one takes more processor time than most tests do, so a Chromium whose
//! reader is done is emptied and kept for the next one.

use std::sync::{Arc, Mutex, PoisonError};

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use super::{browser, command::Command};
use crate::{driver::Driver, engine::Engine, orca::Orca, patience::wait};

/// The browsers that nobody uses now.
static IDLE: Mutex<Vec<Session>> = Mutex::new(Vec::new());

/// How many of them are kept: each takes 200 MB.
const KEPT: usize = 6;

/// A browser and what steers it.
pub(super) struct Session {
    pub(super) client: Client,
    // In this order: the browser is closed, then perhaps its profile goes, then perhaps the driver.
    pub(super) profile: Arc<TempDir>,
    pub(super) driver: Arc<Driver>,
}

impl Session {
    /// A browser in which nothing is stored.
    pub(super) fn empty() -> Self {
        let kept = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| {
            let driver = Driver::for_a_reader();
            let profile = Arc::new(driver.profile());
            Self::start(driver, profile)
        })
    }

    /// A browser with what another one has left on disk.
    pub(super) fn with_profile(profile: Arc<TempDir>) -> Self {
        Self::start(Driver::for_a_reader(), profile)
    }

    /// Empties it and keeps it for another reader, if it is of an engine that can be emptied, and answers. Else it is closed.
    pub(super) fn give_back(self) {
        if Engine::current() == Engine::Chromium && wait(self.forgets()).is_ok() {
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

    /// A browser that is heard, in a window that is not hidden.
    pub(super) fn at(orca: &Orca) -> Self {
        let profile = Arc::new(TempDir::with_prefix("gema-reader-").expect("a directory"));
        let capabilities = browser::capabilities_with_a_window(&profile);
        Self::start_as(Driver::at(orca), capabilities, profile)
    }

    fn start_as(driver: Arc<Driver>, capabilities: Capabilities, profile: Arc<TempDir>) -> Self {
        let client = wait(ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.url));
        let client = client.unwrap_or_else(|error| panic!("no browser: {error}"));
        Self { client, profile, driver }
    }

    /// Leaves one empty tab in a window of the usual size, and nothing stored. What DevTools commands have changed is forgotten with
    /// the tab that they were sent to.
    async fn forgets(&self) -> Result<(), CmdError> {
        let client = &self.client;
        let old = client.windows().await?;
        let new = client.new_window(true).await?.handle;
        for tab in old {
            client.switch_to_window(tab).await?;
            client.close_window().await?;
        }
        client.switch_to_window(new).await?;
        client.set_window_size(browser::WIDTH, browser::HEIGHT).await?;
        for (command, parameters) in [
            // A tab that a driver opens has no focus until then.
            ("Page.bringToFront", json!({})),
            ("Network.clearBrowserCache", json!({})),
            ("Network.clearBrowserCookies", json!({})),
            ("Storage.clearDataForOrigin", json!({ "origin": "*", "storageTypes": "all" })),
        ] {
            client.issue_cmd(Command::devtools(command, parameters)).await?;
        }
        client.issue_cmd(Command::log()).await.map(drop)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = wait(self.client.clone().close());
    }
}
