//! Counts by hour, in SQLite.

use std::sync::Arc;

use store::{Changes, Days, HourChange, Metric, Removal};
use store_contract::{Engine, TODAY, changes, read, site};
use visitor::{Day, Hour};

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

#[tokio::test]
async fn hours_are_kept_of_the_site_and_of_its_articles() {
    let engine = Sqlite::new();
    let store = engine.open();
    let days = Days::until(TODAY, 2);
    let at = |day, hour, batch: Changes| Changes {
        day,
        hour: Hour::new(hour),
        ..batch
    };
    let yesterday = Day::new(TODAY.get() - 1);
    for (day, hour, key, event) in [
        (yesterday, 23, "a", 1),
        (TODAY, 0, "a", 2),
        (TODAY, 0, "b", 3),
        (TODAY, 9, "b", 4),
    ] {
        let batch = changes(1, [read(key, event)]);
        store.apply(at(day, hour, batch)).await.unwrap();
    }
    let of_site = store.site_hours(&site(), None, days).await.unwrap();
    assert_eq!(reads_by_hour(&of_site), [(-1, 23, 1), (0, 0, 2), (0, 9, 1)]);
    let of_article = |key| {
        let (store, key) = (Arc::clone(&store), article(key));
        async move { store.article_hours(&site(), &key, days).await.unwrap() }
    };
    assert_eq!(
        reads_by_hour(&of_article("a").await.unwrap()),
        [(-1, 23, 1), (0, 0, 1)]
    );
    assert_eq!(of_article("unknown").await, None);
    // A merged article has the hours of both; a removed one leaves none in the site's.
    store
        .alias(&site(), TODAY, &article("a"), &article("b"), false)
        .await
        .unwrap()
        .unwrap();
    let merged = [(-1, 23, 1), (0, 0, 2), (0, 9, 1)];
    assert_eq!(reads_by_hour(&of_article("b").await.unwrap()), merged);
    assert_eq!(store.check().await.unwrap().findings, []);
    store
        .remove_article(&site(), &article("b"), Removal::Everything)
        .await
        .unwrap();
    assert_eq!(store.site_hours(&site(), None, days).await.unwrap(), []);
    drop(store);
    engine.check();
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
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| &*finding.description)
        .collect();
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
