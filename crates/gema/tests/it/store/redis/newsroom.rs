//! How many reads the newsroom's pages need.

use std::{sync::Arc, time::Duration};

use store::{Days, Metric, NowQuery, Removal};
use store_contract::{
    TODAY, changes, read, site,
    steps::{apply, copy, on, put, remove},
};
use visitor::{Day, Hour};

use super::own::calls;
use crate::servers::Servers;

const COUNTED_ARTICLES: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn now_reads_each_article_of_today_once() {
    let servers = Servers::one();
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    let key = |number: u64| format!("/news/{number}");
    let reads: Vec<_> = (0..COUNTED_ARTICLES)
        .map(|number| read(&key(number), number))
        .collect();
    apply(&store, changes(1, reads)).await;
    servers.cli(0, &["config", "resetstat"]);
    let now = store.now(&site(), None, now_of(TODAY)).await.unwrap();
    assert_eq!(now.recent.sums.len() as u64, COUNTED_ARTICLES);
    // Its days, and its hours of today.
    assert_eq!(reads_of_articles(&servers), 2 * COUNTED_ARTICLES);
}

/// What *Now* gathers, without cards.
fn now_of(today: Day) -> NowQuery {
    NowQuery {
        last: (today, Hour::new(9)),
        days: Days::until(today, 8),
        hours: 8,
        of_hours: Arc::new(|_: &_| Vec::new()),
        of_today: Arc::new(|_: &_| Vec::new()),
    }
}

/// Reads of articles' hashes since the statistics were reset. The list of roll-ups and that of changed days are hashes too.
fn reads_of_articles(servers: &Servers) -> u64 {
    calls(servers, "hscan") + calls(servers, "hgetall") - 2 * calls(servers, "evalsha")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn periods_share_reads_of_today_with_each_other_and_now() {
    let servers = Servers::one();
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    let before = Day::new(TODAY.get() - 9);
    apply(&store, on(before, changes(1, [read("/news/old", 999)]))).await;
    let reads: Vec<_> = (0..COUNTED_ARTICLES)
        .map(|number| read(&format!("/news/{number}"), number))
        .collect();
    apply(&store, changes(1, reads)).await;
    store.clean_up(&[site()], TODAY).await.unwrap();
    let news = site();
    let gather = async |section: Option<&str>, max_age: u64| {
        servers.cli(0, &["config", "resetstat"]);
        for days in [7, 28, 84, 365, 1095] {
            let (days, none) = (Days::until(TODAY, days), Arc::new(|_: &_| Vec::new()));
            let max_age = Duration::from_secs(max_age);
            let period = store.period(&news, section, days, max_age, none).await;
            let sums = period.unwrap().sums;
            assert!(sums.len() as u64 >= COUNTED_ARTICLES);
        }
        reads_of_articles(&servers)
    };
    assert_eq!(gather(None, 0).await, 5 * COUNTED_ARTICLES, "exact");
    assert_eq!(gather(None, 30).await, COUNTED_ARTICLES, "the first one's");
    assert_eq!(gather(Some("/news/"), 30).await, 0, "the site's");
    store.now(&site(), None, now_of(TODAY)).await.unwrap();
    assert_eq!(gather(None, 30).await, 0, "those of *Now*");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_reads_only_the_records_of_counted_articles() {
    let servers = Servers::one();
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    let key = |number: u64| format!("/news/{number}");
    for number in 0..COUNTED_ARTICLES {
        put(&store, TODAY, &key(number), copy("Banjir")).await;
    }
    // The second reading reads the notes of what was put once more.
    let mut held = vec![store.article_index(&site()).await.unwrap()];
    held.push(store.article_index(&site()).await.unwrap());
    let reads: Vec<_> = (0..COUNTED_ARTICLES)
        .map(|number| read(&key(number), number))
        .collect();
    apply(&store, changes(1, reads)).await;
    for (title, copies) in [("Banjir", 0), ("Banjir surut", 1)] {
        if copies > 0 {
            put(&store, TODAY, &key(7), copy(title)).await;
        }
        servers.cli(0, &["config", "resetstat"]);
        let index = store.article_index(&site()).await.unwrap();
        assert_eq!(calls(&servers, "hgetall"), COUNTED_ARTICLES);
        assert_eq!(calls(&servers, "hmget"), copies);
        let put = index.iter().find(|article| article.key == key(7)).unwrap();
        assert_eq!((put.title, put.byline), (title, "Humas"));
        held.push(index);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_has_a_copy_that_was_submitted_again() {
    let servers = Servers::one();
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    let mut held = Vec::new();
    let title = async |held: &mut Vec<_>| {
        let index = store.article_index(&site()).await.unwrap();
        let found = index.iter().next().map(|article| article.title.to_owned());
        held.push(index);
        found.unwrap()
    };
    // As if the request had been cancelled before the change was noted.
    let lose_notes = || {
        let notes = servers.cli(0, &["--scan", "--pattern", "gema:changed:*"]);
        assert!(notes.lines().count() > 0);
        for name in notes.lines() {
            servers.cli(0, &["del", name.trim()]);
        }
    };
    put(&store, TODAY, "/news/1", copy("Banjir")).await;
    apply(&store, changes(1, [read("/news/1", 1)])).await;
    for _ in 0..2 {
        assert_eq!(title(&mut held).await, "Banjir");
    }
    put(&store, TODAY, "/news/1", copy("Banjir surut")).await;
    lose_notes();
    assert_eq!(title(&mut held).await, "Banjir");
    put(&store, TODAY, "/news/1", copy("Banjir surut")).await;
    assert_eq!(title(&mut held).await, "Banjir surut");
    assert!(remove(&store, "/news/1", Removal::Copy).await);
    lose_notes();
    assert_eq!(title(&mut held).await, "Banjir surut");
    assert!(!remove(&store, "/news/1", Removal::Copy).await);
    assert_eq!(title(&mut held).await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_period_has_an_article_with_thousands_of_days() {
    const DAYS: i32 = 5000;
    let servers = Servers::one();
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    apply(
        &store,
        changes(1, [read("/news/old", 1), read("/news/new", 2)]),
    )
    .await;
    let keys = servers.cli(0, &["--scan", "--pattern", "gema:{*}:d"]);
    let days = keys.lines().next().unwrap().trim();
    for first in (1..=DAYS).step_by(500) {
        let fields = (first..first + 500).map(|before| format!("{}::reads", TODAY.get() - before));
        let fields: Vec<String> = fields.flat_map(|field| [field, "1".into()]).collect();
        let set = ["hset", days]
            .into_iter()
            .chain(fields.iter().map(String::as_str));
        servers.cli(0, &set.collect::<Vec<_>>());
    }
    let totals = async |days| {
        let found = store.totals(&site(), None, Days::until(TODAY, days)).await;
        found.unwrap()
    };
    for (days, expected) in [
        (1, 2),
        (3, 4),
        (9, 10),
        (DAYS as u16 + 1, 2 + i64::from(DAYS)),
    ] {
        assert_eq!(totals(days).await, [(Metric::Reads, expected)]);
    }
    servers.cli(0, &["config", "resetstat"]);
    totals(2).await;
    assert_eq!(
        (calls(&servers, "hscan"), reads_of_articles(&servers)),
        (2, 3)
    );
}
