use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::Connection;
use store::{Changes, Removal, Store};
use store_contract::{TODAY, changes, react, read, site, steps::apply};
use tempfile::TempDir;
use visitor::Day;
use wire::SiteId;

use crate::{
    reopened::opened,
    site::{article, token},
};

/// A mark of a read, or the digest of a voter.
type Blob = Vec<u8>;

/// Bytes of a mark.
const MARK: usize = 8;

/// A database in a directory of its own, whose bytes are searched.
struct DatabaseFiles(TempDir);

impl DatabaseFiles {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("gema.db")
    }

    fn open(&self) -> Arc<dyn Store> {
        opened(&self.path())
    }

    /// The result of a query in a second connection.
    fn blobs(&self, sql: &str) -> HashSet<Blob> {
        let conn = Connection::open(self.path()).unwrap();
        let mut select = conn.prepare(sql).unwrap();
        select
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    /// The marks of the reads of the oldest window.
    fn seen(&self) -> HashSet<Blob> {
        let rows =
            self.blobs("select marks from seen where window = (select min(window) from seen)");
        rows.iter()
            .flat_map(|marks| marks.chunks(MARK).map(<[u8]>::to_vec))
            .collect()
    }

    /// How many of these each file contains. SQLite overwrites deleted rows; but where a page was split, a copy of a
    /// moved row may remain in the page's unused part until that is used again.
    fn hold(&self, blobs: &HashSet<Blob>) -> Vec<(PathBuf, usize)> {
        let length = blobs.iter().map(Vec::len).max().unwrap_or(MARK);
        let found = |path: &Path| {
            let bytes = fs::read(path).unwrap();
            bytes
                .windows(length)
                .filter(|window| blobs.contains(*window))
                .collect::<HashSet<_>>()
                .len()
        };
        let paths = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        paths
            .map(|path| (path.clone(), found(&path)))
            .filter(|(_, many)| *many > 0)
            .collect()
    }

    /// Whether at most one in a hundred is left, and only in the database file itself.
    fn holds_but_leftovers_of(&self, blobs: &HashSet<Blob>) -> bool {
        let left = self.hold(blobs);
        println!("left of {}: {left:?}", blobs.len());
        left.iter()
            .all(|(path, many)| *path == self.path() && many * 100 <= blobs.len())
    }

    fn salts(&self) -> String {
        fs::read_to_string(self.0.path().join("gema.db.salts")).unwrap()
    }
}

fn day(passed: i32) -> Day {
    Day::new(TODAY.get() + passed)
}

/// Adds the reads with these numbers to a site's twenty articles, on that day.
async fn reads(store: &Arc<dyn Store>, site: &SiteId, on: Day, numbers: std::ops::Range<u64>) {
    let all: Vec<_> = numbers
        .map(|number| read(&format!("article-{}", number % 20), number))
        .collect();
    for batch in all.chunks(50) {
        let batch = Changes {
            site: site.clone(),
            day: on,
            ..changes(1, batch)
        };
        apply(store, batch).await;
    }
}

#[tokio::test]
async fn digests_of_an_ended_window_are_in_no_file() {
    let files = DatabaseFiles::new();
    let store = files.open();
    reads(&store, &site(), day(0), 0..3000).await;
    let seen = files.seen();
    let salt = files.salts();
    assert_eq!(seen.len(), 3000);
    assert!(
        !files.hold(&seen).is_empty(),
        "the search finds what is there"
    );
    reads(&store, &site(), day(1), 3000..5000).await;
    assert!(
        !files.hold(&seen).is_empty() && files.salts().contains(salt.trim()),
        "two windows are live"
    );
    reads(&store, &site(), day(2), 5000..6000).await;
    store.clean_up(&[site()], day(2)).await.unwrap();
    assert_eq!(files.hold(&seen), []);
    assert!(!files.salts().contains(salt.trim()));
}

/// Length of a record of the log of votes.
const RECORD: usize = 34;

impl DatabaseFiles {
    /// The voters in an article, with the `seq` of each vote: from the log and from the table.
    fn voters(&self, article: &str) -> Vec<(i64, Blob)> {
        let of = format!("(select id from article where key = '{article}')");
        let conn = Connection::open(self.path()).unwrap();
        let id: i64 = conn
            .query_row(&format!("select {of}"), [], |row| row.get(0))
            .unwrap();
        let mut select = conn
            .prepare(&format!("select seq, voter from vote where article = {of}"))
            .unwrap();
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let mut voters: Vec<(i64, Blob)> = rows.unwrap().map(Result::unwrap).collect();
        for row in self.blobs("select votes from vote_log") {
            let records = row
                .chunks(RECORD)
                .filter(|record| record[..8] == id.to_be_bytes());
            voters.extend(records.map(|record| {
                let seq = i64::from_be_bytes(record[24..32].try_into().unwrap());
                (seq, record[8..24].to_vec())
            }));
        }
        voters
    }

    fn logged(&self) -> usize {
        self.blobs("select votes from vote_log").len()
    }
}

#[tokio::test]
async fn votes_that_were_taken_back_or_removed_are_in_no_file() {
    for is_logged in [true, false] {
        taken_back_or_removed_are_in_no_file(is_logged).await;
    }
}

/// `is_logged`: from the log, or else from the table.
async fn taken_back_or_removed_are_in_no_file(is_logged: bool) {
    let files = DatabaseFiles::new();
    let store = files.open();
    for reader in 0..1500 {
        let vote = react("a", Some("happy"), 1 + reader);
        let again = react("b", Some("sad"), 1);
        apply(&store, changes(reader, [vote, again])).await;
    }
    if !is_logged {
        store.clean_up(&[site()], TODAY).await.unwrap();
    }
    assert_eq!(files.logged() > 0, is_logged);
    let voters = |article, seq| -> HashSet<Blob> {
        let all = files.voters(article).into_iter();
        all.filter(|(of, _)| *of <= seq)
            .map(|(_, voter)| voter)
            .collect()
    };
    let taken_back = voters("a", 500);
    let removed = voters("b", 1);
    assert_eq!((taken_back.len(), removed.len()), (500, 1500));
    for reader in 0..500 {
        store
            .erase_visitor(&site(), TODAY, &token(reader), &[article("a")])
            .await
            .unwrap();
    }
    assert!(
        store
            .remove_article(&site(), &article("b"), Removal::Everything)
            .await
            .unwrap()
    );
    store.clean_up(&[site()], TODAY).await.unwrap();
    assert!(files.holds_but_leftovers_of(&taken_back) && files.holds_but_leftovers_of(&removed));
    assert!(
        !files.hold(&voters("a", 1500)).is_empty(),
        "the others are still there"
    );
}

#[tokio::test]
async fn after_a_clean_up_no_file_tells_in_which_order_votes_came() {
    let files = DatabaseFiles::new();
    let store = files.open();
    // The first one empties the WAL in any case.
    store.clean_up(&[site()], TODAY).await.unwrap();
    for reader in 0..300 {
        apply(&store, changes(reader, [react("a", Some("happy"), 1)])).await;
    }
    // The first bytes of each record. A row of the table has the article in another form.
    let voters = files.voters("a").into_iter();
    let logged: HashSet<Blob> = voters
        .map(|(_, voter)| [&1_i64.to_be_bytes()[..], &voter[..]].concat())
        .collect();
    assert_eq!(logged.len(), 300);
    assert!(!files.hold(&logged).is_empty());
    store.clean_up(&[site()], TODAY).await.unwrap();
    assert!(files.holds_but_leftovers_of(&logged));
}

/// The words between backticks.
fn code(text: &str) -> BTreeSet<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_field_that_is_stored_is_documented() {
    let files = DatabaseFiles::new();
    drop(files.open());
    let conn = Connection::open(files.path()).unwrap();
    let mut select = conn
        .prepare(
            "select t.name, c.name from sqlite_schema t, pragma_table_xinfo(t.name) c \
             where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'",
        )
        .unwrap();
    let mut schema = BTreeMap::<String, BTreeSet<String>>::new();
    for row in select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
    {
        let (table, field): (String, String) = row.unwrap();
        schema.entry(table).or_default().insert(field);
    }
    let privacy = include_str!("../../../../../docs/privacy.md");
    let (_, section) = privacy.split_once("## In the endpoint's database").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split(" | ").collect::<Vec<_>>());
    let documented: BTreeMap<_, _> = rows
        .map(|cells| (code(cells[0]).pop_first().unwrap(), code(cells[1])))
        .collect();
    assert_eq!(schema, documented);
}

#[tokio::test]
async fn another_programs_read_delays_erasure_only_until_its_end() {
    let files = DatabaseFiles::new();
    let store = files.open();
    reads(&store, &site(), day(0), 0..100).await;
    let seen = files.seen();
    let other = Connection::open(files.path()).unwrap();
    other
        .execute_batch("begin; select count(*) from seen;")
        .unwrap();
    let reading = other
        .query_row("select count(*) from seen", [], |row| row.get::<_, i64>(0))
        .unwrap();
    assert_eq!(reading, 2, "a row for each batch");
    store.start_window(&site(), day(2)).await.unwrap();
    store.clean_up(&[site()], day(2)).await.unwrap();
    reads(&store, &site(), day(2), 100..101).await;
    assert!(!files.hold(&seen).is_empty(), "it still reads");
    drop(other);
    store.clean_up(&[site()], day(2)).await.unwrap();
    assert_eq!(files.hold(&seen), []);
}

#[tokio::test]
async fn a_start_deletes_digests_that_a_kill_left_without_their_salt() {
    let killed = DatabaseFiles::new();
    let later = DatabaseFiles::new();
    let store = killed.open();
    reads(&store, &site(), day(0), 0..100).await;
    drop(store);
    // The salts were rotated on disk, but the database was not updated, and the next rotation has begun.
    fs::copy(killed.path(), later.path()).unwrap();
    let store = killed.open();
    store.start_window(&site(), day(2)).await.unwrap();
    let salts =
        |files: &DatabaseFiles, ending: &str| files.0.path().join(format!("gema.db.salts{ending}"));
    fs::copy(salts(&killed, ""), salts(&later, "")).unwrap();
    fs::write(salts(&later, ".new"), killed.salts()).unwrap();

    let seen = later.seen();
    assert_eq!(seen.len(), 100);
    let store = later.open();
    assert!(!salts(&later, ".new").exists());
    store.start_window(&site(), day(2)).await.unwrap();
    store.clean_up(&[site()], day(2)).await.unwrap();
    assert_eq!(later.hold(&seen), []);
}

#[tokio::test]
async fn digests_of_an_unserved_site_are_deleted_on_time() {
    let files = DatabaseFiles::new();
    let gone = SiteId::parse("gone").unwrap();
    let store = files.open();
    reads(&store, &gone, day(0), 0..100).await;
    reads(&store, &site(), day(0), 100..200).await;
    let seen = files.seen();
    for passed in [1, 2] {
        store.start_window(&site(), day(passed)).await.unwrap();
        store.clean_up(&[site()], day(passed)).await.unwrap();
        assert_eq!(
            files.salts().contains("gone"),
            passed == 1,
            "after {passed} days"
        );
    }
    assert_eq!(files.hold(&seen), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wal_is_emptied_while_pages_are_computed() {
    let files = DatabaseFiles::new();
    let store = files.open();
    let wal = || fs::metadata(files.path().with_extension("db-wal")).map_or(0, |wal| wal.len());
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                loop {
                    let slow = Arc::new(|_: &store::PeriodSums| {
                        std::thread::sleep(Duration::from_millis(50));
                        Vec::new()
                    });
                    let days = store::Days::until(TODAY, 7);
                    store
                        .period(&site(), None, days, Duration::ZERO, slow)
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for round in 0..5 {
        apply(
            &store,
            changes(round, [react("a", Some("sad"), 1), read("a", round)]),
        )
        .await;
        assert!(wal() > 0);
        store
            .remove_article(&site(), &article("a"), Removal::Everything)
            .await
            .unwrap();
        store.clean_up(&[site()], TODAY).await.unwrap();
        assert_eq!(wal(), 0, "round {round}");
    }
    readers.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_closed_into_one_file_while_a_page_is_computed() {
    let files = DatabaseFiles::new();
    let store = files.open();
    apply(&store, changes(0, [react("a", Some("sad"), 1)])).await;
    let (begun, has_begun) = std::sync::mpsc::channel();
    let page = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let slow = Arc::new(move |_: &store::PeriodSums| {
                let _ = begun.send(());
                std::thread::sleep(Duration::from_millis(500));
                Vec::new()
            });
            let days = store::Days::until(TODAY, 7);
            store
                .period(&site(), None, days, Duration::ZERO, slow)
                .await
        })
    };
    has_begun.recv().unwrap();
    // The viewer has left.
    page.abort();
    drop(page.await);
    drop(store);
    assert!(!files.path().with_extension("db-wal").exists());
}
