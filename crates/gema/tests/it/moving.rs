use std::{
    fs::{self, File},
    path::PathBuf,
    process::Output,
};

use rusqlite::Connection;
use serde_json::json;
use store::export_format::{ExportWriter, Line};

use crate::{
    cli_harness::{CliHarness, words},
    contains::assert_contains,
    site::{event_key, react, read, token},
};

impl CliHarness {
    /// Runs `gema export > FILE`, which must succeed; returns the file.
    fn exports(&self) -> PathBuf {
        let path = self.path().join("export.jsonl");
        let status = self
            .gema(&["export"])
            .stdout(File::create(&path).unwrap())
            .status()
            .unwrap();
        assert!(status.success());
        path
    }

    /// Runs `gema import FILE …`.
    fn imports(&self, file: &std::path::Path, more: &[&str]) -> Output {
        self.gema(&[&["import", file.to_str().unwrap()], more].concat())
            .output()
            .unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(if output.status.success() {
        &output.stdout
    } else {
        &output.stderr
    })
    .into_owned()
}

/// The number in that line of an import's output.
fn number(said: &str, name: &str) -> u64 {
    let line = said
        .lines()
        .find(|line| line.trim_start().starts_with(name))
        .unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn a_repeated_migration_needs_an_empty_database_or_merge() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    assert_eq!(
        serving
            .post(&json!({ "visitor": token(1), "events": [react("a", Some("happy"), 5)] }))
            .0,
        200
    );
    serving.stop();
    let migrate = words("migrate --from sqlite:gema.db --to sqlite:new.db");
    assert!(cli.says(&migrate).contains("every total is the same"));
    let (_, refused) = cli.fails(&migrate);
    assert_contains(&refused, &["has articles already", "--merge"]);
    let merged = cli.says(&[&migrate[..], &["--merge"]].concat());
    assert!(merged.contains("every total is the same"), "{merged}");
    assert!(
        cli.says(&[&migrate[..3], &["--to", "sqlite:other.db"]].concat())
            .contains("every total is the same")
    );
}

#[test]
fn import_takes_newer_counts_over_and_recognises_readers() {
    let old = CliHarness::new();
    let new = CliHarness::new();
    let serving = old.serves();
    let event = |event| json!({ "visitor": token(1), "events": [event] });
    assert_eq!(serving.post(&event(react("a", Some("happy"), 5))).0, 200);
    serving.post(&event(read("a", &event_key(1))));
    let export = old.exports();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&export).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    let output = new.imports(&export, &[]);
    assert_eq!(number(&said(&output), "votes"), 1, "{}", said(&output));
    let elsewhere = new.serves();
    let (_, answer) = elsewhere.post(&event(react("a", Some("sad"), 6)));
    assert_eq!(
        answer["tallies"][0]["reactions"],
        json!({ "happy": 0, "inspired": 0, "surprised": 0, "sad": 1, "angry": 0 })
    );
    elsewhere.post(&event(read("a", &event_key(2))));
    // Readers whose DNS resolver still has the old address.
    serving.post(&event(read("a", &event_key(3))));

    let again = said(&new.imports(&old.exports(), &["--dry-run"]));
    assert!(
        again.contains("would be taken over") && number(&again, "reads") == 1,
        "{again}"
    );
    for reads in [1, 0] {
        assert_eq!(
            number(&said(&new.imports(&old.exports(), &[])), "reads"),
            reads,
            "a second import adds nothing"
        );
    }
    let tally = &elsewhere.view("a")["tally"];
    assert_eq!(
        (
            &tally["reads"],
            &tally["reactions"]["sad"],
            &tally["reactions"]["happy"]
        ),
        (&json!(3), &json!(1), &json!(0))
    );
    elsewhere.stop();
    assert!(new.says(&["check"]).contains("every sum holds"));
}

#[test]
fn import_and_migrate_take_a_first_article_longer_than_a_batch() {
    let old = CliHarness::new();
    let paragraph = format!("<p>{}</p>\n", "\"kata\" \"berita\" hari ini ".repeat(20));
    fs::write(old.path().join("long.html"), paragraph.repeat(1980)).unwrap();
    for (file, key) in [("long.html", "a-long"), ("short.md", "b-short")] {
        let put = format!("put {file} --article {key} --title Judul --imported-reads 841");
        old.article(&words(&put));
    }
    let export = old.exports();
    assert!(fs::metadata(&export).unwrap().len() > 1_100_000);
    let new = CliHarness::new();
    let said = said(&new.imports(&export, &[]));
    assert_eq!(number(&said, "new articles"), 2, "{said}");
    let migrated = old.says(&["migrate", "--from", "gema.db", "--to", "other.db"]);
    assert!(migrated.contains("every total is the same"), "{migrated}");
    let list = old.article(&["list", "--database", "other.db"]);
    assert_contains(&list, &["a-long", "b-short"]);
}

#[test]
fn import_refuses_incomplete_and_unknown_files_as_a_whole() {
    let old = CliHarness::new();
    let new = CliHarness::new();
    old.puts(&["a"]);
    let whole = fs::read_to_string(old.exports()).unwrap();
    let file = new.path().join("bad.jsonl");
    let lines: Vec<&str> = whole.lines().collect();
    for (bad, why) in [
        (lines[..lines.len() - 1].join("\n") + "\n", "not whole"),
        (whole[..whole.len() - 20].to_owned(), "not whole"),
        (
            whole.replace("\"reads\":7", "\"reads\":9"),
            "sums do not agree",
        ),
        (
            whole.replace("\"format\":2", "\"format\":3"),
            "newer than this gema knows",
        ),
        (whole.clone() + "more\n", "after the end"),
        (
            whole.replace("\"reads\":7", "\"raeds\":7"),
            "line 2: demo a: `raeds`",
        ),
        (
            whole.replace("\"key\":\"a\"", "\"key\":\"cafe\u{301}\""),
            "is not a normalised key",
        ),
        (
            whole.replace("\"key\":\"a\"", "\"key\":\"\u{a0}a\""),
            "is not a normalised key",
        ),
        (
            whole.replace(
                "\"key\":\"a\"",
                "\"key\":\"a\",\"aliases\":[{\"key\":\"\u{3000}b\"}]",
            ),
            "is not a normalised key",
        ),
        ("article,reads\na,7\n".into(), "not an export of gema"),
        (String::new(), "not an export of gema"),
    ] {
        fs::write(&file, bad).unwrap();
        let output = new.imports(&file, &[]);
        assert!(
            !output.status.success() && said(&output).contains(why),
            "{why}: {}",
            said(&output)
        );
        assert!(
            said(&output).contains("Nothing was taken over"),
            "{}",
            said(&output)
        );
    }
    assert_eq!(new.article(&["list"]), "no article is known\n");
    fs::write(&file, whole).unwrap();
    assert!(new.imports(&file, &[]).status.success());
    assert!(new.article(&["list"]).contains("7\t0\t0\t-\ta\tA"));
}

#[test]
fn import_sanitises_copies_like_a_put() {
    let old = CliHarness::new();
    let new = CliHarness::new();
    old.puts(&["a", "b", "c"]);
    let mut writer = ExportWriter::default();
    let mut forged = Vec::new();
    for line in fs::read_to_string(old.exports()).unwrap().lines() {
        let mut line: Line = serde_json::from_str(line).unwrap();
        if let Line::Article(article) = &mut line {
            let copy = article.copy.as_mut().unwrap();
            match article.key.as_str() {
                "a" => {
                    copy.html =
                        "<p>Isi</p><img src=x onerror=alert(1)><script>alert(1)</script>".into()
                }
                "b" => copy.title = "A\nB".into(),
                _ => {}
            }
        }
        if !matches!(line, Line::End(_)) {
            writer.line(&line, &mut forged);
        }
    }
    writer.end(&mut forged);
    let file = new.path().join("forged.jsonl");
    fs::write(&file, forged).unwrap();
    for arguments in [&["--dry-run"][..], &[]] {
        // Without a database, a dry run has nothing to compare with.
        new.article(&["put", "short.md", "--article", "d", "--title", "D"]);
        let said = said(&new.imports(&file, arguments));
        assert!(said.contains("cleaned: demo a: "), "{said}");
        assert_contains(
            &said,
            &["skipped: demo b: its copy was left out: title: It must be one line"],
        );
        assert!(
            !said.contains("demo c") && number(&said, "new articles") == 3,
            "{said}"
        );
    }
    let kept = fs::read_to_string(new.exports()).unwrap();
    assert!(
        kept.contains(r#""html":"<p>Isi</p><img src=\"x\">""#) && !kept.contains("alert"),
        "{kept}"
    );
    let shown = new.article(&["show", "--article", "b"]);
    assert!(
        shown.contains('7') && !shown.contains("title"),
        "its counts are there: {shown}"
    );
}

#[test]
fn a_pipe_between_two_machines_is_enough() {
    let old = CliHarness::new();
    let new = CliHarness::new();
    old.puts(&["a"]);
    let mut from = old
        .gema(&["export"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = new
        .gema(&["import", "-"])
        .stdin(from.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(from.wait().unwrap().success());
    assert_eq!(number(&said(&output), "new articles"), 1);

    let nowhere = CliHarness::new();
    let none = nowhere.imports(&old.exports(), &["--dry-run"]);
    assert!(said(&none).contains("no database") && !nowhere.path().join("gema.db").exists());
    let none = nowhere.gema(&["export"]).output().unwrap();
    assert!(said(&none).contains("no database") && none.stdout.is_empty());
}

/// A CLI harness, and a file exported from another counter.
fn with_file(text: &str) -> (CliHarness, PathBuf) {
    let cli = CliHarness::new();
    let file = cli.path().join("earlier");
    fs::write(&file, text).unwrap();
    cli.article(&words(
        "put short.md --article /b --title B --imported-share whatsapp=2",
    ));
    (cli, file)
}

#[test]
fn import_from_csv_sets_starting_counts_idempotently() {
    let (cli, file) = with_file("article;reads;reaction:happy\n/a;841;5\n/b;7;\n");
    let from = ["--from", "csv"];
    let dry = said(&cli.imports(&file, &["--from", "csv", "--dry-run"]));
    assert_contains(
        &dry,
        &[
            "/a\treads 0 -> 841, reaction:happy 0 -> 5\n",
            "/b\treads 0 -> 7\n",
            "would get starting counts, together 848 reads, 5 reaction:happy",
        ],
    );
    assert_eq!(
        cli.article(&["list"]).lines().count(),
        2,
        "nothing was done"
    );

    let serving = cli.serves();
    assert!(said(&cli.imports(&file, &from)).contains("articles got starting counts"));
    assert!(said(&cli.imports(&file, &from)).contains("0 articles got starting counts"));
    let tally = &serving.view("/b")["tally"];
    assert_eq!(
        (&tally["reads"], &tally["imported"]),
        (
            &json!(7),
            &json!({ "reads": 7, "shares": { "whatsapp": 2 } })
        )
    );
    let tally = &serving.view("/a")["tally"];
    assert_eq!(
        (&tally["imported"]["reads"], &tally["reactions"]["happy"]),
        (&json!(841), &json!(5))
    );

    // A moved article gets the counts of both its keys.
    assert!(cli.gema(&["alias", "/a", "/b"]).status().unwrap().success());
    fs::write(&file, "article,reads\n/a,1000\n/b,10\n").unwrap();
    let moved = said(&cli.imports(&file, &from));
    assert_contains(
        &moved,
        &["/a has moved: its counts go to /b", "reads 848 -> 1010"],
    );
}

#[test]
fn import_names_the_error_of_a_counters_file_and_takes_nothing() {
    let (cli, file) = with_file("article,reads,reaction:happy\n/a,1.200,\n/b,x,y\n");
    let refused = |more: &[&str]| {
        let output = cli.imports(&file, more);
        assert!(!output.status.success(), "{}", said(&output));
        said(&output)
    };
    let csv = refused(&["--from", "csv", "--strict"]);
    assert_contains(
        &csv,
        &[
            "nothing was taken over",
            "line 2, reads: `1.200`",
            "line 3, reads",
            "line 3, reaction:happy: `y`",
        ],
    );
    assert!(refused(&["--from", "csv", "--map", "reaction0=happy"]).contains("Waline"));
    assert!(refused(&["--from", "csv", "--columns", "page=a"]).contains("`pages`"));
    assert!(refused(&["--from", "goatcounter"]).contains("2Path"));
    assert!(refused(&[]).contains("not an export of gema"));
    assert!(refused(&["--site", "demo"]).contains("leave out --site"));
    assert!(refused(&["--map", "reaction0=happy"]).contains("--from"));

    fs::write(&file, "article,reaction:bored\n/a,1\n").unwrap();
    let unknown = refused(&["--from", "csv"]);
    assert_contains(&unknown, &["`bored`", "happy, inspired"]);
    fs::write(&file, [0x1f, 0x8b, 8, 0]).unwrap();
    assert!(refused(&["--from", "goatcounter"]).contains("nothing was taken over"));
    fs::write(&file, b"PK\x03\x04").unwrap();
    assert!(refused(&["--from", "csv"]).contains("unpack it first"));
    assert!(refused(&["--from", "goatcounter"]).contains("cannot be read"));
    assert_eq!(cli.article(&["list"]).lines().count(), 2);
}

#[test]
fn a_wrong_row_is_named_and_the_others_are_taken() {
    let (desk, file) = with_file("Halaman;Tayangan\n/a;1.841\n/b;x\n/a/;2\n");
    let done = said(&desk.imports(&file, &["--from", "pages"]));
    assert_contains(
        &done,
        &[
            "/a\treads 0 -> 1841\n",
            "wrong, left out: line 3, tayangan: `x`",
            "note: two keys that differ by a slash",
        ],
    );
}

#[test]
fn goatcounters_compressed_table_is_taken_as_it_is_downloaded() {
    use std::io::Write as _;
    let hits = "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date\n\
                /a,A,0,,,,x,0,,o,,ID,1,2026-03-05T19:00:00Z\n/a,A,0,,,,x,0,,o,,ID,0,2026-03-05T19:01:00Z\n";
    let (cli, file) = with_file("");
    let mut gzip =
        flate2::write::GzEncoder::new(File::create(&file).unwrap(), flate2::Compression::default());
    gzip.write_all(hits.as_bytes()).unwrap();
    gzip.finish().unwrap();
    let done = said(&cli.imports(&file, &["--from", "goatcounter"]));
    assert_contains(
        &done,
        &["/a\treads 0 -> 1", "not the first of their visit: 1"],
    );
}

#[test]
fn import_turns_addresses_into_keys_and_reports_them() {
    let (cli, file) = with_file(
        "article,reads\nhttps://a.example/b,7\nhttps://www.a.example/b,1\nhttps://a.example/,5\n",
    );
    let done = said(&cli.imports(&file, &["--from", "csv"]));
    assert_contains(
        &done,
        &[
            "/b\treads 0 -> 8\n",
            "note: the addresses are of several hosts (a.example, www.a.example)",
            "home page: 1",
        ],
    );
}

#[test]
fn walines_reactions_are_taken_as_the_operator_maps_them() {
    let counters = json!([{ "url": "/a", "time": 12, "reaction0": 3, "reaction1": 2 }, { "url": "/", "time": 9 }]);
    let export = json!({ "type": "waline", "version": 1, "data": { "Comment": [], "Counter": counters, "Users": [] } });
    let (cli, file) = with_file(&export.to_string());
    let asked = said(&cli.imports(&file, &["--from", "waline"]));
    fs::remove_file(cli.path().join("gema.db")).unwrap();
    let none = said(&cli.imports(
        &file,
        &[
            "--from",
            "waline",
            "--map",
            "reaction0=happy,reaction1=-",
            "--dry-run",
        ],
    ));
    assert!(none.contains("no database"), "{none}");
    assert_contains(
        &asked,
        &["reaction0 (3 votes), reaction1 (2 votes)", "--map"],
    );
    let done = said(&cli.imports(
        &file,
        &["--from", "waline", "--map", "reaction0=happy,reaction1=-"],
    ));
    assert_contains(
        &done,
        &[
            "/a\treads 0 -> 12, reaction:happy 0 -> 3",
            "rows of the home page: 1",
        ],
    );
}

#[test]
fn migrate_and_export_name_articles_that_no_request_can_have() {
    let cli = CliHarness::new();
    cli.puts(&["a", "b", "c", "d"]);
    cli.says(&["alias", "old", "d", "--site", "demo"]);
    // As another program may write them.
    let conn = Connection::open(cli.path().join("gema.db")).unwrap();
    for (key, other) in [("b", "b\u{7}b"), ("c", "cafe\u{301}")] {
        let update = "update article set key = ?2 where key = ?1";
        assert_eq!(conn.execute(update, [key, other]), Ok(1));
    }
    let update = "update alias set key = 'o' || char(7) || 'd' where key = 'old'";
    assert_eq!(conn.execute(update, []), Ok(1));
    conn.close().unwrap();

    let exporting = cli.gema(&["export"]).output().unwrap();
    assert!(exporting.status.success());
    let told = String::from_utf8(exporting.stderr).unwrap();
    let exported = String::from_utf8(exporting.stdout).unwrap();
    assert_eq!(exported.matches("{\"article\":").count(), 2, "{exported}");
    let migrated = cli.says(&["migrate", "--from", "gema.db", "--to", "new.db"]);
    for (said, mark) in [(&told, "left out of the export"), (&migrated, "skipped")] {
        for (key, why) in [
            (r"b\u{7}b", "may not have control characters"),
            ("cafe\u{301}", "not a normalised key"),
            (r"o\u{7}d", "may not have control characters"),
        ] {
            let named =
                |line: &str| line.contains(&format!("{mark}: demo {key}: ")) && line.contains(why);
            assert!(said.lines().any(named), "{key}: {said}");
        }
    }
    assert_contains(&migrated, &["2 articles compared: every total is the same"]);
    let list = cli.article(&["list", "--database", "new.db"]);
    assert_eq!(
        list.matches("\t7\t").count() + list.matches("\n7\t").count(),
        2,
        "{list}"
    );
}

/// An export of two articles with another choice in the days than the reader's vote: the import balances that on the day of
/// the export. `header`: the first line of another export.
fn unbalanced(header: &str) -> Vec<u8> {
    let header: serde_json::Value = serde_json::from_str(header).unwrap();
    let secrets = header["export"]["secrets"].as_object().unwrap();
    let name = secrets.keys().next().unwrap().clone();
    let mut lines = vec![header];
    for (id, key) in [(1, "/old"), (2, "/new")] {
        let source = json!({ "of": name, "id": id, "rev": 9, "voted": true });
        lines.push(json!({ "article": { "site": "demo", "key": key, "rev": 9, "created": "2015-11-02", "sources": [source] } }));
        lines.push(json!({ "day": { "day": "2015-11-02", "counts": { "reaction:happy": 1 } } }));
        lines.push(json!({ "vote": { "mark": format!("{id:032}"), "reaction": "sad", "seq": 5 } }));
    }
    let (mut writer, mut file) = (ExportWriter::default(), Vec::new());
    for line in lines {
        let line: Line = serde_json::from_value(line).unwrap();
        writer.line(&line, &mut file);
    }
    assert!(writer.end(&mut file).is_empty());
    file
}

#[test]
fn articles_with_balanced_votes_can_be_merged() {
    let old = CliHarness::new();
    old.puts(&["a"]);
    let whole = fs::read_to_string(old.exports()).unwrap();
    let file = old.path().join("unbalanced.jsonl");
    fs::write(&file, unbalanced(whole.lines().next().unwrap())).unwrap();
    let new = CliHarness::new();
    assert!(new.imports(&file, &[]).status.success());
    let merged = new.gema(&["alias", "/old", "/new"]).output().unwrap();
    assert!(merged.status.success(), "{}", said(&merged));
    assert_contains(&new.says(&["check"]), &["every sum holds"]);
}

#[test]
fn values_that_no_import_takes_stop_no_export_and_no_migration() {
    let count = "update article set counts = replace(counts, ',0,7]', ',0,9007199254740999]') where key = 'a'";
    let rev = "update article set rev = 9007199254740992 where key = 'a'";
    for (damage, why) in [(rev, "a rev may be"), (count, "reads: a count may be")] {
        let cli = CliHarness::new();
        cli.puts(&["a", "b"]);
        let conn = Connection::open(cli.path().join("gema.db")).unwrap();
        assert_eq!(conn.execute(damage, []), Ok(1));
        conn.close().unwrap();

        let exporting = cli.gema(&["export"]).output().unwrap();
        assert!(exporting.status.success());
        let told = String::from_utf8(exporting.stderr).unwrap();
        let migrated = cli.says(&["migrate", "--from", "gema.db", "--to", "new.db"]);
        for said in [&told, &migrated] {
            let reduced = format!("demo a: not all its values are exported: {why}");
            assert_contains(said, &[&reduced]);
        }
        assert_contains(&migrated, &["2 articles compared: every total is the same"]);
        let file = cli.path().join("out.jsonl");
        fs::write(&file, exporting.stdout).unwrap();
        let new = CliHarness::new();
        assert!(new.imports(&file, &[]).status.success());
    }
}

#[test]
fn a_refused_migration_leaves_the_new_database_empty() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    serving.post(&json!({ "visitor": token(1), "events": [react("a", Some("happy"), 5)] }));
    serving.post(&json!({ "events": [read("b", &event_key(1))] }));
    serving.stop();
    let damage = |sql: &str| {
        let conn = Connection::open(cli.path().join("gema.db")).unwrap();
        assert_eq!(conn.execute(sql, []), Ok(1), "{sql}");
        conn.close().unwrap();
    };
    let migrate = ["migrate", "--from", "gema.db", "--to", "new.db"];
    for (damaged, mended, why) in [
        (
            "update vote set reaction = null",
            "update vote set reaction = (select id from metric where name = 'reaction:happy')",
            "demo a",
        ),
        (
            "update day set change = 2 where metric = (select id from metric where name = 'reads')",
            "update day set change = 1 where change = 2",
            "demo b",
        ),
        (
            "update day set change = -1 where metric = (select id from metric where name = 'reads')",
            "update day set change = 1 where change = -1",
            "demo b",
        ),
    ] {
        damage(damaged);
        let (_, refused) = cli.fails(&migrate);
        assert!(refused.contains(why), "{refused}");
        damage(mended);
    }
    let moved = cli.says(&migrate);
    assert_contains(&moved, &["articles compared: every total is the same"]);
}
