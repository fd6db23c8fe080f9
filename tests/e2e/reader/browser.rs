use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::engine::{Engine, named};

/// Width of a desktop window.
pub(super) const WIDTH: u32 = 1100;
pub(super) const HEIGHT: u32 = 800;

/// A browser with its own profile, and without access to any other machine.
pub(super) fn capabilities(engine: Engine, profile: &TempDir) -> Capabilities {
    let capabilities = match engine {
        Engine::Chromium => chromium(profile),
        Engine::Firefox => firefox(profile, &["-headless"]),
        Engine::WebKit => webkit(),
    };
    serde_json::from_value(capabilities).expect("an object")
}

/// Firefox in a window on the display.
pub(super) fn capabilities_with_a_window(profile: &TempDir) -> Capabilities {
    serde_json::from_value(firefox(profile, &[])).expect("an object")
}

/// The browser of the other tests of the widget.
fn chromium(profile: &TempDir) -> Value {
    let mut capabilities: Value =
        serde_json::from_str(include_str!("../../../webdriver.json")).expect("webdriver.json");
    let options = &mut capabilities["goog:chromeOptions"];
    options["binary"] = json!(named("CHROME"));
    let more = [
        format!("--user-data-dir={}", profile.path().display()),
        "--host-resolver-rules=MAP berita.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1".into(),
        format!("--window-size={WIDTH},{HEIGHT}"),
    ];
    options["args"]
        .as_array_mut()
        .expect("a list")
        .extend(more.map(Value::from));
    capabilities["goog:loggingPrefs"] = json!({ "browser": "ALL" });
    capabilities
}

fn firefox(profile: &TempDir, more: &[&str]) -> Value {
    let mut arguments = vec![json!("--profile"), json!(profile.path())];
    arguments.extend(more.iter().map(|one| json!(one)));
    let mut preferences = json!({
        // The driver prints the console, and `console` reads that.
        "devtools.console.stdout.content": true,
        "network.dns.localDomains": "berita.example",
    });
    // The sandbox keeps pages from files in a home directory: without this, each letter is drawn as a box.
    if let Ok(fonts) = std::env::var("GEMA_FONTS") {
        preferences["security.sandbox.content.read_path_whitelist"] = json!(format!("{fonts}/"));
    }
    let options = json!({
        "binary": named("FIREFOX"),
        "args": arguments,
        "env": { "MOZ_HEADLESS_WIDTH": "1100", "MOZ_HEADLESS_HEIGHT": "886" },
        "prefs": preferences,
    });
    let proxy = json!({
        "proxyType": "manual", "httpProxy": NOWHERE, "sslProxy": NOWHERE, "noProxy": ["localhost", "127.0.0.1", "berita.example"],
    });
    json!({ "moz:firefoxOptions": options, "proxy": proxy })
}

/// WebKit keeps storage in memory, as in a private window.
fn webkit() -> Value {
    // A narrow window can only be opened by a script: see `window`.
    let opens = "--javascript-can-open-windows-automatically=true";
    // Not the standard capability `proxy`, which sometimes crashes the browser.
    let nowhere = [
        &format!("--proxy=http://{NOWHERE}"),
        "--ignore-host=localhost",
        "--ignore-host=127.0.0.1",
    ];
    let arguments = [&["--automation", opens], &nowhere[..]].concat();
    json!({ "webkitgtk:browserOptions": { "binary": named("WEBKIT"), "args": arguments } })
}

/// The proxy for all other machines: a port on which nothing listens.
const NOWHERE: &str = "127.0.0.1:9";
