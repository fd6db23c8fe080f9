use std::fs;

use rusqlite::Connection;
use serde_json::json;

use crate::{
    cli_harness::CliHarness,
    contains::assert_contains,
    site::{event_key, react, read, token},
};

/// A CLI harness whose database has counts of each kind, in two articles.
fn desk_with_counts() -> CliHarness {
    let cli = CliHarness::new();
    let serving = cli.serves();
    for reader in 1..=3 {
        let events = [
            react("a", Some("happy"), 1),
            read("a", &event_key(reader)),
            read("b", &event_key(reader)),
        ];
        assert_eq!(
            serving
                .post(&json!({ "visitor": token(reader), "events": events }))
                .0,
            200
        );
    }
    serving.stop();
    cli
}

/// Checks a configuration. Returns standard output, standard error, and whether it succeeded.
fn checked(cli: &CliHarness, config: &str, more: &[&str]) -> (String, String, bool) {
    let file = cli.path().join("site.toml");
    fs::write(&file, config).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let output = cli
        .gema(&[&["check", "--config", "site.toml"], more].concat())
        .output()
        .unwrap();
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (stdout, stderr, output.status.success())
}

const VALID_CONFIG: &str = "[sites.demo]\norigins = [\"https://news.example\"]\n";

#[test]
fn check_prints_all_errors_and_warnings_and_fails_for_errors() {
    let cli = CliHarness::new();
    let (says, note, is_right) = checked(&cli, VALID_CONFIG, &[]);
    assert_eq!((&*says, is_right), ("site.toml: nothing wrong\n", true));
    assert!(note.contains("no database gema.db yet"), "{note}");
    let (says, _, is_right) = checked(
        &cli,
        &format!("listen = \"0.0.0.0:80\"\n{VALID_CONFIG}opaque_origins = true"),
        &[],
    );
    assert!(
        is_right
            && says.matches("site.toml: warning: ").count() == 2
            && says.ends_with("0 errors, 2 warnings\n")
    );
    let wrong = format!("listem = \"x\"\n{VALID_CONFIG}key = \"short\"\n[connections]\nmax = 0");
    let (says, why, is_right) = checked(&cli, &wrong, &[]);
    assert!(
        !is_right && says.matches("site.toml: error: ").count() == 3,
        "{says}"
    );
    assert_contains(&says, &["line 1", "openssl rand", "3 errors, 0 warnings"]);
    assert!(why.contains("errors in the configuration: 3"), "{why}");
    let (says, _, is_right) = checked(
        &cli,
        &format!("database = \"redis://a?replicas=1\"\n{VALID_CONFIG}"),
        &[],
    );
    assert!(!is_right && says.contains("`database` is wrong"), "{says}");
    let missing = cli
        .gema(&["check", "--config", "other.toml"])
        .output()
        .unwrap();
    assert!(
        !missing.status.success()
            && String::from_utf8_lossy(&missing.stdout).contains("--config FILE")
    );
    assert!(!cli.path().join("gema.db").exists(), "and nothing is made");
}

#[test]
fn a_configuration_is_checked_with_its_database_or_alone() {
    let cli = desk_with_counts();
    let (says, _, is_right) = checked(&cli, VALID_CONFIG, &[]);
    let sound = "6 articles: every sum holds, and the file is sound\n";
    assert_eq!(
        (says, is_right),
        (format!("site.toml: nothing wrong\n{sound}"), true)
    );
    assert_eq!(
        checked(&cli, VALID_CONFIG, &["--config-only"]).0,
        "site.toml: nothing wrong\n"
    );
    let (says, _, is_right) = checked(&cli, "x = 1", &[]);
    assert!(!is_right && !says.contains("articles"), "{says}");
    let (says, _, _) = checked(
        &cli,
        &format!("bots = \"count\"\n{VALID_CONFIG}"),
        &["--json"],
    );
    let report: serde_json::Value = serde_json::from_str(&says).unwrap();
    assert_eq!(
        (&report["config"]["file"], &report["database"]["articles"]),
        (&json!("site.toml"), &json!(6))
    );
    assert_eq!(
        (
            &report["config"]["errors"],
            report["config"]["warnings"].as_array().unwrap().len()
        ),
        (&json!([]), 1)
    );
    let (says, _, is_right) = checked(&cli, "x = 1", &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&says).unwrap();
    assert!(
        !is_right
            && report["config"]["errors"].as_array().unwrap().len() == 1
            && report["database"].is_null()
    );
}

#[test]
fn every_command_reports_that_it_uses_defaults() {
    let cli = CliHarness::new();
    let says = |args: &[&str]| {
        let output = cli.gema(args).output().unwrap();
        String::from_utf8_lossy(&output.stderr).contains("there is no gema.toml in ")
    };
    cli.serves().stop();
    fs::write(cli.path().join("out.jsonl"), "no export").unwrap();
    assert!(
        fs::read_to_string(cli.path().join("gema.log"))
            .unwrap()
            .contains("there is no gema.toml in ")
    );
    for command in [
        &["check"][..],
        &["article", "list"],
        &["alias"],
        &["export"],
        &["import", "out.jsonl"],
        &["backup", "b.db"],
        &["reload"],
    ] {
        assert!(says(command), "{command:?}");
    }
    assert!(
        !says(&["backup", "c.db", "--database", "gema.db"]),
        "no note about defaults if the database is named"
    );
    fs::write(cli.path().join("gema.toml"), VALID_CONFIG).unwrap();
    assert!(!says(&["article", "list"]));
}

fn tamper(cli: &CliHarness, sql: &str) {
    Connection::open(cli.path().join("gema.db"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

#[test]
fn check_passes_a_sound_database_running_or_not() {
    let cli = desk_with_counts();
    let sound = "6 articles: every sum holds, and the file is sound\n";
    assert_eq!(cli.says(&["check"]), sound, "the demo's four, and two");
    let serving = cli.serves();
    assert_eq!(cli.says(&["check"]), sound);
    let missing = cli
        .gema(&["check", "--database", "other.db"])
        .output()
        .unwrap();
    assert!(
        !missing.status.success()
            && String::from_utf8_lossy(&missing.stderr).contains("no database other.db")
    );
    assert!(
        !serving.get("/admin/check").contains(" 200 "),
        "the public listener does not serve this"
    );
}

#[test]
fn check_and_restore_name_values_that_gema_never_stores() {
    let cli = desk_with_counts();
    let sound = fs::read(cli.path().join("gema.db")).unwrap();
    let great = i64::MAX;
    let a = "(select id from article where key = 'a')";
    let day = |day: i64| {
        format!(
            "update or ignore day set day = {day} where article = {a} and metric = (select id from metric where name = 'reads')"
        )
    };
    let sources = format!(
        "insert into source (article, secret, number, rev, until, voted, home) \
         with recursive n (i) as (select 1 union all select i + 1 from n where i < 10001) \
         select {a}, 'vote', 1000 + i, 0, 0, 0, 0 from n"
    );
    for (sql, expected) in [
        (day(great), "which no calendar has"),
        (day(-5_000_000), "which no calendar has"),
        (
            format!("update sqlite_sequence set seq = {great}"),
            "the last id of a table",
        ),
        (
            "delete from secret".into(),
            "the key of its votes is missing, with 3 votes",
        ),
        (
            format!("update article set rev = {great} where key = 'a'"),
            "demo a\n  rev 9223372036854775807",
        ),
        (
            "update article set rev = -1 where key = 'a'".into(),
            "demo a\n  rev -1",
        ),
        (
            format!("insert into alias select site, 'b', {a}, 0 from article where key = 'a'"),
            "demo b\n  also an alias, of a",
        ),
        (
            format!("update vote set seq = {great} where article = {a}"),
            "demo a\n  the seq",
        ),
        (
            format!(
                "update article set counts = replace(counts, ',3,0]', ',3,{great}]') where key = 'a'"
            ),
            "imported is out of range",
        ),
        (
            format!("update day set change = -change where article = {a}"),
            "demo a\n  a daily change of reads -3 is out of range",
        ),
        (
            format!("update day set source = 77 where article = {a}"),
            "demo a\n  its days have the source 77",
        ),
        (sources, "demo a\n  10001 sources: too many"),
        (format!("update hour set change = {great}"), "in an hour"),
        (
            format!("insert into article_refused values ({a}, 0, 1, 'read', 'bot', -5)"),
            "-5 refused events, which gema does not write",
        ),
        (
            format!("insert into rollup_changes select id, {great} from site limit 1"),
            "changes of days in sums, which gema does not write",
        ),
        (
            format!("update or ignore vote set voter = x'00ff' where article = {a}"),
            "demo a\n  a vote of 2 bytes, which is no reader's id",
        ),
        (
            "insert into link values (x'00', 'demo', null, 'a', 'b', 1, 2)".into(),
            "the token of a link with 1 bytes",
        ),
        (
            "insert into seen select 1000 + id, id, 20000, x'00' from site".into(),
            "marks of 1 bytes",
        ),
        (
            "insert into vote_log values (1, x'00')".into(),
            "logged votes of 1 bytes",
        ),
        (
            "insert into vote_log values (1, zeroblob(34))".into(),
            "a logged vote in article 0, which does not exist",
        ),
        (
            format!(
                "insert into vote_log select 1, unhex(printf('%016x', {a}) || printf('%048x', 5) || 'ffff')"
            ),
            "demo a\n  a logged vote for option 65535, which does not exist",
        ),
        (
            format!(
                "insert into vote_log select 1, unhex(printf('%016x', {a}) || printf('%032x', 1) || 'ffffffffffffffff' || '0000')"
            ),
            "demo a\n  the seq -1 of a vote",
        ),
        (
            "update or ignore hour set hour = 99".into(),
            "hour 99, which gema does not write",
        ),
        (
            format!(
                "insert into alias select site, 'x' || char(7), {a}, 0 from article where key = 'a'"
            ),
            "not a name that a site and an article can have",
        ),
    ] {
        fs::write(cli.path().join("gema.db"), &sound).unwrap();
        cli.says(&["backup", "hostile.db", "--force"]);
        let hostile = Connection::open(cli.path().join("hostile.db")).unwrap();
        hostile
            .execute_batch("pragma ignore_check_constraints = on")
            .unwrap();
        hostile.execute_batch(&sql).unwrap();
        drop(hostile);
        let (found, why) = cli.fails(&["restore", "hostile.db"]);
        assert!(
            found.contains(expected) && why.contains("cannot be trusted"),
            "{sql}: {found} {why}"
        );
    }
}

#[test]
fn check_names_differences_by_article() {
    let cli = desk_with_counts();
    let article = |key| format!("(select id from article where key = '{key}')");
    let metric = |name| format!("(select id from metric where name = '{name}')");
    let a = article("a");
    let happy = metric("reaction:happy");
    tamper(
        &cli,
        &format!(
            "delete from vote where voter = (select min(voter) from vote where article = {a})"
        ),
    );
    tamper(
        &cli,
        "update article set counts = json_set(counts, '$[0][1]', 9) where key = 'b'",
    );
    tamper(
        &cli,
        &format!("update day set change = 2 where article = {a} and metric = {happy}"),
    );
    let (says, why) = cli.fails(&["check"]);
    let (file, articles) = says.split_at(says.find("demo a\n").unwrap());
    assert!(
        file.starts_with("the file\n  demo reaction:happy on ")
            && file.ends_with(": 2 counted, but its hours add up to 3\n"),
        "{file}"
    );
    let expected = "\
demo a
  reaction:happy: 3 counted, but its days add up to 2
  reaction:happy: 3 counted, but there are 2 votes
demo b
  reads: 9 counted, but its days add up to 3
";
    assert_eq!(articles, expected);
    assert_contains(&why, &["4 found wrong", "gema restore"]);
}

#[test]
fn check_finds_memory_that_differs_from_the_disk() {
    let cli = desk_with_counts();
    let serving = cli.serves();
    tamper(
        &cli,
        "update article set counts = json_set(counts, '$[0][2]', 5) where key = 'b'",
    );
    tamper(
        &cli,
        "insert into article (site, key, rev, created) values (1, 'c', 1, 0)",
    );
    let (says, _) = cli.fails(&["check"]);
    let expected = "\
demo b
  reads: 3 counted and 5 imported on disk, but 3 and 0 in memory
demo c
  on disk, but not in memory
";
    assert_eq!(says, expected);
    drop(serving);
}

#[test]
fn a_damaged_page_is_found() {
    let cli = desk_with_counts();
    let file = cli.path().join("gema.db");
    let page: u32 = Connection::open(&file)
        .unwrap()
        .query_row(
            "select rootpage from sqlite_schema where name = 'vote'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[(page as usize - 1) * 4096..][..200].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let (says, why) = cli.fails(&["check"]);
    assert!(
        says.starts_with("the file\n") && why.contains("gema restore"),
        "{says}{why}"
    );
}

#[test]
fn a_schema_that_something_else_has_changed_is_named() {
    for (sql, named) in [
        (
            "create trigger t after update on article begin select 1; end",
            "trigger `t` is not gema's",
        ),
        (
            "create table \"more\u{1b}[2J\" (a text) strict",
            "table `more\\u{1b}[2J` is not gema's",
        ),
        (
            "create index i on vote (abs(seq))",
            "index `i` is not gema's",
        ),
        (
            "drop index day_by_article",
            "index `day_by_article` is missing",
        ),
    ] {
        let cli = desk_with_counts();
        tamper(&cli, sql);
        let (says, why) = cli.fails(&["check"]);
        assert!(
            says == format!("the file\n  its schema is not gema's: {named}\n"),
            "{says}"
        );
        assert!(why.contains("1 found wrong"), "{why}");
        // The endpoint serves readers and logs a warning.
        let serving = cli.serves();
        assert_eq!(serving.view("a")["tally"]["reads"], 3);
        let log = fs::read_to_string(cli.path().join("gema.log")).unwrap();
        let warning = log
            .lines()
            .find(|line| line.contains(named))
            .unwrap_or_else(|| panic!("{log}"));
        assert_contains(warning, &["WARN", "gema restore"]);
        assert!(cli.fails(&["check"]).0.contains(named));
    }
}

/// Whether a text has characters that change a terminal, or that nobody sees.
fn has_hidden(text: &str) -> bool {
    let is_hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    text.contains(is_hidden)
}

#[test]
fn nothing_that_is_printed_has_controls_of_a_terminal() {
    const HIDDEN: &str = "\u{9b}2J\u{202e}\u{200b}\u{2066}";
    let cli = desk_with_counts();
    let sums = "counts = json_set(counts, '$[0][1]', 9)";
    let key = "b\u{202e}\u{200b}\u{2066}";
    tamper(
        &cli,
        &format!("update article set key = '{key}', {sums} where key = 'b'"),
    );
    let page = format!(
        "<script async src='http://127.0.0.1:1/embed.js{HIDDEN}' data-site='{HIDDEN}' data-{HIDDEN}></script>\
         <gema-article article='/x{HIDDEN}' endpoint='{HIDDEN}'></gema-article>"
    );
    fs::write(cli.path().join("page.html"), page).unwrap();
    let article = format!("a{HIDDEN}");
    let article = article.as_str();
    for (args, escaped) in [
        (&["check", "--json"][..], "b\\u202e\\u200b\\u2066"),
        (&["check"], "b\\u{202e}\\u{200b}\\u{2066}"),
        (
            &[
                "doctor",
                "page.html",
                "--address",
                "https://u.example/a",
                "--json",
            ],
            "\\u202e",
        ),
        (&["check", article], "\\u{202e}"),
        (&[article], "\\u{202e}"),
        (&["backup", "new.db", article], "\\u{202e}"),
        (&["article", "show", "--article", HIDDEN, "--x"], "--x"),
    ] {
        let output = cli.gema(args).output().unwrap();
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes);
            assert!(!has_hidden(&text), "{args:?}: {text:?}");
        }
        let [stdout, stderr] =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        let text = format!("{stdout}{stderr}");
        assert!(text.contains(escaped), "{args:?}: {text}");
        if args.contains(&"--json") {
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
        }
        assert!(!output.status.success(), "{args:?}");
    }
}
