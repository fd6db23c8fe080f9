use std::sync::Arc;

use store::{Change, RecentArticle, export_format::Line};
use visitor::{Client, Day, DedupKey, Visitor};

use super::{Engine, TODAY, changes, react, read, site};
use crate::{
    fixtures::article,
    hostile_imports::{article_line, file},
    import_export::import,
    steps::{apply, by, copy, counts, later, on, put, starting},
};

pub async fn poll_opens_at_tenth_event_or_newsroom_update(engine: &impl Engine) {
    let store = engine.open();
    let since = async |key: &str| counts(&store, key).await.poll_opened;
    let reads = async |key: &str, day: Day, events: std::ops::Range<u64>| {
        let reads: Vec<_> = events.map(|event| read(key, event)).collect();
        apply(&store, on(day, changes(1, reads))).await
    };
    reads("a", TODAY, 0..1).await;
    assert_eq!(since("a").await, None);
    reads("a", later(5), 1..3).await;
    reads("a", later(7), 3..12).await;
    assert_eq!(
        since("a").await,
        Some(later(7)),
        "the day of its tenth event"
    );
    reads("a", later(9), 12..14).await;
    assert_eq!(since("a").await, Some(later(7)));
    put(&store, later(20), "a", starting(841, 0)).await;
    put(&store, later(21), "a", starting(900, 0)).await;
    assert_eq!(
        since("a").await,
        Some(later(20)),
        "the day on which the newsroom spoke first"
    );
    put(&store, later(20), "b", starting(0, 0)).await;
    reads("b", later(22), 0..1).await;
    assert_eq!(since("b").await, Some(later(20)), "registered");
    put(&store, later(23), "a", copy("A")).await;
    assert_eq!(
        since("a").await.unwrap().to_string(),
        "2015-11-17",
        "of publication"
    );
}

pub async fn events_of_other_clients_open_the_poll_once_each(engine: &impl Engine) {
    let store = engine.open();
    let sends = async |visitor: Visitor, day, change| {
        apply(&store, on(day, by(visitor, changes(1, [change])))).await;
    };
    let fingerprint = |number: i32| format!("192.0.2.{number} Firefox").into_bytes();
    let reads = async |number, day| {
        let dedup_key = DedupKey::Fingerprint(fingerprint(number));
        let article = article("a");
        let visitor = Visitor::Client(Client::Waline, fingerprint(number));
        sends(visitor, day, Change::Read { article, dedup_key }).await;
    };
    let chooses = async |number, day| {
        let visitor = Visitor::Fingerprint(fingerprint(number));
        sends(visitor, day, react("b", Some("happy"), 1)).await;
    };
    let opened = async |key: &str| {
        let opened = counts(&store, key).await.poll_opened;
        let all = Arc::new(|_: &RecentArticle| true);
        let recent = store.recent_changes(&site(), TODAY, all).await.unwrap();
        let recent = recent
            .articles
            .into_iter()
            .find(|of| of.key == article(key));
        assert_eq!(recent.unwrap().poll_opened, opened);
        opened
    };
    for number in 0..9 {
        reads(number, later(number)).await;
        chooses(number, later(number)).await;
    }
    assert_eq!((opened("a").await, opened("b").await), (None, None));
    for number in [20, 30] {
        reads(number, later(number)).await;
        chooses(number, later(number)).await;
    }
    let tenth = Some(later(20));
    assert_eq!((opened("a").await, opened("b").await), (tenth, tenth));
}

pub async fn an_import_that_opens_a_poll_earlier_makes_another_version(engine: &impl Engine) {
    let store = engine.open();
    let mut line = article_line("a", 1, &[]);
    import(&store, &file(std::slice::from_ref(&line)))
        .await
        .unwrap();
    let before = counts(&store, "a").await;
    assert_eq!(before.poll_opened, Some(TODAY));
    let earlier = Day::new(TODAY.get() - 5);
    if let Line::Article(article) = &mut line {
        article.created = earlier.to_string();
    }
    import(&store, &file(&[line])).await.unwrap();
    let after = counts(&store, "a").await;
    assert_eq!(after.poll_opened, Some(earlier));
    assert_ne!(after.version, before.version);
}
