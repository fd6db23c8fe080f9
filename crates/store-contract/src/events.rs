use std::sync::Arc;

use store::{Changes, Removal};
use wire::{SiteId, Tally};

use super::{Engine, TODAY, changes, react, read, share, site};
use crate::{
    fixtures::{article, chose, reaction, token},
    steps::{apply, copy, counts, put, remove, starting, tally},
};

pub async fn unknown_article_has_no_counts_copy_or_votes(engine: &impl Engine) {
    let store = engine.open();
    let counted = counts(&store, "a").await;
    assert_eq!(
        (counted.tally, counted.poll_opened),
        (Tally::empty(article("a")), None)
    );
    assert_eq!(store.article(&site(), &article("a")).await, Ok(None));
    assert!(!remove(&store, "a", Removal::Everything).await);
    let forgotten = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("a")])
        .await
        .unwrap();
    assert_eq!(forgotten, []);
    assert!(store.articles(&site(), None, 10).await.unwrap().is_empty());
    assert!(store.readiness(&[(site(), TODAY)]).await.is_ok());
}

pub async fn apply_returns_one_tally_per_article_in_order(engine: &impl Engine) {
    let store = engine.open();
    let batch = [
        read("b", 1),
        react("a", Some("happy"), 1),
        read("b", 2),
        share("b", "copy", 1),
    ];
    let got = apply(&store, changes(1, batch)).await;
    let got: Vec<_> = got
        .iter()
        .map(|tally| (tally.article.as_str(), tally.rev, tally.mine.is_some()))
        .collect();
    assert_eq!(got, [("b", 3, false), ("a", 1, true)]);

    let nobody = Changes {
        visitor: None,
        ..changes(1, [read("a", 9)])
    };
    assert_eq!(apply(&store, nobody).await[0].mine, None);
}

pub async fn sites_share_no_counts(engine: &impl Engine) {
    let store = engine.open();
    let other = SiteId::parse("other").unwrap();
    for site in [site(), other.clone()] {
        let batch = Changes {
            site,
            ..changes(1, [read("a", 1), react("a", Some("happy"), 1)])
        };
        let got = apply(&store, batch).await.remove(0);
        assert_eq!((got.reads, chose(&got, "happy")), (1, 1));
    }
    store
        .remove_article(&other, &article("a"), Removal::Everything)
        .await
        .unwrap();
    assert_eq!(tally(&store, "a").await.rev, 2);
}

pub async fn erase_visitor_leaves_no_vote(engine: &impl Engine) {
    let store = engine.open();
    apply(&store, changes(1, [react("a", Some("happy"), 5)])).await;
    apply(&store, changes(1, [react("b", None, 5)])).await;
    apply(&store, changes(2, [react("a", Some("happy"), 5)])).await;
    let got = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("a"), article("b")])
        .await
        .unwrap();
    assert_eq!((chose(&got[0], "happy"), got[0].rev, got[1].rev), (1, 3, 0));
    // An older choice counts again, because the newer `seq` has been deleted.
    let got = apply(&store, changes(1, [react("a", Some("sad"), 1)])).await;
    assert_eq!((chose(&got[0], "happy"), chose(&got[0], "sad")), (1, 1));
}

pub async fn reopened_store_has_all_data(engine: &impl Engine) {
    let store = engine.open();
    put(&store, TODAY, "a", copy("A")).await;
    put(&store, TODAY, "a", starting(841, 1)).await;
    let acts = |option| {
        [
            read("a", 1),
            share("a", "copy", 1),
            react("a", Some(option), 9),
        ]
    };
    apply(&store, changes(1, acts("sad"))).await;
    let before = store.tallies(&site(), &[article("a")]).await.unwrap();
    drop(store);

    let store = engine.open();
    assert_eq!(
        store.tallies(&site(), &[article("a")]).await.unwrap(),
        before
    );
    assert_eq!(
        store.article(&site(), &article("a")).await.unwrap(),
        copy("A").article
    );
    let got = apply(&store, changes(1, acts("happy"))).await.remove(0);
    assert_eq!((got.rev, got.reads), (before[0].tally.rev, 842));
    assert_eq!(got.mine.unwrap().reaction, Some(reaction("sad")));
}

/// Each writer changes its vote in one article that all share and in one of its own, and reads both.
pub async fn concurrent_writers_lose_and_double_nothing(engine: &impl Engine) {
    let store = engine.open();
    let options = ["happy", "sad", "angry"];
    let writers: Vec<_> = (0..64_u64)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for step in 0..30_u64 {
                    let option = Some(options[(writer + step) as usize % options.len()]);
                    let own = format!("own-{writer}");
                    let batch = [
                        react("hot", option, step + 1),
                        read("hot", writer * 1000 + step),
                        read(&own, step),
                    ];
                    apply(&store, changes(writer, batch.clone())).await;
                    apply(&store, changes(writer, batch)).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let hot = tally(&store, "hot").await;
    assert_eq!(
        (hot.reads, hot.reactions.total(), hot.rev),
        (64 * 30, 64, 64 * 60)
    );
    for writer in 0..64 {
        assert_eq!(tally(&store, &format!("own-{writer}")).await.reads, 30);
    }
}
