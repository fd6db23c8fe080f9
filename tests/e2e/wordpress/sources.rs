use std::process::Command;

use super::site::plugin;

/// PHP reads every file, and every path escapes, checks and translates: what `check.php` demands of them.
#[test]
fn every_output_is_escaped_every_form_is_checked_and_every_text_is_translated() {
    let check = plugin().join("../../../tests/e2e/wordpress/check.php");
    let output = Command::new("php").arg(check).arg(plugin()).output().expect("PHP runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
