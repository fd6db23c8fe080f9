//! Counts by hour, and roll-ups, in SQLite.

use store::{Changes, CheckReport, Days, HourChange, Metric, Removal};
use store_contract::{Engine, TODAY, changes, read, site};
use visitor::Day;

use super::sqlite::Sqlite;
use crate::site::article;

/// Reads by hour of a site or an article: day relative to today, hour, reads.
fn reads_by_hour(hours: &[HourChange]) -> Vec<(i32, u8, i64)> {
    hours
        .iter()
        .filter(|change| change.metric == Metric::Reads)
        .map(|change| {
            let day = change.day.get() - TODAY.get();
            (day, change.hour.get(), change.change)
        })
        .collect()
}

fn descriptions(report: &CheckReport) -> Vec<&str> {
    let findings = report.findings.iter();
    findings.map(|finding| &*finding.description).collect()
}

#[tokio::test]
async fn check_finds_hours_that_differ_from_days() {
    let engine = Sqlite::new();
    let store = engine.open();
    store.apply(changes(1, [read("a", 1)])).await.unwrap();
    drop(store);
    let conn = rusqlite::Connection::open(engine.path()).unwrap();
    conn.execute_batch("update hour set change = 3").unwrap();
    drop(conn);
    let report = engine.open().check().await.unwrap();
    let found = descriptions(&report);
    assert_eq!(
        found,
        [
            "news reads on 2015-11-17: 1 counted, but its hours add up to 3",
            "news reads on 2015-11-17 at 9: 3 counted, but its articles add up to 1"
        ]
    );
}

#[tokio::test]
async fn hours_of_old_articles_are_deleted_after_eight_days() {
    let engine = Sqlite::new();
    let store = engine.open();
    let later = Day::new(TODAY.get() + 20);
    let old = (0..10).map(|event| read("old", event));
    store
        .apply(changes(1, old.collect::<Vec<_>>()))
        .await
        .unwrap();
    let batch = changes(1, [read("old", 20), read("new", 21)]);
    store
        .apply(Changes {
            day: later,
            ..batch
        })
        .await
        .unwrap();
    let today = Day::new(later.get() + 30);
    for _ in 0..3 {
        store.clean_up(&[site()], today).await.unwrap();
    }
    let reads = async |key, day| {
        let found = store
            .article_hours(&site(), &article(key), Days::until(day, 1))
            .await;
        reads_by_hour(&found.unwrap().unwrap())
    };
    assert_eq!(
        reads("old", TODAY).await,
        [(0, 9, 10)],
        "its first days stay"
    );
    assert_eq!(reads("old", later).await, []);
    assert_eq!(reads("new", later).await, [(20, 9, 1)]);
    assert_eq!(store.check().await.unwrap().findings, []);
    drop(store);
    engine.check();
}

/// The roll-ups of two months, with seven tens of days, a quarter, half a year and a year.
const SPANS: i64 = 2 + 7 + 3;

/// A store with reads of two articles, two months before the roll-ups are made.
async fn with_rollups(engine: &Sqlite) -> std::sync::Arc<dyn store::Store> {
    let store = engine.open();
    let batch = changes(1, [read("a", 1), read("b", 2)]);
    store.apply(batch).await.unwrap();
    let later = Day::new(TODAY.get() + 60);
    store.clean_up(&[site()], later).await.unwrap();
    store
}

#[tokio::test]
async fn check_finds_rollups_that_differ_from_days() {
    let engine = Sqlite::new();
    drop(with_rollups(&engine).await);
    assert_eq!(engine.number("select count(*) from rollup"), SPANS);
    let conn = rusqlite::Connection::open(engine.path()).unwrap();
    conn.execute_batch(
        "update rollup set articles = cast((select articles from rollup where last - first > 300) || x'00' as blob) where last - first between 28 and 30",
    )
    .unwrap();
    drop(conn);
    let report = engine.open().check().await.unwrap();
    let found = descriptions(&report);
    assert_eq!(
        found,
        [
            "news: the sums of 2015-11-01 to 2015-11-30 are not those of its days",
            "news: the sums of 2015-12-01 to 2015-12-31 are not those of its days"
        ]
    );
}

#[tokio::test]
async fn a_removed_article_is_in_no_hour_and_no_rollup() {
    let engine = Sqlite::new();
    let store = with_rollups(&engine).await;
    store
        .remove_article(&site(), &article("a"), Removal::Everything)
        .await
        .unwrap();
    drop(store);
    assert_eq!(engine.number("select count(*) from article_hour"), 1);
    assert_eq!(engine.number("select sum(change) from hour"), 1);
    let of_day = format!(
        "select count(*) from rollup where {0} between first and last",
        TODAY.get()
    );
    assert_eq!(engine.number(&of_day), 0);
    let store = engine.open();
    let later = Day::new(TODAY.get() + 60);
    store.clean_up(&[site()], later).await.unwrap();
    drop(store);
    assert_eq!(engine.number("select count(*) from rollup"), SPANS);
    engine.check();
}
