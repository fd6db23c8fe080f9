use std::{fs, process::Command};

use super::{site::plugin, versions};

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

/// The oldest and the newest version are those of the long form; the short form has one of them or one between.
#[test]
fn the_readme_names_the_tested_versions() {
    let readme = fs::read_to_string(plugin().join("readme.txt")).expect("the readme");
    let named = |field: &str| {
        let line = readme
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{field}: ")));
        line.unwrap_or_else(|| panic!("no {field}")).to_owned()
    };
    let (oldest, newest) = (named("Requires at least"), named("Tested up to"));
    let tested = versions();
    if std::env::var_os("GEMA_SOAK").is_some() {
        assert_eq!(
            (tested.first(), tested.last()),
            (Some(&oldest), Some(&newest))
        );
    } else {
        assert!(tested.iter().all(|one| (&oldest..=&newest).contains(&one)));
    }
}
