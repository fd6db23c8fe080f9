/// Articles and their aliases.
mod articles;
/// Changes of a running process's configuration.
mod reload;
/// What a start refuses, warns of, and puts into a new database.
mod startup;

use crate::{
    cli_harness::CliHarness,
    contains::{assert_contains, assert_lacks},
};

const SHORT: [&str; 6] = ["put", "short.md", "--article", "a", "--title", "Judul"];

#[test]
fn commands_tolerate_a_closed_output() {
    let cli = CliHarness::new();
    cli.article(&SHORT);
    let copy = cli.path().join("copy.db");
    for args in [
        &["openapi"][..],
        &["check"],
        &["article", "list"],
        &["alias"],
        &["backup", copy.to_str().unwrap()],
    ] {
        let mut command = cli.gema(args);
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !said.contains("panicked"),
            "{args:?}: {said}"
        );
    }
    let mut child = cli
        .gema(&["check", "--database", "nowhere.db"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// Writes a configuration of one site, with further lines.
fn configured(cli: &CliHarness, first: &str, of_site: &str) {
    let text = format!("{first}\n[sites.demo]\norigins = [\"https://news.example\"]\n{of_site}");
    std::fs::write(cli.path().join("gema.toml"), text).unwrap();
}

#[cfg(unix)]
#[test]
fn a_configurations_secrets_are_in_no_output_and_no_log() {
    let cli = CliHarness::new();
    configured(&cli, "", "");
    let serving = cli.serves();
    for (first, of_site) in [
        ("", "key = T0pSecretT0pSecret42"),
        ("", "key = \"T0pSecretT0pSecret42"),
        ("", "key = [\"T0pSecretT0pSecret42\"]"),
        ("", "keys = \"T0pSecretT0pSecret42\""),
        ("database = \"redis://u:T0pSecret@127.0.0.1", ""),
        ("database = \"redis://u:T0pSecret\"", ""),
    ] {
        configured(&cli, first, of_site);
        for command in [
            &["reload", "--database", "gema.db"][..],
            &["check"],
            &["restore", "saved.html"],
            &["serve"],
        ] {
            let output = cli
                .gema(command)
                .env("GEMA_LISTEN", "127.0.0.1:0")
                .output()
                .unwrap();
            let said = [output.stdout, output.stderr]
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .join("");
            assert!(
                !said.contains("T0pSecret"),
                "{command:?} {first}{of_site}: {said}"
            );
            let is_read = command[0] == "reload" && first.ends_with("T0pSecret\"");
            assert_eq!(
                output.status.success(),
                is_read,
                "{command:?} {first}{of_site}: {said}"
            );
        }
    }
    let log = std::fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert_contains(&log, &["the configuration stays as it was"]);
    assert_lacks(&log, &["T0pSecret"]);
    drop(serving);
    for command in ["serve", "check"] {
        let help = cli
            .gema(&[command, "--help"])
            .env("GEMA_DATABASE", "redis://u:T0pSecret@h")
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        assert_contains(&help, &["GEMA_DATABASE"]);
        assert_lacks(&help, &["T0pSecret"]);
    }
}
