//! Sums of the newsroom's pages agree with what was counted, and with each other.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use store::{
    ArticleIndex, ArticleSummary, ArticleUpdate, Changes, Days, IndexedArticle, Metric, Period,
    Removal, Store,
};
use visitor::{Day, Hour};
use wire::{Article, Tally};

use super::{Engine, TODAY, changes, react, read, share, site};
use crate::{
    fixtures::{article, reaction, token},
    hostile_imports::{article_line, file},
    import_export::import,
    steps::{alias, apply, copy, put, remove, starting},
};

pub(crate) const TOMORROW: Day = Day::new(TODAY.get() + 1);

pub(crate) fn both() -> Days {
    Days {
        first: TODAY,
        last: TOMORROW,
    }
}

/// All of the period's articles are chosen.
pub(crate) async fn period(store: &Arc<dyn Store>, section: Option<&str>, days: Days) -> Period {
    let all = Arc::new(|sums: &store::PeriodSums| (0..sums.len() as u32).collect());
    let site = site();
    let found = store.period(&site, section, days, Duration::ZERO, all);
    found.await.unwrap()
}

/// The sums that are not 0: by key and metric.
pub(crate) fn sums(period: &Period) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    for (index, card) in &period.cards {
        for (metric, sum) in period.sums.metrics.iter().zip(period.sums.of(*index)) {
            if *sum != 0 {
                sums.insert((card.key.to_string(), metric.name()), *sum);
            }
        }
    }
    sums
}

/// The site's counts, by day and metric.
pub(crate) async fn days_of_site(
    store: &Arc<dyn Store>,
    section: Option<&str>,
    days: Days,
) -> BTreeMap<(i32, String), i64> {
    let mut sums = BTreeMap::new();
    for change in store.site_hours(&site(), section, days).await.unwrap() {
        let day = change.day.get() - TODAY.get();
        *sums.entry((day, change.metric.name())).or_default() += change.change;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

pub(crate) fn at(day: Day, hour: u8, batch: Changes) -> Changes {
    Changes {
        day,
        hour: Hour::new(hour),
        ..batch
    }
}

/// A small site: two sections, two days.
async fn fill(store: &Arc<dyn Store>) {
    let first = [
        read("/sport/a", 1),
        read("/sport/a", 2),
        react("/sport/a", Some("happy"), 1),
        read("/world/b", 3),
    ];
    let second = [
        react("/sport/a", Some("sad"), 2),
        share("/sport/a", "copy", 4),
        read("/world/b", 5),
    ];
    for (day, hour, batch) in [(TODAY, 9, &first[..]), (TOMORROW, 0, &second[..])] {
        store.apply(at(day, hour, changes(1, batch))).await.unwrap();
    }
}

pub async fn a_period_has_the_sums_of_each_article(engine: &impl Engine) {
    let store = engine.open();
    fill(&store).await;
    let copy = Article {
        title: "B".into(),
        byline: Some("Ani".into()),
        published: Some(TODAY.to_string()),
        url: None,
        html: "<p>Isi</p>".into(),
    };
    let update = ArticleUpdate {
        article: Some(copy),
        imported: None,
        poll: None,
    };
    store
        .put_article(&site(), TOMORROW, &article("/world/b"), update)
        .await
        .unwrap();
    let found = period(&store, None, both()).await;
    let entry = |key: &str, metric: &str, sum| ((key.to_owned(), metric.to_owned()), sum);
    assert_eq!(
        sums(&found),
        BTreeMap::from([
            entry("/sport/a", "reads", 2),
            entry("/sport/a", "reaction:sad", 1),
            entry("/sport/a", "share:copy", 1),
            entry("/world/b", "reads", 2),
        ])
    );
    let (index, card) = found
        .cards
        .iter()
        .find(|(_, card)| card.key.as_str() == "/world/b")
        .unwrap();
    assert_eq!(card.title.as_deref(), Some("B"));
    assert_eq!(
        (card.byline.as_deref(), card.published),
        (Some("Ani"), Some(TODAY))
    );
    let new = (0..found.sums.len()).filter(|article| found.sums.is_new[*article]);
    assert_eq!(new.collect::<Vec<_>>(), [*index as usize]);
    let sport = period(&store, Some("/sport/"), Days::until(TODAY, 1)).await;
    assert_eq!(
        sums(&sport),
        BTreeMap::from([
            entry("/sport/a", "reads", 2),
            entry("/sport/a", "reaction:happy", 1)
        ])
    );
}

pub async fn days_of_a_site_are_the_sums_of_its_articles<E: Engine>(engine: &E) {
    let store = engine.open();
    fill(&store).await;
    let entry = |day: i32, metric: &str, sum| ((day, metric.to_owned()), sum);
    let all = BTreeMap::from([
        entry(0, "reads", 3),
        entry(0, "reaction:happy", 1),
        entry(1, "reaction:happy", -1),
        entry(1, "reaction:sad", 1),
        entry(1, "share:copy", 1),
        entry(1, "reads", 1),
    ]);
    assert_eq!(days_of_site(&store, None, both()).await, all);
    let world = BTreeMap::from([entry(0, "reads", 1), entry(1, "reads", 1)]);
    assert_eq!(days_of_site(&store, Some("/world/"), both()).await, world);
    let found = period(&store, None, both()).await.sums;
    let by_day: BTreeMap<_, _> = found
        .days
        .iter()
        .map(|(day, column, sum)| {
            let metric = found.metrics[usize::from(*column)].name();
            ((day.get() - TODAY.get(), metric), *sum)
        })
        .filter(|(_, sum)| *sum != 0)
        .collect();
    assert_eq!(by_day, all);
    // What a reader takes back, and what the newsroom removes, is in no day.
    store
        .erase_visitor(&site(), TOMORROW, &token(1), &[article("/sport/a")])
        .await
        .unwrap();
    store
        .remove_article(&site(), &article("/world/b"), Removal::Everything)
        .await
        .unwrap();
    drop(store);
    let store = engine.open();
    let rest = BTreeMap::from([
        entry(0, "reads", 2),
        entry(0, "reaction:happy", 1),
        entry(1, "reaction:happy", -1),
        entry(1, "share:copy", 1),
    ]);
    assert_eq!(days_of_site(&store, None, both()).await, rest);
}

pub async fn an_index_has_every_article_with_its_totals(engine: &impl Engine) {
    let store = engine.open();
    fill(&store).await;
    let imported = wire::Imported {
        reads: 841,
        ..wire::Imported::default()
    };
    let update = ArticleUpdate {
        article: None,
        imported: Some(imported),
        poll: None,
    };
    store
        .put_article(&site(), TOMORROW, &article("/world/b"), update)
        .await
        .unwrap();
    let index = store.article_index(&site()).await.unwrap();
    let reads = index.column(&Metric::Reads).unwrap();
    let sad = index.column(&Metric::Reaction(reaction("sad"))).unwrap();
    let mut found: Vec<_> = index
        .iter()
        .map(|article| {
            let counts = (article.count(reads), article.count(sad));
            (article.key.to_owned(), counts, article.is_known)
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("/sport/a".to_owned(), (2, 1), false),
            ("/world/b".to_owned(), (843, 0), true)
        ]
    );
}

/// Compares the index with the articles, and returns it. Who holds it lets the store read only what has changed since.
async fn index_is_current(store: &Arc<dyn Store>, after: &str) -> Arc<ArticleIndex> {
    let index = store.article_index(&site()).await.unwrap();
    let reads = index.column(&Metric::Reads);
    let row = |article: IndexedArticle<'_>| {
        let counts = article.counts.iter();
        let all: u64 = counts.map(|count| count.total()).sum();
        let reads = reads.map_or(0, |reads| article.count(reads));
        (
            article.key.to_owned(),
            (article.title.to_owned(), reads, all),
        )
    };
    let found: BTreeMap<_, _> = index.iter().map(row).collect();
    assert_eq!(found.len(), index.len(), "after {after}");
    let listed = store.articles(&site(), None, 100).await.unwrap();
    let row = |summary: ArticleSummary| {
        let Tally {
            reads,
            reactions,
            shares,
            ..
        } = &summary.tally;
        let all = reads + reactions.total() + shares.total();
        let key = summary.tally.article.to_string();
        (key, (summary.title.unwrap_or_default(), *reads, all))
    };
    let expected: BTreeMap<_, _> = listed.into_iter().map(row).collect();
    assert_eq!(found, expected, "after {after}");
    index
}

pub async fn an_index_follows_every_change<E: Engine>(engine: &E) {
    let store = &engine.open();
    let mut held = vec![index_is_current(store, "nothing").await];
    fill(store).await;
    held.push(index_is_current(store, "events").await);
    for title in ["Banjir", "Banjir surut"] {
        put(store, TODAY, "/new", copy(title)).await;
        held.push(index_is_current(store, title).await);
    }
    put(store, TODAY, "/new", starting(9, 1)).await;
    held.push(index_is_current(store, "starting counts").await);
    let events = [read("/new", 90), read("/world/new", 91)];
    apply(store, changes(9, events)).await;
    held.push(index_is_current(store, "other events").await);
    for (old, new) in [("/new", "/renamed"), ("/renamed", "/world/b")] {
        alias(store, TODAY, old, new).await;
        held.push(index_is_current(store, new).await);
    }
    let voted = [article("/sport/a")];
    let erased = store.erase_visitor(&site(), TODAY, &token(1), &voted).await;
    assert_eq!(erased.unwrap().len(), 1);
    held.push(index_is_current(store, "an erased vote").await);
    for (key, what) in [
        ("/world/b", Removal::Copy),
        ("/world/new", Removal::Everything),
    ] {
        assert!(remove(store, key, what).await);
        held.push(index_is_current(store, key).await);
    }
    let lines = [("/imported", 1), ("/other", 2)].map(|(key, id)| article_line(key, id, &[]));
    import(store, &file(&lines)).await.unwrap();
    assert_eq!(index_is_current(store, "an import").await.len(), 4);
}

/// Reads of two articles on forty days, and a vote that changes.
pub(crate) async fn fill_forty_days(store: &Arc<dyn Store>) {
    for day in 0..40_i32 {
        let event = 10 * day.unsigned_abs();
        let (a, b) = (u64::from(event), u64::from(event) + 1);
        let option = ["happy", "sad"][(day % 2) as usize];
        let batch = [
            read("/sport/a", a),
            read("/world/b", b),
            react("/world/b", Some(option), a + 1),
        ];
        let day_of = Day::new(TODAY.get() - 39 + day);
        let batch = at(day_of, (day % 24) as u8, changes(1, batch));
        store.apply(batch).await.unwrap();
    }
}

pub(crate) fn forty_days() -> Days {
    Days::until(TODAY, 40)
}
