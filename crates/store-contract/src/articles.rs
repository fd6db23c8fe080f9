use std::sync::Arc;

use store::{ArticleSummary, ArticleUpdate, PruneFilter, PrunePage, RecentArticle, Removal, Store};
use wire::{Article, Counts, Imported, Tally};

use super::{Engine, TODAY, changes, react, read, site};
use crate::{
    fixtures::{article, chose, reaction},
    import_export::transfer,
    steps::{alias, apply, copy, counts, later, on, put, remove, starting, tally},
};

pub async fn unchanged_article_update_keeps_the_revision(engine: &impl Engine) {
    let store = engine.open();
    for (update, rev) in [
        (copy("A"), 1),
        (copy("A"), 1),
        (copy("B"), 2),
        (starting(841, 0), 3),
        (starting(841, 0), 3),
    ] {
        let got = put(&store, TODAY, "a", update).await;
        assert_eq!(got.rev, rev);
    }
    let stored = store.article(&site(), &article("a")).await.unwrap();
    assert_eq!(stored, copy("B").article);
    let metadata = store.article_metadata(&site(), &article("a")).await;
    let without_body = stored.map(|copy| Article {
        html: String::new(),
        ..copy
    });
    let metadata = metadata.unwrap();
    assert_eq!(metadata.clone().map(Article::from), without_body);
    let keys = ["b", "a"].map(article);
    let of_both = store.metadata(&site(), &keys).await;
    assert_eq!(of_both, Ok(vec![None, metadata]));
    let unknown = store.article_metadata(&site(), &article("b")).await;
    assert_eq!(unknown, Ok(None));
    let counted = counts(&store, "a").await;
    assert_eq!(counted.poll_opened.unwrap().to_string(), "2015-11-17");
}

pub async fn starting_count_replaces_the_one_before(engine: &impl Engine) {
    let store = engine.open();
    apply(
        &store,
        changes(1, [read("a", 1), react("a", Some("happy"), 1)]),
    )
    .await;
    for update in [starting(1000, 50), starting(841, 7)] {
        put(&store, TODAY, "a", update).await;
    }
    let got = tally(&store, "a").await;
    assert_eq!(
        (got.reads, got.imported.reads, chose(&got, "happy")),
        (842, 841, 8)
    );
    assert_eq!(got.imported.reactions, Counts(vec![(reaction("happy"), 7)]));

    let nothing = ArticleUpdate {
        article: None,
        imported: Some(Imported::default()),
        poll: None,
    };
    let got = put(&store, TODAY, "a", nothing).await;
    assert_eq!(
        (got.reads, chose(&got, "happy"), got.imported.is_empty()),
        (1, 1, true)
    );
}

pub async fn articles_are_listed_by_key(engine: &impl Engine) {
    let store = engine.open();
    apply(&store, changes(1, [read("c", 1), read("a", 1)])).await;
    put(&store, TODAY, "b", copy("B")).await;
    let line = |listed: &ArticleSummary| {
        (
            listed.tally.article.to_string(),
            listed.title.clone(),
            listed.tally.reads,
        )
    };
    let all = store.articles(&site(), None, 10).await.unwrap();
    let expected = [
        ("a".into(), None, 1),
        ("b".into(), Some("B".into()), 0),
        ("c".into(), None, 1),
    ];
    assert_eq!(all.iter().map(line).collect::<Vec<_>>(), expected);
    let next = store
        .articles(&site(), Some(&article("a")), 1)
        .await
        .unwrap();
    assert_eq!(next.iter().map(line).collect::<Vec<_>>(), expected[1..2]);
}

pub async fn removing_a_copy_keeps_the_counts(engine: &impl Engine) {
    let store = engine.open();
    put(&store, TODAY, "a", copy("A")).await;
    apply(
        &store,
        changes(1, [read("a", 1), react("a", Some("happy"), 1)]),
    )
    .await;
    assert!(remove(&store, "a", Removal::Copy).await);
    assert!(!remove(&store, "a", Removal::Copy).await);
    assert_eq!(store.article(&site(), &article("a")).await, Ok(None));
    let counted = counts(&store, "a").await;
    assert_eq!(
        (counted.tally.reads, counted.tally.rev, counted.version.rev),
        (1, 4, 4)
    );
    assert_eq!(
        counted.poll_opened, None,
        "nothing of the newsroom's submission is left"
    );
    put(&store, TODAY, "b", copy("B")).await;
    put(&store, TODAY, "b", starting(841, 0)).await;
    assert!(remove(&store, "b", Removal::Copy).await);
    let counted = counts(&store, "b").await;
    assert_eq!(
        (counted.tally.reads, counted.poll_opened),
        (841, Some(TODAY)),
        "a starting count remains"
    );
}

pub async fn removed_article_starts_from_zero(engine: &impl Engine) {
    let store = engine.open();
    put(&store, TODAY, "a", copy("A")).await;
    let batch = [read("a", 1), react("a", Some("happy"), 5)];
    apply(&store, changes(1, batch.clone())).await;
    assert!(remove(&store, "a", Removal::Everything).await);
    assert_eq!(tally(&store, "a").await, Tally::empty(article("a")));
    let again = apply(&store, changes(1, batch)).await.remove(0);
    assert_eq!((again.reads, chose(&again, "happy"), again.rev), (1, 1, 2));
}

pub async fn empty_registration_survives_reopening_and_export<E: Engine>(engine: &E) {
    let since = async |store: &Arc<dyn Store>| counts(store, "a").await.poll_opened;
    let prune = PruneFilter {
        fewer_than: 5,
        before: later(40),
        dry_run: false,
    };
    let store = engine.open();
    put(&store, TODAY, "a", starting(0, 0)).await;
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    assert_eq!(since(&store).await, Some(TODAY));
    let read_later = on(later(5), changes(1, [read("a", 1)]));
    apply(&store, read_later).await;
    assert_eq!(
        since(&store).await,
        Some(TODAY),
        "a reader does not make it younger"
    );
    let other = elsewhere.open();
    transfer(&store, &other, later(5)).await;
    for store in [&store, &other] {
        assert_eq!(
            store.prune(&site(), prune, None).await.unwrap(),
            PrunePage::default()
        );
        assert_eq!(since(store).await, Some(TODAY));
        let recent = store
            .recent_changes(&site(), TODAY, Arc::new(|_: &RecentArticle| true))
            .await
            .unwrap();
        assert_eq!(
            recent.articles,
            [RecentArticle {
                key: article("a"),
                poll_opened: Some(TODAY),
                poll: None,
                is_known: true
            }]
        );
    }
}

pub async fn prune_removes_only_articles_that_readers_created(engine: &impl Engine) {
    let store = engine.open();
    let long_ago = later(-40);
    let id = site();
    let events = |keys: &[&str]| keys.iter().map(|key| read(key, 1)).collect::<Vec<_>>();
    let old = events(&["junk", "put", "counted", "alias-of", "old-key"]);
    apply(&store, on(long_ago, changes(1, old))).await;
    apply(&store, changes(1, events(&["young"]))).await;
    let popular: Vec<_> = (0..5).map(|event| read("popular", event)).collect();
    apply(&store, on(long_ago, changes(1, popular))).await;
    for reader in 0..5 {
        let vote = changes(reader, [react("voted", Some("happy"), 1)]);
        apply(&store, on(long_ago, vote)).await;
    }
    put(&store, TODAY, "put", copy("A")).await;
    put(&store, TODAY, "counted", starting(841, 0)).await;
    alias(&store, TODAY, "old-key", "alias-of").await;

    let prune = |fewer_than, dry_run| PruneFilter {
        fewer_than,
        before: later(-30),
        dry_run,
    };
    let would = store.prune(&id, prune(5, true), None).await.unwrap();
    assert_eq!((would.articles, would.next), (vec![article("junk")], None));
    assert_eq!(tally(&store, "junk").await.reads, 1, "a dry run");
    assert_eq!(
        store
            .prune(&id, prune(5, false), Some(&article("k")))
            .await
            .unwrap(),
        PrunePage::default()
    );
    let gone = store.prune(&id, prune(5, false), None).await.unwrap();
    assert_eq!(gone.articles, [article("junk")]);
    assert_eq!(
        store.prune(&id, prune(5, false), None).await.unwrap(),
        PrunePage::default()
    );
    let keys = store.articles(&id, None, 10).await.unwrap();
    let keys: Vec<_> = keys
        .iter()
        .map(|listed| listed.tally.article.as_str())
        .collect();
    assert_eq!(
        keys,
        ["alias-of", "counted", "popular", "put", "voted", "young"]
    );
    assert_eq!(
        store
            .prune(&id, prune(6, false), None)
            .await
            .unwrap()
            .articles,
        [article("popular"), article("voted")]
    );
    let again = apply(&store, changes(1, [read("junk", 1)])).await.remove(0);
    assert_eq!((again.reads, again.rev), (1, 1), "it starts from zero");
}
