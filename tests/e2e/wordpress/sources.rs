use std::process::Command;

use super::site::plugin;

/// PHP parses every file, and `check.php` finds no path that fails to escape, check or translate.
#[test]
fn the_plugin_escapes_checks_and_translates_everything() {
    let check = plugin().join("../../../tests/e2e/wordpress/check.php");
    let output = Command::new("php")
        .arg(check)
        .arg(plugin())
        .output()
        .expect("PHP runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
