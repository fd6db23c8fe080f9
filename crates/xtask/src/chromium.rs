//! How Chromium is started, for what is tested and for what is measured: by the one list that the widget's tests read. It asks nobody in
//! the network. Its address bar's menus are pages of their own, loaded anew beside each tab, and would keep a small machine busy for
//! seconds: `--disable-features`.

use anyhow::{Context, Result};
use serde_json::Value;

/// What the command line has before the address.
pub(crate) fn flags() -> Result<Vec<String>> {
    let said: Value = serde_json::from_str(include_str!("../../../webdriver.json")).context("webdriver.json")?;
    let flags = said["goog:chromeOptions"]["args"].as_array().context("webdriver.json says nothing of Chromium")?;
    Ok(flags.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_started_without_a_window() {
        assert!(flags().unwrap().iter().any(|flag| flag == "--headless"));
    }
}
