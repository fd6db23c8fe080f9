use super::configured;
use crate::{
    cli_harness::{CliHarness, words},
    contains::assert_contains,
};

#[test]
fn the_demo_starts_with_its_articles_and_keeps_what_was_changed() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    let view = serving.view("fgd-e-government-korea");
    assert_eq!(
        (&view["tally"]["reads"], &view["tally"]["imported"]["reads"]),
        (&841.into(), &841.into())
    );
    assert_eq!(view["article"]["published"], "2015-11-17");
    let rev = view["tally"]["rev"].clone();
    serving.stop();
    let serving = cli.serves();
    assert_eq!(
        serving.view("fgd-e-government-korea")["tally"]["rev"],
        rev,
        "a second start changes nothing"
    );
    let put = words("put short.md --article fgd-e-government-korea --title Diubah");
    cli.article(&put);
    serving.stop();
    assert_eq!(
        cli.serves().view("fgd-e-government-korea")["article"]["title"],
        "Diubah"
    );
}

#[test]
fn the_demo_command_ignores_gema_toml_and_leaves_no_files() {
    let cli = CliHarness::new();
    configured(&cli, "listen = \"127.0.0.1:1\"", "");
    let temporary = tempfile::tempdir().unwrap();
    let mut command = cli.gema(&["demo", "--listen", "127.0.0.1:0"]);
    command.env("TMPDIR", temporary.path());
    let serving = cli.serving(command);
    assert_eq!(
        serving.view("fgd-e-government-korea")["tally"]["reads"],
        841
    );
    let files = || std::fs::read_dir(temporary.path()).unwrap().count();
    assert_eq!(files(), 1);
    serving.stop();
    assert_eq!(files(), 0);
    assert!(!cli.path().join("gema.db").exists());
}

#[cfg(unix)]
#[test]
fn listening_on_the_local_socket_is_refused() {
    let cli = CliHarness::new();
    let nested = cli.path().join("linked");
    std::os::unix::fs::symlink(cli.path(), &nested).unwrap();
    for directory in [cli.path(), &nested] {
        let listen = format!("listen = \"unix:{}/gema.db.sock\"", directory.display());
        configured(&cli, &listen, "");
        let (_, checked) = cli.fails(&["check", "--config-only"]);
        assert_contains(&checked, &["errors in the configuration: 1"]);
        let (_, served) = cli.fails(&["serve"]);
        assert_contains(
            &served,
            &["is the socket beside the database", "name another path"],
        );
    }
}

#[cfg(unix)]
#[test]
fn listening_on_a_file_of_the_database_is_refused() {
    let cli = CliHarness::new();
    let other_name = cli.path().join("linked");
    std::os::unix::fs::symlink(cli.path(), &other_name).unwrap();
    for suffix in [
        "",
        "-wal",
        "-shm",
        "-journal",
        ".salts",
        ".salts.new",
        ".lock",
        ".restoring",
    ] {
        for directory in [cli.path(), &other_name] {
            let listen = format!("listen = \"unix:{}/gema.db{suffix}\"", directory.display());
            configured(&cli, &listen, "");
            for args in [&["check", "--config-only"][..], &["serve"]] {
                let (checked, served) = cli.fails(args);
                let text = checked + &served;
                assert!(
                    text.contains("is a file of the database")
                        && text.contains("name another path"),
                    "{listen}: {text}"
                );
            }
        }
    }
    assert!(!cli.path().join("gema.db").exists());
}

#[test]
fn a_database_that_is_no_file_is_refused() {
    let cli = CliHarness::new();
    for url in [
        ":memory:",
        "sqlite::memory:",
        "sqlite:file:a.db?mode=memory",
        "sqlite:",
    ] {
        let (_, said) = cli.fails(&["serve", "--listen", "127.0.0.1:0", "--database", url]);
        assert!(said.contains("names no file"), "{url}: {said}");
    }
}

#[test]
fn a_database_with_options_or_escapes_is_refused() {
    let cli = CliHarness::new();
    for url in [
        "sqlite:gema.db?mode=ro",
        "gema.db?mode=ro",
        "sqlite:.%2Fgema.db",
        ".%2fgema.db",
        "sqlite://data/gema.db",
    ] {
        let (_, said) = cli.fails(&["serve", "--listen", "127.0.0.1:0", "--database", url]);
        assert!(
            said.contains("path of a file") && said.contains("sqlite:/var/lib/gema/gema.db"),
            "{url}: {said}"
        );
        configured(&cli, &format!("database = \"{url}\""), "");
        let (checked, _) = cli.fails(&["check", "--config-only"]);
        assert!(checked.contains("`database`"), "{url}: {checked}");
    }
    for entry in std::fs::read_dir(cli.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains(".db"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_database_that_everybody_can_read_is_named_in_the_log() {
    use std::os::unix::fs::PermissionsExt;
    let cli = CliHarness::new();
    cli.serves().stop();
    let log = || std::fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert!(!log().contains("chmod"), "{}", log());
    let mode = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(cli.path().join("gema.db"), mode).unwrap();
    cli.serves().stop();
    assert!(log().contains("chmod 600 gema.db"), "{}", log());
}

#[test]
fn options_for_tests_log_a_warning_at_startup() {
    let cli = CliHarness::new();
    let log = || std::fs::read_to_string(cli.path().join("gema.log")).unwrap();
    drop(cli.serves());
    assert!(!log().contains("for tests only"), "{}", log());
    drop(cli.serves_with(&["--limits", "off", "--bots", "count"]));
    assert_contains(
        &log(),
        &["no limit is enforced", "reads of bots are counted"],
    );
}
