use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use metrics::{Kind, Reason};
use rusqlite::Connection;
use store::{
    OpenError, REFUSED_KEPT_DAYS, Refused, RefusedByProcess, Store, StoreError,
    export_format::MAX_ALIASES,
};
use store_contract::{
    Engine, TODAY, changes, contract, hostile_imports, import_export, react, read, share, site,
    steps::{apply, on, tally},
};
use tempfile::TempDir;
use visitor::{Day, DedupKey, HashKey, dedup_digest};

use crate::{
    reopened::opened,
    site::{article, event_key, token},
};

contract!(Sqlite);

/// A database file in a temporary directory.
pub(super) struct Sqlite(TempDir);

impl Sqlite {
    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("gema.db")
    }

    /// The number that a query returns from the closed database.
    pub(super) fn number(&self, sql: &str) -> i64 {
        Connection::open(self.path())
            .unwrap()
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    }
}

impl Engine for Sqlite {
    const COST: u32 = 1;

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Arc<dyn Store> {
        opened(&self.path())
    }

    fn check(&self) {
        let count = "with count as (select a.id article, value ->> 0 metric, value ->> 1 counted
             from article a, json_each(a.counts))";
        let wrong_reactions = "select count(*) from count c join metric m on m.id = c.metric
             where m.name like 'reaction:%' and c.counted <>
                 (select count(*) from vote v where v.article = c.article and v.reaction = c.metric)";
        let wrong_days = "select count(*) from count c where c.counted <>
             coalesce((select sum(change) from day d where d.article = c.article and d.metric = c.metric), 0)";
        let uncounted = "select count(*) from vote v where v.reaction is not null and not exists
             (select 1 from count c where c.article = v.article and c.metric = v.reaction)";
        let wrong_hours = "select count(*) from
             (select sum(change) total from (select site, day, metric, change from day
              union all select site, day, metric, -change from hour) group by site, day, metric) where total <> 0";
        // No article of a test is older than eight days, so hours of all of them are stored.
        let wrong_article_hours = "select count(*) from
             (select sum(change) total from (select site, day, hour, metric, change from article_hour
              union all select site, day, hour, metric, -change from hour where hour < 24)
              where hour < 24 group by site, day, hour, metric) where total <> 0
             and not exists (select 1 from article_hours_from)";
        for wrong in [
            wrong_reactions,
            wrong_days,
            uncounted,
            wrong_hours,
            wrong_article_hours,
        ] {
            assert_eq!(self.number(&format!("{count} {wrong}")), 0, "{wrong}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_with_many_aliases_takes_time_in_proportion() {
    let keys: Vec<_> = (0..MAX_ALIASES)
        .map(|number| format!("alias-{number}"))
        .collect();
    let aliases: Vec<_> = keys.iter().map(String::as_str).collect();
    let engine = Sqlite::new();
    let store = engine.open();
    let export = hostile_imports::file(&[hostile_imports::article_line("a", 1, &aliases)]);
    let began = Instant::now();
    let report = import_export::import(&store, &export).await.unwrap();
    // In quadratic time it takes minutes, and readers' events wait meanwhile.
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    assert_eq!((report.new, report.skipped), (1, vec![]));
    let last = article(aliases[MAX_ALIASES - 1]);
    let target = store.alias_target(&site(), &last).await.unwrap();
    assert_eq!(target, Some(article("a")));
}

#[tokio::test]
async fn refusal_counts_are_deleted_and_restarts_add_no_rows() {
    let engine = Sqlite::new();
    let bots = Refused {
        kind: Kind::Read,
        reason: Reason::Bot,
        count: 2,
    };
    let store = engine.open();
    let note = async |day: i32, process| {
        let refused = vec![bots];
        let by = RefusedByProcess {
            process,
            refused,
            ..RefusedByProcess::default()
        };
        store
            .note_refused(&site(), Day::new(day), by)
            .await
            .unwrap();
    };
    let today = TODAY.get();
    for process in 1..=9 {
        note(today, process).await;
    }
    note(today + REFUSED_KEPT_DAYS, 9).await;
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![Refused { count: 18, ..bots }])
    );
    note(today + REFUSED_KEPT_DAYS + 1, 9).await;
    assert_eq!(store.refused(&site(), TODAY).await, Ok(Vec::new()));
    drop(store);
    assert_eq!(engine.number("select count(*) from refused"), 2);
    let store = engine.open();
    for process in 10..=19 {
        let refused = vec![bots];
        let by = RefusedByProcess {
            process,
            refused,
            ..RefusedByProcess::default()
        };
        store.note_refused(&site(), TODAY, by).await.unwrap();
    }
    drop(store);
    let rows = format!("select count(*) from refused where day = {today}");
    assert_eq!(engine.number(&rows), 2, "one for those that have ended");
}

#[test]
fn a_file_has_one_owner() {
    let engine = Sqlite::new();
    let first = engine.open();
    let second = engines::open(engine.path().to_str().unwrap())
        .err()
        .unwrap();
    assert!(matches!(second, OpenError::InUse), "{second}");
    assert!(second.to_string().contains("in use"));
    drop(first);
    engine.open();
}

#[test]
fn foreign_and_newer_databases_are_not_opened() {
    let engine = Sqlite::new();
    drop(engine.open());
    Connection::open(engine.path())
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let newer = engines::open(engine.path().to_str().unwrap())
        .err()
        .unwrap();
    assert!(
        matches!(newer, OpenError::Newer { found: 99, .. }) && newer.to_string().contains("newer"),
        "{newer}"
    );

    let other = Sqlite::new();
    Connection::open(other.path())
        .unwrap()
        .execute_batch("create table users (name)")
        .unwrap();
    assert!(matches!(
        engines::open(other.path().to_str().unwrap()).err().unwrap(),
        OpenError::NotOurs
    ));
    assert_eq!(other.number("select count(*) from sqlite_schema"), 1);
    fs::write(
        other.path(),
        "a letter, certainly longer than the hundred bytes that a database begins with: "
            .repeat(20),
    )
    .unwrap();
    assert!(matches!(
        engines::open(other.path().to_str().unwrap()).err().unwrap(),
        OpenError::NotOurs
    ));
}

#[test]
fn the_scheme_is_the_choice_of_engine() {
    let engine = Sqlite::new();
    drop(engines::open(&format!("sqlite:{}", engine.path().display())).unwrap());
    assert!(engine.path().exists());
    let unknown = engines::open("mysql://localhost/gema").err().unwrap();
    assert!(unknown.to_string().contains("sqlite:PATH"), "{unknown}");
}

/// The windows whose reads are still stored.
fn windows(engine: &Sqlite) -> Vec<i64> {
    let conn = Connection::open(engine.path()).unwrap();
    let mut select = conn
        .prepare("select distinct window from seen order by window")
        .unwrap();
    select
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

#[tokio::test]
async fn digests_are_deleted_with_their_salt_and_salts_are_private() {
    let engine = Sqlite::new();
    let day = TODAY.get();
    let salts = engine.0.path().join("gema.db.salts");
    let mut lines = Vec::new();
    for passed in [0, 1, 2] {
        let store = engine.open();
        let batch = changes(1, [read("a", 1), share("a", "copy", 1)]);
        apply(&store, on(Day::new(day + passed), batch)).await;
        drop(store);
        lines.push(fs::read_to_string(&salts).unwrap());
    }
    // The first day's salt is kept on the second day, and is gone on the third.
    assert_eq!(windows(&engine), [i64::from(day + 2)]);
    assert_eq!(
        lines
            .iter()
            .map(|text| text.lines().count())
            .collect::<Vec<_>>(),
        [1, 2, 2]
    );
    assert!(
        !lines[2].contains(lines[0].trim()),
        "the first day's salt is gone"
    );

    // No requests for days: the passage of time is enough.
    let store = engine.open();
    store
        .start_window(&site(), Day::new(day + 9))
        .await
        .unwrap();
    drop(store);
    assert!(windows(&engine).is_empty());
    assert_eq!(fs::read_to_string(&salts).unwrap().lines().count(), 1);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&salts).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test]
async fn a_removed_salt_file_is_written_again() {
    let engine = Sqlite::new();
    let store = engine.open();
    store.start_window(&site(), TODAY).await.unwrap();
    let file = engine.path().with_file_name("gema.db.salts");
    let salts = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    store.clean_up(&[site()], TODAY).await.unwrap();
    assert_eq!(fs::read(&file).unwrap(), salts);
}

#[tokio::test]
async fn neither_tokens_nor_keys_are_on_disk() {
    let engine = Sqlite::new();
    let store = engine.open();
    apply(
        &store,
        changes(7, [read("a", 8), react("a", Some("happy"), 1)]),
    )
    .await;
    let files = |dir: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        let paths = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        paths
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    };
    let open = files(engine.0.path());
    drop(store);
    let secrets = [token(7).to_string(), event_key(8).to_string()];
    let mut happy = 0;
    for (path, bytes) in open.into_iter().chain(files(engine.0.path())) {
        let has = |text: &str| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        assert!(
            !secrets.iter().any(|secret| has(secret)),
            "{}",
            path.display()
        );
        happy += usize::from(has("reaction:happy"));
    }
    assert!(
        happy >= 2,
        "the search finds what is there, in the log and in the file"
    );
}

#[tokio::test]
async fn a_failure_applies_nothing_and_passes_without_a_restart() {
    let engine = Sqlite::new();
    let store = engine.open();
    apply(
        &store,
        changes(1, [read("a", 1), react("a", Some("happy"), 1)]),
    )
    .await;

    // A directory in the place of the new salts file makes writing it fail.
    let in_the_way = engine.0.path().join("gema.db.salts.new");
    fs::create_dir(&in_the_way).unwrap();
    let tomorrow = Day::new(TODAY.get() + 1);
    let batch = on(
        tomorrow,
        changes(2, [read("a", 2), react("new", Some("sad"), 1)]),
    );
    let site = site();
    let reader = token(1);
    let articles = [article("a")];
    for seq in 2..20 {
        // Writes that share a transaction with a failing one fail too; others succeed.
        let vote = changes(1, [react("a", Some("happy"), seq)]);
        let forget = store.erase_visitor(&site, TODAY, &reader, &articles);
        let (forgotten, failed) = tokio::join!(forget, store.apply(batch.clone()));
        assert_eq!(failed, Err(StoreError::Unavailable));
        let reactions = if forgotten.is_ok() { 0 } else { 1 };
        assert_eq!(tally(&store, "a").await.reactions.total(), reactions);
        apply(&store, vote).await;
    }
    let still = tally(&store, "a").await;
    assert_eq!(
        (
            still.reads,
            still.reactions.total(),
            tally(&store, "new").await.rev
        ),
        (1, 1, 0)
    );

    fs::remove_dir(in_the_way).unwrap();
    assert!(store.readiness(&[]).await.is_ok());
    apply(&store, batch).await;
    let after = tally(&store, "a").await;
    assert_eq!(
        (
            after.reads,
            after.reactions.total(),
            tally(&store, "new").await.rev
        ),
        (2, 1, 1)
    );
    drop(store);
    engine.check();
}

#[tokio::test]
async fn readiness_leaves_counts_in_their_log() {
    let engine = Sqlite::new();
    let store = engine.open();
    apply(&store, changes(1, [read("a", 1)])).await;
    assert!(store.readiness(&[]).await.is_ok());
    assert_eq!(engine.number("select count(*) from count_log"), 1);
    drop(store);
    engine.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_it_can_queue_is_refused_and_what_is_taken_counts() {
    let engine = Sqlite::new();
    let store = engine.open();
    let sending: Vec<_> = (0..40_000)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.apply(changes(1, [read("a", number)])).await })
        })
        .collect();
    let mut taken = 0;
    let mut refused = 0;
    for sent in sending {
        match sent.await.unwrap() {
            Ok(_) => taken += 1,
            Err(StoreError::Busy) => refused += 1,
            Err(StoreError::Unavailable) => panic!("it works"),
        }
    }
    assert!(refused > 0);
    assert_eq!(tally(&store, "a").await.reads, taken);
    drop(store);
    engine.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_takes_at_most_eighty_bytes_on_disk() {
    const VOTES: u64 = 20_000;
    let engine = Sqlite::new();
    let store = engine.open();
    let voting: Vec<_> = (0..VOTES)
        .map(|reader| (reader, Arc::clone(&store)))
        .map(|(reader, store)| async move {
            let vote = react(
                &format!("article-{}", reader % 10),
                Some("happy"),
                1_448_000_000_000 + reader,
            );
            apply(&store, changes(reader, [vote])).await;
        })
        .collect();
    let mut running = tokio::task::JoinSet::new();
    for vote in voting {
        if running.len() >= 1000 {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(vote);
    }
    running.join_all().await;
    assert_eq!(
        store
            .tallies(&site(), &[article("article-3")])
            .await
            .unwrap()[0]
            .tally
            .reactions
            .total(),
        VOTES / 10
    );
    drop(store);
    engine.check();
    let bytes = fs::metadata(engine.path()).unwrap().len();
    println!("{} bytes a vote", bytes / VOTES);
    assert!(bytes <= 80 * VOTES, "{} bytes a vote", bytes / VOTES);
}

#[tokio::test]
async fn migrations_bring_the_first_version_up_to_date_without_loss() {
    let engine = Sqlite::new();
    let conn = Connection::open(engine.path()).unwrap();
    conn.execute_batch(include_str!(
        "../../../../store-sqlite/migrations/0001_counts.sql"
    ))
    .unwrap();
    conn.execute_batch(
        "pragma application_id = 0x47656d61; pragma user_version = 1;
         insert into secret values ('vote', zeroblob(32));
         insert into site values (1, 'news');
         insert into metric values (1, 'reads'), (2, 'reaction:happy');
         insert into article values (7, 1, 'a', 12, 16756, null);
         insert into count values (7, 1, 3, 841), (7, 2, 1, 0);
         insert into day values (7, 16756, 1, 2), (7, 16757, 1, 1), (7, 16756, 2, 1);
         insert into vote values (7, zeroblob(16), 2, 5);",
    )
    .unwrap();
    let day = TODAY.get();
    let (salt, key) = (HashKey([0; 32]), DedupKey::Browser(event_key(9)));
    conn.execute(
        "insert into seen values (1, ?1, ?2)",
        rusqlite::params![day, dedup_digest(&salt, &site(), 7, None, &key)],
    )
    .unwrap();
    drop(conn);
    let salts = engine.0.path().join("gema.db.salts");
    fs::write(salts, format!("news {day} {}\n", "00".repeat(32))).unwrap();
    let store = engine.open();
    let told = tally(&store, "a").await;
    assert_eq!(
        (
            told.rev,
            told.reads,
            told.imported.reads,
            told.reactions.total()
        ),
        (12, 844, 841, 1)
    );
    let told = apply(
        &store,
        changes(
            1,
            [read("a", 9), read("a", 1), react("a", Some("happy"), 1)],
        ),
    )
    .await;
    assert_eq!(
        (told[0].reads, told[0].reactions.total()),
        (845, 2),
        "the read that was counted before does not count again"
    );
    drop(store);
    engine.check();
    assert_eq!(
        engine.number("select sum(change) from day where metric = 1"),
        4
    );
}
