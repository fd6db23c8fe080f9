use crate::cli_harness::CliHarness;

const SHORT: [&str; 6] = ["put", "short.md", "--article", "a", "--title", "Judul"];

#[cfg(unix)]
#[test]
fn an_article_put_beside_a_running_gema_shows_in_the_next_view() {
    use std::os::unix::fs::PermissionsExt;
    let cli = CliHarness::new();
    let serving = cli.serves();
    let mode = std::fs::metadata(cli.path().join("gema.db.sock"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(serving.view("fgd")["article"].is_null());

    let put = [
        "put",
        "saved.html",
        "--site",
        "demo",
        "--article",
        "fgd",
        "--title",
        "Belajar dari Korea",
        "--byline",
        "Humas",
    ];
    let more = [
        "--published",
        "2015-11-17",
        "--imported-reads",
        "841",
        "--imported-reaction",
        "happy=3",
        "--imported-share",
        "x=2",
    ];
    let said = cli.article(&[&put[..], &more[..]].concat());
    assert!(said.contains("841"), "{said}");

    let view = serving.view("fgd");
    assert_eq!(view["article"]["title"], "Belajar dari Korea");
    assert_eq!(
        (
            &view["tally"]["reads"],
            &view["tally"]["reactions"]["happy"]
        ),
        (&841.into(), &3.into())
    );
    let html = view["article"]["html"].as_str().unwrap();
    assert!(
        html.contains("JAKARTA, WARTA") && !html.contains("script") && !html.contains("onclick")
    );
    let rev = view["tally"]["rev"].as_u64().unwrap();

    cli.article(&["put", "short.md", "--article", "fgd", "--title", "Baru"]);
    let view = serving.view("fgd");
    assert!(view["tally"]["rev"].as_u64().unwrap() > rev);
    assert_eq!(view["tally"]["reads"], 841, "starting counts stay");
    assert_eq!(view["article"]["html"], "<p>Isi <em>berita</em> </p>");

    serving.stop();
    assert!(!cli.path().join("gema.db.sock").exists());
    assert!(
        cli.article(&["show", "--article", "fgd"]).contains("Baru"),
        "the change is on disk"
    );
}

#[test]
fn articles_are_managed_without_a_running_gema() {
    let cli = CliHarness::new();
    assert!(
        cli.article(&[&SHORT[..], &["--imported-reads", "7"]].concat())
            .contains("stored")
    );
    assert!(cli.article(&["list"]).ends_with("7\t0\t0\t-\ta\tJudul\n"));
    let shown = cli.article(&["show", "--article", "a"]);
    assert!(
        shown.contains("counted    imported    together\n  reads                    0           7           7\n"),
        "{shown}"
    );

    let asked = cli.refused(&["rm", "--article", "a"]);
    assert!(
        asked.contains("“Judul”")
            && asked.contains("7 reads (7 of them imported)")
            && asked.contains("--yes"),
        "{asked}"
    );
    cli.article(&["rm", "--article", "a", "--keep-counts", "--yes"]);
    assert!(
        cli.article(&["show", "--article", "a"])
            .contains("no copy here")
    );
    assert!(
        cli.article(&["rm", "--article", "a", "--yes"])
            .contains("removed: 7 reads")
    );
    assert!(
        cli.refused(&["show", "--article", "a"])
            .contains("Nothing is known of this article")
    );
    assert_eq!(cli.article(&["list"]), "no article is known\n");
}

#[test]
fn a_list_is_whole_however_long() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    let demo = cli.article(&["list"]).lines().count();
    assert_eq!(demo, 1 + 4, "a heading and the demo's articles");
    cli.article(&SHORT);
    assert_eq!(cli.article(&["list"]).lines().count(), demo + 1);
    drop(serving);
}

#[cfg(unix)]
#[test]
fn a_socket_left_by_a_killed_gema_is_replaced() {
    let cli = CliHarness::new();
    cli.serves().dies();
    assert!(cli.path().join("gema.db.sock").exists());
    cli.article(&SHORT);
    let serving = cli.serves();
    assert_eq!(serving.view("a")["article"]["title"], "Judul");
    cli.article(&["rm", "--article", "a", "--yes"]);
    assert!(serving.view("a")["article"].is_null());
}

#[test]
fn put_reads_a_saved_pages_metadata_and_reports_what_it_took() {
    let cli = CliHarness::new();
    let put = |file: &str, more: &[&str]| {
        cli.article(&[&["put", file, "--article", "fgd"], more].concat())
    };
    let said = put("saved.html", &[]);
    for line in [
        "found in the page: title, byline, published, url\n",
        "  title      Belajar e-Government dari Korea Selatan\n",
        "  byline     Humas\n",
        "  published  2015-11-17\n",
        "  url        https://www.warta.example/nasional/2015/11/17/fgd-korea\n",
        " words and 1 of ",
        "left out: 1 aside, 1 button, 1 drawing (SVG), 1 embedded object, ",
        "1 frame, ",
        "1 video (a link to it is kept)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let given = put(
        "saved.html",
        &[
            "--title",
            "Lain",
            "--published",
            "2015-11-18",
            "--url",
            "https://a.example/b",
        ],
    );
    assert!(
        given.contains("found in the page: byline\n") && given.contains("  title      Lain\n"),
        "{given}"
    );
    assert!(
        given.contains("2015-11-18") && given.contains("https://a.example/b"),
        "{given}"
    );

    let scripts = format!("<script>{}</script>", "x();".repeat(400_000));
    let story = "kata ".repeat(1_940);
    let page = format!(
        "<!doctype html><title>Judul</title><meta property=article:published_time content=2015-11-16T20:00:00Z>{scripts}<body>{scripts}\
         <div class=teaser><article><p>{}</p></article></div><div><p>{story}</p></div>",
        "teaser ".repeat(15)
    );
    std::fs::write(cli.path().join("page.html"), page).unwrap();
    configured(&cli, "", "time_zone = \"Asia/Jakarta\"");
    let said = put("page.html", &[]);
    assert!(
        said.contains("took 1940 of 1955 words") && said.contains("published  2015-11-17"),
        "{said}"
    );

    let nameless = cli.refused(&["put", "short.md", "--article", "a"]);
    assert!(
        nameless.contains("short.md names no title") && nameless.contains("--title"),
        "{nameless}"
    );
    let noted = put("saved.html", &["--title", "Gin &amp; Juice"]);
    assert!(
        noted.contains("`&amp;`") && noted.contains("plain text"),
        "{noted}"
    );
}

#[cfg(unix)]
#[test]
fn commands_find_the_socket_beside_a_very_long_path() {
    let cli = CliHarness::new();
    for (directory, file) in [
        ("d".repeat(120), "gema.db".to_owned()),
        ("e".repeat(60), "f".repeat(200)),
    ] {
        let directory = cli.path().join(directory);
        std::fs::create_dir(&directory).unwrap();
        let database = directory.join(file);
        let named = ["--database", database.to_str().unwrap()];
        let with = |args: &[&str]| cli.says(&[args, &named].concat());
        let serving = cli.serves_with(&named);
        with(&[
            "article",
            "put",
            "short.md",
            "--article",
            "a",
            "--title",
            "Judul",
        ]);
        assert_eq!(serving.view("a")["article"]["title"], "Judul");
        let copy = directory.join("copy.db");
        assert!(with(&["backup", copy.to_str().unwrap()]).contains("wrote"));
        with(&["check"]);
        serving.stop();
        let left: Vec<_> = std::fs::read_dir(&directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert!(
            !left
                .iter()
                .any(|name| name.to_str().unwrap().contains(".sock")),
            "{left:?}"
        );
        with(&["article", "rm", "--article", "a", "--yes"]);
    }
}

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

#[test]
fn each_mistake_is_named_with_its_remedy() {
    let cli = CliHarness::new();
    std::fs::write(cli.path().join("latin1.html"), b"<p>caf\xe9</p>").unwrap();
    std::fs::write(cli.path().join("empty.html"), "<script>x</script>").unwrap();
    std::fs::write(cli.path().join("big.html"), "x".repeat(1024 * 1024 + 1)).unwrap();
    let put = |file, more: &[&str]| {
        cli.refused(&[&["put", file, "--article", "a", "--title", "t"], more].concat())
    };
    for (says, words) in [
        (put("nowhere.html", &[]), ["nowhere.html", "cannot be read"]),
        (put("short.txt", &[]), ["short.txt", ".html or .md"]),
        (put("latin1.html", &[]), ["latin1.html", "UTF-8 (byte 6)"]),
        (put("empty.html", &[]), ["html:", "nothing is left"]),
        (put("big.html", &[]), ["big.html", "1048576 are allowed"]),
        (
            put("short.md", &["--published", "17-11-2015"]),
            ["published:", "YYYY-MM-DD"],
        ),
        (put("short.md", &["--url", "/a"]), ["url:", "https://"]),
        (
            put("short.md", &["--site", "other"]),
            ["site:", "gema.toml"],
        ),
        (
            put("short.md", &["--imported-reaction", "hapy=1"]),
            ["hapy", "happy"],
        ),
        (
            put("short.md", &["--imported-reaction", "happy"]),
            ["happy", "KEY=N"],
        ),
        (
            put("short.md", &["--imported-share", "x=many"]),
            ["many", "not a count"],
        ),
    ] {
        assert!(
            words.iter().all(|word| says.contains(word)),
            "{words:?}: {says}"
        );
    }
    let elsewhere = CliHarness::new();
    let says = elsewhere.refused(&["list"]);
    assert!(
        says.contains("no database gema.db") && says.contains("--database"),
        "{says}"
    );
    assert!(!elsewhere.path().join("gema.db").exists());
}

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
    let put = [
        "put",
        "short.md",
        "--article",
        "fgd-e-government-korea",
        "--title",
        "Diubah",
    ];
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
        assert!(
            checked.contains("errors in the configuration: 1"),
            "{checked}"
        );
        let (_, served) = cli.fails(&["serve"]);
        assert!(
            served.contains("is the socket beside the database")
                && served.contains("name another path"),
            "{served}"
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

/// Writes a configuration of one site, with further lines.
fn configured(cli: &CliHarness, first: &str, of_site: &str) {
    let text = format!("{first}\n[sites.demo]\norigins = [\"https://news.example\"]\n{of_site}");
    std::fs::write(cli.path().join("gema.toml"), text).unwrap();
}

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
    assert!(
        said.contains("sites: demo") && said.contains("restart gema to change: database"),
        "{said}"
    );
    assert_eq!(poll(), "closed");

    configured(&cli, "", "pol = \"open\"");
    let said = CliHarness::failed(cli.gema(&["reload"]).output().unwrap());
    assert!(
        said.contains("nothing has changed") && said.contains("line 4") && said.contains("pol"),
        "{said}"
    );
    assert_eq!(poll(), "closed");
    let log = || std::fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert!(
        log().contains("the configuration stays as it was"),
        "{}",
        log()
    );

    configured(&cli, "", "poll = \"off\"");
    serving.signal("-HUP");
    until("a hangup reads the file again", || poll() == "off");
}

#[test]
fn a_reload_without_a_running_gema_fails_with_the_reason() {
    let cli = CliHarness::new();
    let reload = || CliHarness::failed(cli.gema(&["reload"]).output().unwrap());
    let said = reload();
    assert!(
        said.contains("no gema runs beside gema.db") && said.contains("--database"),
        "{said}"
    );
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

#[test]
fn alias_keeps_the_counts_and_refuses_writes_to_the_old_key() {
    let cli = CliHarness::new();
    let alias = |args: &[&str]| {
        let output = cli.gema(&[&["alias"], args].concat()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    };
    cli.article(&[&SHORT[..], &["--imported-reads", "7"]].concat());
    cli.article(&[
        "put",
        "short.md",
        "--article",
        "/b?id=1",
        "--title",
        "B",
        "--imported-reads",
        "3",
    ]);

    let dry = alias(&["a", "/b?id=1", "--dry-run"]).unwrap();
    assert!(
        dry.contains("a: 7 reads")
            && dry.contains("/b?id=1: 3 reads")
            && dry.contains("would be done"),
        "{dry}"
    );
    assert_eq!(alias(&[]).unwrap(), "no article has moved\n");
    let serving = cli.serves();
    let done = alias(&["a", "/b?id=1"]).unwrap();
    assert!(done.contains("those of /b?id=1"), "{done}");
    assert_eq!(serving.view("a")["tally"]["reads"], 10);
    assert!(alias(&["a", "/b?id=1"]).unwrap().contains("nothing to do"));
    assert_eq!(alias(&[]).unwrap(), "old\tanswers\na\t/b?id=1\n");

    let refused = cli.refused(&SHORT);
    assert!(refused.contains("`a` has moved to `/b?id=1`"), "{refused}");
    let refused = cli.refused(&["rm", "--article", "a", "--yes"]);
    assert!(refused.contains("has moved"), "{refused}");
    let refused = alias(&["--remove", "a"]).unwrap_err();
    assert!(refused.contains("cannot be told apart"), "{refused}");
    assert!(alias(&["a", "a"]).unwrap_err().contains("old key too"));
    assert!(
        alias(&["a", "c"])
            .unwrap_err()
            .contains("gema alias /b?id=1 c")
    );
    assert!(alias(&["a"]).unwrap_err().contains("<NEW>"));

    assert!(
        alias(&["typo", "/b?id=1"])
            .unwrap()
            .contains("nothing was counted under typo")
    );
    assert!(
        alias(&["--remove", "typo"])
            .unwrap()
            .contains("typo answers for itself")
    );
    assert_eq!(serving.view("typo")["tally"]["reads"], 0);
    assert!(
        alias(&["--remove", "typo"])
            .unwrap_err()
            .contains("not an alias")
    );
}

#[test]
fn options_for_tests_log_a_warning_at_startup() {
    let cli = CliHarness::new();
    let log = || std::fs::read_to_string(cli.path().join("gema.log")).unwrap();
    drop(cli.serves());
    assert!(!log().contains("for tests only"), "{}", log());
    drop(cli.serves_with(&["--limits", "off", "--bots", "count"]));
    assert!(
        log().contains("no limit is enforced") && log().contains("reads of bots are counted"),
        "{}",
        log()
    );
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
    assert!(
        log.contains("the configuration stays as it was") && !log.contains("T0pSecret"),
        "{log}"
    );
    drop(serving);
    for command in ["serve", "check"] {
        let help = cli
            .gema(&[command, "--help"])
            .env("GEMA_DATABASE", "redis://u:T0pSecret@h")
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(
            help.contains("GEMA_DATABASE") && !help.contains("T0pSecret"),
            "{help}"
        );
    }
}

#[test]
fn a_page_full_of_tables_writes_nothing_to_the_terminal() {
    let cli = CliHarness::new();
    let page = format!(
        "<title>Judul</title><article><p>{}</p><table>{}</table></article>",
        "kata ".repeat(200),
        "a<b>b</b>".repeat(50)
    );
    std::fs::write(cli.path().join("tables.html"), page).unwrap();
    let output = cli
        .gema(&[
            "article",
            "put",
            "tables.html",
            "--article",
            "a",
            "--title",
            "Judul",
        ])
        .output()
        .unwrap();
    assert!(output.status.success());
    let noise = String::from_utf8_lossy(&output.stderr);
    assert!(
        !noise.contains("html5ever") && !noise.contains("foster"),
        "{noise}"
    );
}
