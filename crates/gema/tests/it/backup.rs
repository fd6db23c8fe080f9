use std::{
    fs,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::Path,
};

use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::{
    cli_harness::{CliHarness, Serving},
    contains::assert_contains,
    site::{event_key, react, read, token},
};

fn reads(serving: &Serving, readers: std::ops::Range<u64>) {
    for reader in readers {
        let events = [read("a", &event_key(reader)), react("a", Some("happy"), 1)];
        assert_eq!(
            serving
                .post(&json!({ "visitor": token(reader), "events": events }))
                .0,
            200
        );
    }
}

fn number(file: &Path, sql: &str) -> i64 {
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// A database with the reads and votes of that many readers, its backup `kept.db`, and no running gema.
fn backed_up(readers: u64) -> CliHarness {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..readers);
    cli.says(&["backup", "kept.db"]);
    serving.stop();
    cli
}

#[test]
fn restore_brings_back_a_backup_of_a_running_gema() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..5);
    let before = serving.view("a")["tally"].clone();
    let said = cli.says(&["backup", "kept.db"]);
    assert!(said.contains("kept.db") && said.contains("salts"), "{said}");
    reads(&serving, 5..9);
    assert!(
        cli.fails(&["restore", "kept.db"])
            .1
            .contains("in use by another gema"),
        "not while somebody serves"
    );
    serving.stop();

    let said = cli.says(&["restore", "kept.db"]);
    assert_contains(&said, &["5 articles", "gema.db.replaced-"]);
    let replaced = said
        .lines()
        .find_map(|line| line.strip_prefix("what was there is now "))
        .unwrap();
    assert_eq!(
        number(&cli.path().join(replaced), "select count(*) from vote"),
        9,
        "the old database is kept"
    );
    let serving = cli.serves();
    assert_eq!(serving.view("a")["tally"], before);
    reads(&serving, 0..5);
    assert_eq!(
        serving.view("a")["tally"],
        before,
        "earlier reads are still deduplicated"
    );
    assert!(cli.says(&["check"]).contains("every sum holds"));
}

#[test]
fn the_database_files_are_private_from_the_start() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..1);
    let names: Vec<_> = fs::read_dir(cli.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.starts_with("gema.db") && !name.ends_with(".sock"))
        .collect();
    assert!(
        ["gema.db", "gema.db-wal", "gema.db.salts"]
            .iter()
            .all(|name| names.iter().any(|there| there == name))
    );
    for name in names {
        let mode = fs::metadata(cli.path().join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn backup_replaces_a_symlink_and_does_not_follow_it() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..1);
    let other = cli.path().join("other");
    let linked = cli.path().join("linked");
    for file in [&other, &linked] {
        fs::write(file, "of somebody else").unwrap();
    }
    std::os::unix::fs::symlink(&other, cli.path().join("kept.db.new")).unwrap();
    fs::hard_link(&linked, cli.path().join("again.db.new")).unwrap();
    cli.says(&["backup", "kept.db"]);
    let refused = cli.fails(&["backup", "again.db"]).1;
    assert!(refused.contains("not an unfinished backup"), "{refused}");
    for file in [&other, &linked] {
        assert_eq!(fs::read_to_string(file).unwrap(), "of somebody else");
    }
    assert_eq!(
        number(&cli.path().join("kept.db"), "select count(*) from vote"),
        1
    );
    serving.stop();
    std::os::unix::fs::symlink(&other, cli.path().join("gema.db.restoring")).unwrap();
    cli.says(&["restore", "kept.db"]);
    assert_eq!(fs::read_to_string(&other).unwrap(), "of somebody else");
}

#[test]
fn a_backup_is_one_private_file_without_salts() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..1);
    cli.says(&["backup", "kept.db"]);
    let file = cli.path().join("kept.db");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let beside = |name: &str| fs::exists(cli.path().join(format!("kept.db{name}"))).unwrap();
    assert!(
        !["-wal", "-shm", "-journal", ".new", ".salts"]
            .iter()
            .any(|name| beside(name))
    );
    let bytes = fs::read(&file).unwrap();
    assert_eq!(bytes[18..20], [1, 1], "it needs no log to be read");
    let salts = fs::read_to_string(cli.path().join("gema.db.salts")).unwrap();
    let salt = salts.split_whitespace().last().unwrap();
    let salt: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&salt[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    assert!(!bytes.windows(32).any(|window| window == salt));
    assert_eq!(
        number(&file, "select count(*) from seen"),
        1,
        "the deduplication digests are included"
    );
    let tables = ["vote", "vote_log", "count_log"];
    let rows = tables.map(|of| number(&file, &format!("select count(*) from {of}")));
    assert_eq!(rows, [1, 0, 0], "in no order of arrival");
}

#[test]
fn a_backup_replaces_nothing_by_accident() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    cli.says(&["backup", "kept.db"]);
    let first = fs::read(cli.path().join("kept.db")).unwrap();
    reads(&serving, 0..1);
    assert!(cli.fails(&["backup", "kept.db"]).1.contains("--force"));
    assert_eq!(fs::read(cli.path().join("kept.db")).unwrap(), first);
    for own in ["gema.db", "gema.db-wal", "gema.db.salts", "../gema.db"] {
        let own = own.replace(
            "..",
            &format!("../{}", cli.path().file_name().unwrap().to_str().unwrap()),
        );
        assert!(
            cli.fails(&["backup", &own, "--force"])
                .1
                .contains("the database itself"),
            "{own}"
        );
    }
    assert!(
        cli.fails(&["backup", "nowhere/kept.db"])
            .1
            .contains("cannot be written by the user that runs gema")
    );
    cli.says(&["backup", "kept.db", "--force"]);
    assert_eq!(
        number(&cli.path().join("kept.db"), "select count(*) from vote"),
        1
    );
    serving.stop();
    cli.says(&["backup", "kept-while-nobody-serves.db"]);
}

fn named_pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

fn is_named_pipe(path: &Path) -> bool {
    fs::symlink_metadata(path).unwrap().file_type().is_fifo()
}

#[test]
fn a_backup_replaces_only_a_backup_even_with_force() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..1);
    cli.says(&["backup", "kept.db"]);
    let there = |name: &str| cli.path().join(name);
    named_pipe(&there("pipe"));
    std::os::unix::fs::symlink(there("kept.db"), there("link.db")).unwrap();
    fs::create_dir(there("directory")).unwrap();
    for name in ["pipe", "link.db", "directory"] {
        let why = cli.fails(&["backup", name, "--force"]).1;
        assert!(why.contains("not a regular file"), "{name}: {why}");
    }
    assert!(is_named_pipe(&there("pipe")));
    assert!(fs::symlink_metadata(there("link.db")).unwrap().is_symlink());

    fs::write(there("mine.toml"), "[sites]").unwrap();
    let foreign = "create table t (x); pragma application_id = 1";
    Connection::open(there("foreign.db"))
        .unwrap()
        .execute_batch(foreign)
        .unwrap();
    for name in ["mine.toml", "foreign.db"] {
        let before = fs::read(there(name)).unwrap();
        let why = cli.fails(&["backup", name, "--force"]).1;
        assert!(why.contains("not a backup of gema"), "{name}: {why}");
        assert_eq!(fs::read(there(name)).unwrap(), before);
    }
    fs::write(there("empty"), "").unwrap();
    for name in ["empty", "kept.db"] {
        cli.says(&["backup", name, "--force"]);
        assert_eq!(number(&there(name), "select count(*) from vote"), 1);
    }
}

#[test]
fn a_backup_removes_no_file_that_has_its_temporary_name() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    reads(&serving, 0..1);
    let there = |name: &str| cli.path().join(name);
    named_pipe(&there("pipe.new"));
    fs::write(there("report.new"), "mine").unwrap();
    for name in ["pipe", "report"] {
        let why = cli.fails(&["backup", name]).1;
        assert!(why.contains("not an unfinished backup"), "{why}");
    }
    assert!(is_named_pipe(&there("pipe.new")));
    assert_eq!(fs::read_to_string(there("report.new")).unwrap(), "mine");
    fs::write(there("killed.new"), [0; 4096]).unwrap();
    cli.says(&["backup", "killed"]);
    assert_eq!(number(&there("killed"), "select count(*) from vote"), 1);
}

#[test]
fn a_database_is_a_regular_file_and_restore_keeps_a_link_to_it() {
    let cli = backed_up(2);
    let there = |name: &str| cli.path().join(name);
    named_pipe(&there("pipe"));
    for args in [
        &["restore", "kept.db", "--database", "pipe"][..],
        &["check", "--database", "pipe"],
    ] {
        let why = cli.fails(args).1;
        assert!(why.contains("not a regular file"), "{why}");
    }
    assert!(is_named_pipe(&there("pipe")));
    assert!(!fs::exists(there("pipe.lock")).unwrap());

    fs::create_dir(there("disk")).unwrap();
    fs::rename(there("gema.db"), there("disk/gema.db")).unwrap();
    std::os::unix::fs::symlink("disk/gema.db", there("linked.db")).unwrap();
    let said = cli.says(&["restore", "kept.db", "--database", "linked.db"]);
    assert!(said.contains("disk/gema.db.replaced-"), "{said}");
    assert!(
        fs::symlink_metadata(there("linked.db"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        number(&there("disk/gema.db"), "select count(*) from vote"),
        2
    );
}

#[test]
fn the_manual_is_not_written_through_a_link() {
    let cli = CliHarness::new();
    let there = |name: &str| cli.path().join(name);
    fs::create_dir(there("pages")).unwrap();
    fs::write(there("mine"), "mine").unwrap();
    std::os::unix::fs::symlink(there("mine"), there("pages/gema-check.1")).unwrap();
    let why = cli.fails(&["man", "pages"]).1;
    assert!(why.contains("gema-check.1 is not a regular file"), "{why}");
    assert_eq!(fs::read_to_string(there("mine")).unwrap(), "mine");
    fs::remove_file(there("pages/gema-check.1")).unwrap();
    cli.says(&["man", "pages"]);
    cli.says(&["man", "pages"]);
}

#[test]
fn newer_foreign_and_damaged_backups_are_not_restored() {
    let cli = backed_up(3);
    let path = |name: &str| cli.path().join(name);
    let sound = fs::read(path("kept.db")).unwrap();
    let with = |name: &str, sql: &str| {
        fs::write(path(name), &sound).unwrap();
        Connection::open(path(name))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    };
    with("newer.db", "pragma user_version = 99");
    with("other.db", "pragma application_id = 7");
    with("wrong.db", "delete from vote");
    fs::write(path("empty.db"), "").unwrap();
    fs::write(
        path("letter.db"),
        "a letter, longer than a database's first hundred bytes ".repeat(9),
    )
    .unwrap();
    let mut damaged = sound.clone();
    damaged[4096..8192].fill(0xa5);
    fs::write(path("damaged.db"), damaged).unwrap();
    let before = fs::read(path("gema.db")).unwrap();
    for (name, word) in [
        ("newer.db", "newer"),
        ("other.db", "not a database of gema"),
        ("wrong.db", "cannot be trusted"),
        ("empty.db", "not a database of gema"),
        ("letter.db", "not a database of gema"),
        ("damaged.db", ""),
        ("nowhere.db", "cannot be used"),
    ] {
        let (says, why) = cli.fails(&["restore", name]);
        assert!(
            why.contains(word) && why.contains("gema.db is as it was"),
            "{name}: {why}"
        );
        assert_eq!(
            says.contains("there are 0 votes"),
            name == "wrong.db",
            "{says}"
        );
        assert_eq!(fs::read(path("gema.db")).unwrap(), before, "{name}");
    }
    let left: Vec<_> = fs::read_dir(cli.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    let left = left
        .iter()
        .filter(|name| name.to_string_lossy().contains("re"))
        .count();
    assert_eq!(left, 0, "nothing is left of the attempts");
}

#[test]
fn restore_refuses_a_backup_with_a_changed_schema() {
    let cli = backed_up(3);
    let path = |name: &str| cli.path().join(name);
    let sound = fs::read(path("kept.db")).unwrap();
    let before = fs::read(path("gema.db")).unwrap();
    let trigger = "create trigger t after update on article begin delete from vote; end";
    for (sql, named) in [
        (trigger, "trigger `t` is not gema's"),
        (
            "create trigger sqlite9stat after update on article begin select 1; end",
            "trigger `sqlite9stat` is not gema's",
        ),
        (
            "create view v as select * from secret",
            "view `v` is not gema's",
        ),
        (
            "create table more (a text) strict",
            "table `more` is not gema's",
        ),
        (
            "create index i on vote (abs(seq))",
            "index `i` is not gema's",
        ),
        (
            "create unique index day_by_days on day (day, article, metric)",
            "index `day_by_days` is not gema's",
        ),
        (
            "drop index day_by_article",
            "index `day_by_article` is missing",
        ),
        (
            "drop index day_by_article; create index day_by_article on day (article)",
            "index `day_by_article` is another",
        ),
        (
            "alter table article add column more text as (hex(key))",
            "table `article` is another",
        ),
        (
            "alter table vote add column more integer check (more is null)",
            "table `vote` is another",
        ),
        (
            "alter table seen rename column marks to digests",
            "table `seen` is another",
        ),
        // A schema of an older version, with a trigger that the migration would fire.
        (
            &format!("{trigger}; pragma user_version = 2"),
            "trigger `t` is not gema's",
        ),
        (
            "create trigger \"\u{1b}[2J\" after update on article begin select 1; end",
            "`\\u{1b}[2J`",
        ),
    ] {
        fs::write(path("changed.db"), &sound).unwrap();
        Connection::open(path("changed.db"))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        let (_, why) = cli.fails(&["restore", "changed.db"]);
        assert!(
            why.contains(named) && why.contains("gema.db is as it was"),
            "{sql}: {why}"
        );
        assert_eq!(fs::read(path("gema.db")).unwrap(), before, "{sql}");
    }
    fs::write(path("analysed.db"), &sound).unwrap();
    Connection::open(path("analysed.db"))
        .unwrap()
        .execute_batch("analyze; vacuum")
        .unwrap();
    assert!(
        cli.says(&["restore", "analysed.db"])
            .contains("restored gema.db")
    );
}

#[test]
fn an_articles_copy_in_a_backup_is_cleaned_like_one_that_is_put() {
    let cli = CliHarness::new();
    cli.puts(&["a", "b", "c"]);
    cli.says(&["backup", "kept.db"]);
    let conn = Connection::open(cli.path().join("kept.db")).unwrap();
    let of = |key| format!("where article = (select id from article where key = '{key}')");
    let hostile = "<p>Isi</p><img src=x onerror=alert(1)>";
    conn.execute(&format!("update copy set html = ?1 {}", of("a")), [hostile])
        .unwrap();
    conn.execute(
        &format!("update copy set url = 'javascript:alert(1)' {}", of("b")),
        [],
    )
    .unwrap();
    conn.close().unwrap();
    let said = cli.says(&["restore", "kept.db"]);
    assert_contains(
        &said,
        &[
            "cleaned: demo a: ",
            "skipped: demo b: its copy was left out: url",
        ],
    );
    assert!(!said.contains("demo c"), "{said}");
    let html = Connection::open(cli.path().join("gema.db"))
        .unwrap()
        .query_row(&format!("select html from copy {}", of("a")), [], |row| {
            row.get::<_, String>(0)
        });
    assert_eq!(html.unwrap(), "<p>Isi</p><img src=\"x\">");
    let shown = cli.article(&["show", "--article", "b"]);
    assert!(
        !shown.contains("title") && shown.contains('7'),
        "its counts are there: {shown}"
    );
    assert!(cli.says(&["check"]).contains("every sum holds"));
}

#[test]
fn restore_keeps_a_killed_gemas_wal_with_the_old_database() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    cli.says(&["backup", "kept.db"]);
    reads(&serving, 0..4);
    serving.dies();
    assert!(fs::metadata(cli.path().join("gema.db-wal")).unwrap().len() > 0);
    let said = cli.says(&["restore", "kept.db"]);
    let replaced = said
        .lines()
        .find_map(|line| line.strip_prefix("what was there is now "))
        .unwrap();
    let replaced = cli.path().join(replaced);
    assert_eq!(
        Connection::open(replaced).unwrap().query_row(
            "select sum(length(votes)) / 34 from vote_log",
            [],
            |row| row.get(0)
        ),
        Ok(4)
    );
    let serving = cli.serves();
    assert_eq!(
        serving.view("a")["tally"]["rev"],
        0,
        "and not with the new one"
    );
}

#[test]
fn a_backup_is_restored_where_there_is_no_database_yet() {
    let cli = backed_up(2);
    let said = cli.says(&["restore", "kept.db", "--database", "elsewhere.db"]);
    assert!(!said.contains("what was there"), "{said}");
    assert!(
        cli.says(&["check", "--database", "elsewhere.db"])
            .contains("every sum holds")
    );
}

#[test]
fn a_backups_schema_controls_no_terminal() {
    let cli = CliHarness::new();
    cli.serves().stop();
    cli.says(&["backup", "hostile.db"]);
    let hostile = "pragma writable_schema = on; insert into sqlite_schema values \
                   ('table', char(27) || ']0;owned' || char(7, 27) || '[2J', 'x', 0, 'create table');";
    Connection::open(cli.path().join("hostile.db"))
        .unwrap()
        .execute_batch(hostile)
        .unwrap();
    let (says, why) = cli.fails(&["restore", "hostile.db"]);
    assert_contains(&why, &["malformed database schema (\\u{1b}]0;owned\\u{7}"]);
    let (more, opened) = cli.fails(&["check", "--database", "hostile.db"]);
    assert_contains(
        &opened,
        &["malformed database schema (\\u{1b}]0;owned\\u{7}"],
    );
    let controls = |text: &str| text.chars().any(|one| one.is_control() && one != '\n');
    assert!(![says, why, more, opened].iter().any(|text| controls(text)));
}

#[test]
fn two_restores_in_one_second_keep_both_replaced_databases() {
    let cli = CliHarness::new();
    cli.serves().stop();
    cli.says(&["backup", "kept.db"]);
    // Several restores, so that some begin in the same second.
    let replaced: std::collections::BTreeSet<_> = (0..6)
        .map(|_| {
            let said = cli.says(&["restore", "kept.db"]);
            said.lines()
                .find_map(|line| line.strip_prefix("what was there is now "))
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(replaced.len(), 6);
    assert!(
        replaced.iter().any(|name| name.ends_with("Z-2")),
        "{replaced:?}"
    );
    assert!(replaced.iter().all(|name| cli.path().join(name).is_file()));
}

#[test]
fn restore_refuses_anything_but_a_regular_file() {
    let cli = CliHarness::new();
    cli.serves().stop();
    let made = std::process::Command::new("mkfifo")
        .arg(cli.path().join("pipe.db"))
        .status()
        .unwrap();
    assert!(made.success());
    for name in ["pipe.db", "."] {
        // A timeout would have another exit status.
        let output = cli
            .command(
                "timeout",
                &["20", crate::cli_harness::GEMA, "restore", name],
            )
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(1) && why.contains("not a regular file"),
            "{name}: {why}"
        );
    }
}
