use super::configured;
use crate::{cli_harness::CliHarness, contains::assert_contains};

/// Waits until the condition holds.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let since = std::time::Instant::now();
    while !is_so() {
        assert!(since.elapsed().as_secs() < 20, "not within 20 s: {what}");
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn reload_applies_the_whole_file_or_nothing() {
    let cli = CliHarness::new();
    configured(&cli, "", "");
    let serving = cli.serves();
    let poll = || serving.view("a")["poll"].clone();
    assert_eq!(poll(), "open");

    configured(&cli, "database = \"other.db\"", "poll = \"closed\"");
    let output = cli
        .gema(&["reload", "--database", "gema.db"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_contains(&said, &["sites: demo", "restart gema to change: database"]);
    assert_eq!(poll(), "closed");

    configured(&cli, "", "pol = \"open\"");
    let said = CliHarness::failed(cli.gema(&["reload"]).output().unwrap());
    assert_contains(&said, &["nothing has changed", "line 4", "pol"]);
    assert_eq!(poll(), "closed");
    let log = || std::fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert_contains(&log(), &["the configuration stays as it was"]);

    configured(&cli, "", "poll = \"off\"");
    serving.signal("-HUP");
    until("a hangup reads the file again", || poll() == "off");
}

#[test]
fn a_reload_without_a_running_gema_fails_with_the_reason() {
    let cli = CliHarness::new();
    let reload = || CliHarness::failed(cli.gema(&["reload"]).output().unwrap());
    let said = reload();
    assert_contains(&said, &["no gema runs beside gema.db", "--database"]);
    configured(&cli, "", "poll = \"shut\"");
    assert!(reload().contains("shut"), "{}", reload());
}

#[cfg(unix)]
#[test]
fn operator_routes_are_not_public() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    assert!(serving.get("/admin/reload").starts_with("HTTP/1.0 404"));
    let said = CliHarness::failed(cli.gema(&["reload"]).output().unwrap());
    assert!(
        said.contains("gema.toml") && said.contains("Restart gema"),
        "the demo has no file: {said}"
    );
}
