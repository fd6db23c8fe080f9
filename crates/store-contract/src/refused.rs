use metrics::{Kind, Reason};
use store::{
    ARTICLE_REFUSED_KEPT_DAYS, ArticleUpdate, Days, Refused, RefusedByProcess, Removal, Store,
};
use visitor::Day;
use wire::SiteId;

use super::{Engine, TODAY, changes, read, site};
use crate::fixtures::article;
use crate::steps::{alias, later};

fn refused(kind: Kind, reason: Reason, count: u64) -> Refused {
    Refused {
        kind,
        reason,
        count,
    }
}

async fn note(store: &dyn Store, day: Day, process: u32, refused: &[Refused]) {
    let refused = refused.to_vec();
    let by = RefusedByProcess {
        process,
        refused,
        ..RefusedByProcess::default()
    };
    assert_eq!(store.note_refused(&site(), day, by).await, Ok(()));
}

pub async fn refused_events_are_summed_over_processes(engine: &impl Engine) {
    let bots = |count| refused(Kind::Read, Reason::Bot, count);
    let limited = refused(Kind::Share, Reason::Limit, 7);
    let store = engine.open();
    assert_eq!(store.refused(&site(), TODAY).await, Ok(Vec::new()));
    note(&*store, TODAY, 5, &[limited, bots(1)]).await;
    note(&*store, TODAY, 5, &[limited, bots(3)]).await;
    // The process writes the same sums again: nothing changes.
    note(&*store, TODAY, 5, &[limited, bots(3)]).await;
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![bots(3), limited])
    );
    note(&*store, TODAY, 6, &[bots(10)]).await;
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![bots(13), limited])
    );
    drop(store);
    let store = engine.open();
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![bots(13), limited])
    );
    let other = SiteId::parse("other").unwrap();
    assert_eq!(store.refused(&other, TODAY).await, Ok(Vec::new()));
    let tomorrow = later(1);
    assert_eq!(store.refused(&site(), tomorrow).await, Ok(Vec::new()));
}

pub async fn refused_events_of_restarts_are_kept(engine: &impl Engine) {
    let store = engine.open();
    let bots = |count| refused(Kind::Read, Reason::Bot, count);
    for process in 1..=20 {
        note(&*store, TODAY, process, &[bots(1)]).await;
    }
    assert_eq!(store.refused(&site(), TODAY).await, Ok(vec![bots(20)]));
}

pub async fn refused_events_of_an_article_move_with_its_key<E: Engine>(engine: &E) {
    let store = engine.open();
    let bots = |count| refused(Kind::Read, Reason::Bot, count);
    let closed = refused(Kind::React, Reason::Closed, 4);
    let events = [read("a", 1), read("b", 2)];
    store.apply(changes(1, events)).await.unwrap();
    let note = async |process, articles: &[(&str, Refused)]| {
        let articles = articles.iter();
        let articles = articles.map(|(key, one)| (article(key), vec![*one]));
        let by = RefusedByProcess {
            process,
            refused: Vec::new(),
            articles: articles.collect(),
        };
        store.note_refused(&site(), TODAY, by).await.unwrap();
    };
    let of = async |key: &str| {
        let days = Days::until(TODAY, 1);
        let found = store.refused_of(&site(), &article(key), days).await;
        found.unwrap()
    };
    note(6, &[("a", closed)]).await;
    note(5, &[("a", bots(2)), ("b", bots(3))]).await;
    // To a new key. A process that has counted under both writes both again.
    alias(&store, TODAY, "a", "c").await;
    assert_eq!(
        (of("a").await, of("c").await),
        (vec![bots(2), closed], vec![bots(2), closed])
    );
    note(5, &[("a", bots(2)), ("c", bots(1))]).await;
    assert_eq!(of("c").await, [bots(3), closed]);
    // Into another article.
    alias(&store, TODAY, "c", "b").await;
    assert_eq!(of("b").await, [bots(6), closed]);
    note(5, &[("a", bots(2)), ("b", bots(3)), ("c", bots(1))]).await;
    assert_eq!(of("a").await, [bots(6), closed]);
}

pub async fn refused_events_of_an_article_are_summed_over_days<E: Engine>(engine: &E) {
    let store = engine.open();
    let bots = |count| refused(Kind::Read, Reason::Bot, count);
    let closed = |count| refused(Kind::React, Reason::Closed, count);
    store
        .apply(changes(1, [read("a", 1), read("b", 2)]))
        .await
        .unwrap();
    let note = async |day, process, articles: &[(&str, Refused)]| {
        let articles = articles.iter();
        let articles = articles.map(|(key, one)| (article(key), vec![*one]));
        let by = RefusedByProcess {
            process,
            refused: vec![bots(1)],
            articles: articles.collect(),
        };
        store.note_refused(&site(), day, by).await.unwrap();
    };
    let all = Days::until(TODAY, 2 * ARTICLE_REFUSED_KEPT_DAYS);
    let of = async |key: &str, days| {
        store
            .refused_of(&site(), &article(key), days)
            .await
            .unwrap()
    };
    let earlier = |days: u16| Day::new(TODAY.get() - i32::from(days));
    // What is not known is not stored.
    note(earlier(1), 5, &[("a", bots(2)), ("made up", bots(9))]).await;
    note(TODAY, 5, &[("a", bots(3)), ("b", closed(1))]).await;
    // The process writes the same sums again, and another one its own.
    note(TODAY, 5, &[("a", bots(4))]).await;
    note(TODAY, 6, &[("a", bots(10))]).await;
    assert_eq!(of("a", all).await, [bots(16)]);
    assert_eq!(of("a", Days::until(TODAY, 1)).await, [bots(14)]);
    assert_eq!(of("made up", all).await, []);
    let update = ArticleUpdate {
        article: None,
        imported: None,
        poll: None,
    };
    store
        .put_article(&site(), TODAY, &article("made up"), update)
        .await
        .unwrap();
    assert_eq!(of("made up", all).await, []);
    // Old days end.
    let tomorrow = Day::new(TODAY.get() + i32::from(ARTICLE_REFUSED_KEPT_DAYS) - 1);
    note(tomorrow, 6, &[("a", bots(1))]).await;
    let later = Days {
        last: tomorrow,
        ..all
    };
    assert_eq!(of("a", later).await, [bots(15)]);
    let removed = store
        .remove_article(&site(), &article("b"), Removal::Everything)
        .await;
    assert!(removed.unwrap());
    store.apply(changes(2, [read("b", 3)])).await.unwrap();
    assert_eq!(of("b", later).await, []);
}
