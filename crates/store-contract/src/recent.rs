use std::{collections::BTreeSet, sync::Arc};

use store::{
    ArticleDayChange, ArticleFilter, ArticleUpdate, DailyDelta, Metric, RecentArticle, Removal,
    Store,
};
use visitor::Day;

use super::{Engine, TODAY, changes, react, read, share, site};
use crate::{
    fixtures::{article, reaction},
    import_export::transfer,
    steps::{alias, apply, on, put, remove},
};

const TOMORROW: Day = Day::new(TODAY.get() + 1);

fn all() -> Arc<ArticleFilter> {
    Arc::new(|_: &RecentArticle| true)
}

/// Changes since that day: article, day relative to today, metric and difference; sorted.
async fn recent(store: &dyn Store, since: Day) -> Vec<(String, i32, String, i64)> {
    let found = store.recent_changes(&site(), since, all()).await.unwrap();
    let line = |&DailyDelta {
                    article,
                    metric,
                    day,
                    change,
                }: &DailyDelta| {
        let article = &found.articles[article as usize].key;
        let metric = &found.metrics[usize::from(metric)];
        (
            article.to_string(),
            day.get() - TODAY.get(),
            metric.name(),
            change,
        )
    };
    let mut lines: Vec<_> = found.changes.iter().map(line).collect();
    lines.sort();
    // An article has a row per source for the same day: add them up.
    lines.dedup_by(|this, that| {
        let is_same = (&this.0, this.1, &this.2) == (&that.0, that.1, &that.2);
        that.3 += if is_same { this.3 } else { 0 };
        is_same
    });
    lines
}

fn line(article: &str, day: i32, metric: Metric, change: i64) -> (String, i32, String, i64) {
    (article.into(), day, metric.name(), change)
}

pub async fn recent_changes_are_by_article_and_day(engine: &impl Engine) {
    let store = engine.open();
    let happy = || Metric::Reaction(reaction("happy"));
    apply(
        &store,
        changes(
            1,
            [
                read("a", 1),
                read("a", 2),
                read("b", 3),
                react("a", Some("happy"), 1),
            ],
        ),
    )
    .await;
    apply(
        &store,
        on(
            TOMORROW,
            changes(
                1,
                [read("a", 4), react("a", None, 2), share("c", "copy", 5)],
            ),
        ),
    )
    .await;
    let copied = line(
        "c",
        1,
        Metric::Share(wire::Network::parse("copy").unwrap()),
        1,
    );
    let expected = [
        line("a", 0, happy(), 1),
        line("a", 0, Metric::Reads, 2),
        line("a", 1, happy(), -1),
        line("a", 1, Metric::Reads, 1),
        line("b", 0, Metric::Reads, 1),
        copied.clone(),
    ];
    assert_eq!(recent(&*store, TODAY).await, expected);
    assert_eq!(
        recent(&*store, TOMORROW).await,
        [expected[2].clone(), expected[3].clone(), copied]
    );
    assert_eq!(recent(&*store, Day::new(TOMORROW.get() + 1)).await, []);
    let articles = store
        .recent_changes(&site(), TOMORROW, all())
        .await
        .unwrap()
        .articles;
    assert!(
        articles.contains(&RecentArticle {
            key: article("a"),
            poll_opened: None,
            poll: None,
            is_known: false
        }),
        "{articles:?}"
    );
}

pub async fn recent_changes_respect_the_filter(engine: &impl Engine) {
    let store = engine.open();
    let batch = [
        read("/a", 1),
        read("junk", 2),
        share("junk", "copy", 3),
        react("/b", Some("happy"), 1),
    ];
    apply(&store, changes(1, batch)).await;
    let wanted = Arc::new(|article: &RecentArticle| article.key.as_str().starts_with('/'));
    let found = store.recent_changes(&site(), TODAY, wanted).await.unwrap();
    let keys: BTreeSet<_> = found
        .articles
        .iter()
        .map(|article| article.key.as_str())
        .collect();
    assert_eq!((keys, found.changes.len()), (["/a", "/b"].into(), 2));
}

pub async fn recent_changes_name_the_opening_day_of_polls(engine: &impl Engine) {
    let store = engine.open();
    let reads = (0..10).map(|event| read("counted", event)).chain([
        read("young", 1),
        read("put", 1),
        read("dated", 1),
    ]);
    apply(&store, changes(1, reads.collect::<Vec<_>>())).await;
    let update = |published: Option<&str>| {
        let title = "A".into();
        let html = "<p>Isi</p>".into();
        let published = published.map(str::to_owned);
        ArticleUpdate {
            article: Some(wire::Article {
                title,
                byline: None,
                published,
                url: None,
                html,
            }),
            imported: None,
            poll: None,
        }
    };
    put(&store, TOMORROW, "put", update(None)).await;
    put(&store, TOMORROW, "dated", update(Some("2015-11-10"))).await;
    let found = store.recent_changes(&site(), TODAY, all()).await.unwrap();
    for RecentArticle {
        key, poll_opened, ..
    } in &found.articles
    {
        let got = store
            .tallies(&site(), std::slice::from_ref(key))
            .await
            .unwrap()
            .remove(0)
            .poll_opened;
        assert_eq!(*poll_opened, got, "{key}");
    }
    let since: BTreeSet<_> = found
        .articles
        .iter()
        .map(|article| (article.key.as_str(), article.poll_opened))
        .collect();
    let dated = Day::parse("2015-11-10");
    let expected = [
        ("counted", Some(TODAY)),
        ("young", None),
        ("put", Some(TOMORROW)),
        ("dated", dated),
    ];
    assert_eq!(since, expected.into());
}

pub async fn recent_changes_mark_articles_of_the_newsroom(engine: &impl Engine) {
    let store = engine.open();
    let keys = ["stranger", "copied", "imported", "led", "registered"];
    apply(&store, changes(1, keys.map(|key| read(key, 1)))).await;
    let copy = wire::Article {
        title: "A".into(),
        byline: None,
        published: None,
        url: None,
        html: "<p>Isi</p>".into(),
    };
    let put = async |key, copy, reads| {
        let imported = Some(wire::Imported {
            reads,
            ..wire::Imported::default()
        });
        let update = ArticleUpdate {
            article: copy,
            imported,
            poll: None,
        };
        put(&store, TODAY, key, update).await;
    };
    put("copied", Some(copy), 0).await;
    put("imported", None, 7).await;
    put("registered", None, 0).await;
    alias(&store, TODAY, "old", "led").await;
    drop(store);
    let articles = engine
        .open()
        .recent_changes(&site(), TODAY, all())
        .await
        .unwrap()
        .articles;
    let known: BTreeSet<_> = articles
        .iter()
        .filter(|article| article.is_known)
        .map(|article| article.key.as_str())
        .collect();
    assert_eq!(
        (known, articles.len()),
        (["copied", "imported", "led", "registered"].into(), 5)
    );
}

pub async fn recent_changes_leave_out_removed_keys_and_aliases<E: Engine>(engine: &E) {
    let store = engine.open();
    apply(
        &store,
        changes(1, [read("old", 1), read("gone", 2), read("new", 3)]),
    )
    .await;
    remove(&store, "gone", Removal::Everything).await;
    alias(&store, TOMORROW, "old", "new").await;
    assert_eq!(
        recent(&*store, TODAY).await,
        [line("new", 0, Metric::Reads, 2)]
    );
    // Imported changes keep their days.
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    let other = elsewhere.open();
    transfer(&store, &other, TOMORROW).await;
    assert_eq!(
        recent(&*other, TODAY).await,
        [line("new", 0, Metric::Reads, 2)]
    );
}

/// The daily changes of one article since that day: by day and metric. `None`: it does not exist.
async fn days_of(store: &dyn Store, key: &str, since: Day) -> Option<Vec<(i32, String, i64)>> {
    let found = store.article_days(&site(), &article(key), since).await;
    let line = |ArticleDayChange {
                    day,
                    metric,
                    change,
                }| (day.get() - TODAY.get(), metric.name(), change);
    Some(found.unwrap()?.into_iter().map(line).collect())
}

pub async fn days_of_an_article_are_those_of_all_its_sources<E: Engine>(engine: &E) {
    let store = engine.open();
    apply(
        &store,
        changes(
            1,
            [
                read("old", 1),
                read("new", 2),
                read("new", 3),
                react("new", Some("happy"), 1),
                read("other", 4),
            ],
        ),
    )
    .await;
    apply(
        &store,
        on(
            TOMORROW,
            changes(
                1,
                [
                    react("new", None, 2),
                    read("new", 5),
                    share("new", "copy", 6),
                ],
            ),
        ),
    )
    .await;
    let happy = || "reaction:happy".to_owned();
    let reads = || "reads".to_owned();
    let later = [
        (1, happy(), -1),
        (1, reads(), 1),
        (1, "share:copy".to_owned(), 1),
    ];
    assert_eq!(
        days_of(&*store, "new", TODAY).await,
        Some([&[(0, happy(), 1), (0, reads(), 2)], &later[..]].concat())
    );
    assert_eq!(
        days_of(&*store, "new", TOMORROW).await,
        Some(later.to_vec())
    );
    assert_eq!(days_of(&*store, "unknown", TODAY).await, None);
    // An article without events is known, and has no days.
    let registered = ArticleUpdate {
        article: None,
        imported: Some(wire::Imported::default()),
        poll: None,
    };
    put(&store, TODAY, "silent", registered).await;
    assert_eq!(days_of(&*store, "silent", TODAY).await, Some(vec![]));
    // A merged article has the days of both, also in another database, and under both keys.
    alias(&store, TOMORROW, "old", "new").await;
    let merged = Some([&[(0, happy(), 1), (0, reads(), 3)], &later[..]].concat());
    drop(store);
    let store = engine.open();
    assert_eq!(days_of(&*store, "new", TODAY).await, merged);
    assert_eq!(days_of(&*store, "old", TODAY).await, merged);
    let elsewhere = E::new();
    let other = elsewhere.open();
    transfer(&store, &other, TOMORROW).await;
    assert_eq!(days_of(&*other, "old", TODAY).await, merged);
}
