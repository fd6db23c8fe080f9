use std::{fs, path::Path};

use config::{Config, Listen, Overrides};

use crate::cli_harness::CliHarness;

/// The commands that `--help` lists.
fn commands(desk: &CliHarness) -> Vec<String> {
    let help = desk.says(&["--help"]);
    let list = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .split("Options:")
        .next()
        .unwrap();
    let names = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn manual_and_completions_have_every_command() {
    let desk = CliHarness::new();
    let commands = commands(&desk);
    assert!(
        commands.len() > 10 && commands.contains(&"serve".to_owned()),
        "{commands:?}"
    );
    desk.says(&["man", "pages"]);
    let page = |name: &str| {
        fs::read_to_string(desk.path().join("pages").join(name))
            .unwrap_or_else(|_| panic!("{name}"))
    };
    for command in &commands {
        assert!(
            page(&format!("gema-{command}.1")).contains(".SH SYNOPSIS"),
            "{command}"
        );
    }
    assert!(
        page("gema-article-put.1").contains("imported"),
        "subcommands have pages too"
    );
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.says(&["completions", shell]);
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell}: {command}");
        }
    }
}

#[test]
fn the_packaged_configuration_accepts_no_events() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/debian/gema.toml");
    let config = Config::load(Some(&file), Overrides::default()).unwrap();
    assert_eq!(config.warnings(None), [""; 0]);
    assert!(matches!(config.listen, Listen::Tcp(address) if address.ip().is_loopback()));
    assert!(config.metrics.is_none());
    for site in config.sites.values() {
        // `.example` is reserved: no page has such an address.
        assert!(
            site.origins
                .iter()
                .all(|origin| origin.to_string().ends_with(".example"))
                && !site.opaque_origins
        );
        assert!(site.key.is_none());
    }
}
