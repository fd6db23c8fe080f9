use std::fs;

use rusqlite::Connection;
use serde_json::json;

use crate::{
    desk::Desk,
    site::{event_key, react, read, token},
};

/// A desk whose database has counts of each kind, in two articles.
fn desk_with_counts() -> Desk {
    let desk = Desk::new();
    let serving = desk.serves();
    for reader in 1..=3 {
        let events = [react("a", Some("happy"), 1), read("a", &event_key(reader)), read("b", &event_key(reader))];
        assert_eq!(serving.post(&json!({ "visitor": token(reader), "events": events })).0, 200);
    }
    serving.stop();
    desk
}

fn tamper(desk: &Desk, sql: &str) {
    Connection::open(desk.path().join("gema.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_sound_database_passes_beside_a_running_gema_and_without_one() {
    let desk = desk_with_counts();
    let sound = "6 articles: every sum holds, and the file is sound\n";
    assert_eq!(desk.says(&["check"]), sound, "the demo's four, and two");
    let serving = desk.serves();
    assert_eq!(desk.says(&["check"]), sound);
    let missing = desk.gema(&["check", "--database", "other.db"]).output().unwrap();
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("no database other.db"));
    assert!(!serving.get("/admin/check").contains(" 200 "), "nobody in public may ask");
}

#[test]
fn what_differs_is_named_article_by_article() {
    let desk = desk_with_counts();
    let article = |key| format!("(select id from article where key = '{key}')");
    let metric = |name| format!("(select id from metric where name = '{name}')");
    let (a, happy) = (article("a"), metric("reaction:happy"));
    tamper(&desk, &format!("delete from vote where voter = (select min(voter) from vote where article = {a})"));
    tamper(&desk, "update article set counts = json_set(counts, '$[0][1]', 9) where key = 'b'");
    tamper(&desk, &format!("update day set change = 2 where article = {a} and metric = {happy}"));
    let (says, why) = desk.fails(&["check"]);
    let expected = "\
demo a
  reaction:happy: 3 counted, but its days add up to 2
  reaction:happy: 3 counted, but there are 2 votes
demo b
  reads: 9 counted, but its days add up to 3
";
    assert_eq!(says, expected);
    assert!(why.contains("3 found wrong") && why.contains("gema restore"), "{why}");
}

#[test]
fn memory_that_says_something_else_than_the_disk_is_found() {
    let desk = desk_with_counts();
    let serving = desk.serves();
    tamper(&desk, "update article set counts = json_set(counts, '$[0][2]', 5) where key = 'b'");
    tamper(&desk, "insert into article (site, key, rev, created) values (1, 'c', 1, 0)");
    let (says, _) = desk.fails(&["check"]);
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
    let desk = desk_with_counts();
    let file = desk.path().join("gema.db");
    let page: u32 = Connection::open(&file)
        .unwrap()
        .query_row("select rootpage from sqlite_schema where name = 'vote'", [], |row| row.get(0))
        .unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[(page as usize - 1) * 4096..][..200].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let (says, why) = desk.fails(&["check"]);
    assert!(says.starts_with("the file\n") && why.contains("gema restore"), "{says}{why}");
}
