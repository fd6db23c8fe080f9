use super::{SHORT, configured};
use crate::{
    cli_harness::{CliHarness, words},
    contains::{assert_contains, assert_lacks},
};

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
    let more = words(
        "--published 2015-11-17 --imported-reads 841 --imported-reaction happy=3 --imported-share x=2",
    );
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
    assert_contains(html, &["JAKARTA, WARTA"]);
    assert_lacks(html, &["script", "onclick"]);
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
    assert_contains(
        &shown,
        &[
            "counted    imported    together\n  reads                    0           7           7\n",
        ],
    );

    let asked = cli.refused(&["rm", "--article", "a"]);
    assert_contains(
        &asked,
        &["“Judul”", "7 reads (7 of them imported)", "--yes"],
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
    assert_contains(
        &said,
        &[
            "found in the page: title, byline, published, url\n",
            "  title      Belajar e-Government dari Korea Selatan\n",
            "  byline     Humas\n",
            "  published  2015-11-17\n",
            "  url        https://www.warta.example/nasional/2015/11/17/fgd-korea\n",
            " words and 1 of ",
            "left out: 1 aside, 1 button, 1 drawing (SVG), 1 embedded object, ",
            "1 frame, ",
            "1 video (a link to it is kept)",
        ],
    );
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
    assert_contains(
        &given,
        &["found in the page: byline\n", "  title      Lain\n"],
    );
    assert_contains(&given, &["2015-11-18", "https://a.example/b"]);

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
    assert_contains(&said, &["took 1940 of 1955 words", "published  2015-11-17"]);

    let nameless = cli.refused(&["put", "short.md", "--article", "a"]);
    assert_contains(&nameless, &["short.md names no title", "--title"]);
    let noted = put("saved.html", &["--title", "Gin &amp; Juice"]);
    assert_contains(&noted, &["`&amp;`", "plain text"]);
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
        with(&words("article put short.md --article a --title Judul"));
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
    assert_contains(&says, &["no database gema.db", "--database"]);
    assert!(!elsewhere.path().join("gema.db").exists());
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
        .gema(&words("article put tables.html --article a --title Judul"))
        .output()
        .unwrap();
    assert!(output.status.success());
    let noise = String::from_utf8_lossy(&output.stderr);
    assert_lacks(&noise, &["html5ever", "foster"]);
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
    cli.article(&words(
        "put short.md --article /b?id=1 --title B --imported-reads 3",
    ));

    let dry = alias(&["a", "/b?id=1", "--dry-run"]).unwrap();
    assert_contains(&dry, &["a: 7 reads", "/b?id=1: 3 reads", "would be done"]);
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
fn article_poll_sets_the_poll_of_one_article() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    let closes = words("poll --article fgd --poll closed --without angry");
    let said = cli.article(&[&closes[..], &["--question", "Setuju?"]].concat());
    assert_contains(&said, &["readers see it", "closed", "Setuju?", "angry"]);
    let view = serving.view("fgd");
    assert_eq!(view["poll"], "closed");
    assert_eq!(view["labels"]["question"], "Setuju?");
    assert!(view["tally"]["reactions"]["angry"].is_null());
    // Each call sets everything, and `put` sets it too.
    cli.article(&words("poll --article fgd --poll site"));
    let view = serving.view("fgd");
    assert_eq!(
        (&view["poll"], &view["tally"]["reactions"]["angry"]),
        (&"open".into(), &0.into())
    );
    let put = words("put short.md --article fgd --title Baru --poll off");
    cli.article(&put);
    assert_eq!(serving.view("fgd")["poll"], "off");
    cli.article(&words("put short.md --article fgd --title Baru"));
    assert_eq!(serving.view("fgd")["poll"], "off", "it stays");
}
