//! Chromium's command line, for tests and benchmarks: the flags in `webdriver.json`, which the widget's tests read
//! too. They turn off Chromium's own network requests, and by `--disable-features` the menus of its address bar: these
//! are pages that load beside each tab and keep a small machine busy for seconds.

use anyhow::{Context, Result};
use serde_json::Value;

/// The flags, without the address of a page.
pub fn flags() -> Result<Vec<String>> {
    let capabilities: Value =
        serde_json::from_str(include_str!("../../../webdriver.json")).context("webdriver.json")?;
    let flags = capabilities["goog:chromeOptions"]["args"]
        .as_array()
        .context("webdriver.json has no options for Chromium")?;
    Ok(flags
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chromium_is_started_headless() {
        assert!(flags().unwrap().iter().any(|flag| flag == "--headless"));
    }
}
