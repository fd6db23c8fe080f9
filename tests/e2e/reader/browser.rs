use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::driver::named;

/// The browser of the widget's other tests, with a profile, and without a way to any other machine.
pub(super) fn capabilities(profile: &TempDir) -> Capabilities {
    let mut capabilities: Capabilities =
        serde_json::from_str(include_str!("../../../webdriver.json")).expect("webdriver.json");
    let options = &mut capabilities["goog:chromeOptions"];
    options["binary"] = json!(named("CHROME"));
    let more = [
        format!("--user-data-dir={}", profile.path().display()),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1".into(),
        "--window-size=1100,800".into(),
    ];
    options["args"].as_array_mut().expect("a list").extend(more.map(Value::from));
    capabilities.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
    capabilities
}
