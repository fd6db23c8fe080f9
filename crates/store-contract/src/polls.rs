//! The newsroom's settings for the poll of one article stay with the article.

use std::sync::Arc;

use store::{AliasEffect, ArticlePoll, ArticleUpdate, Removal, Store};
use wire::{ArticleKey, Poll};

use super::{Engine, TODAY, changes, react, read, site};
use crate::{
    fixtures::{article, chose, reaction},
    import_export::{export, import},
};

/// Closed, with its own question and an option off.
fn closed() -> ArticlePoll {
    ArticlePoll {
        state: Some(Poll::Closed),
        question: Some("Setuju dengan \"tilang\"?".into()),
        off: vec![reaction("angry")],
    }
}

fn asks(question: &str) -> ArticlePoll {
    ArticlePoll {
        question: Some(question.into()),
        ..ArticlePoll::default()
    }
}

async fn sets(store: &Arc<dyn Store>, key: &str, poll: ArticlePoll) -> u64 {
    let update = ArticleUpdate {
        article: None,
        imported: None,
        poll: Some(poll),
    };
    let key = article(key);
    let set = store.put_article(&site(), TODAY, &key, update).await;
    set.unwrap().rev
}

async fn poll_of(store: &Arc<dyn Store>, key: &str) -> Option<ArticlePoll> {
    let counted = store.tallies(&site(), &[article(key)]).await.unwrap();
    counted[0].poll.as_deref().cloned()
}

pub async fn an_articles_poll_is_kept_and_changes_its_revision<E: Engine>(engine: &E) {
    let store = engine.open();
    let vote = changes(1, [react("a", Some("angry"), 1)]);
    store.apply(vote.clone()).await.unwrap();
    assert_eq!(poll_of(&store, "a").await, None);
    let rev = sets(&store, "a", closed()).await;
    assert_eq!(poll_of(&store, "a").await, Some(closed()));
    // The same again changes nothing, and other updates keep it.
    assert_eq!(sets(&store, "a", closed()).await, rev);
    let nothing = ArticleUpdate {
        article: None,
        imported: None,
        poll: None,
    };
    let key = article("a");
    let kept = store.put_article(&site(), TODAY, &key, nothing).await;
    assert_eq!(kept.unwrap().rev, rev);
    drop(store);
    engine.check();
    let store = engine.open();
    assert_eq!(poll_of(&store, "a").await, Some(closed()));
    // Events return it too, whatever they are about.
    let applied = store.apply(changes(2, [read("a", 1)])).await.unwrap();
    assert_eq!(applied[0].poll.as_deref(), Some(&closed()));
    let here = site();
    let changes = store.recent_changes(&here, TODAY, Arc::new(|_| true));
    let recent = changes.await.unwrap().articles;
    assert_eq!(recent[0].poll.as_deref(), Some(&closed()));
    // The votes for an option that is off are kept.
    let counted = store.tallies(&site(), &[article("a")]).await.unwrap();
    assert_eq!(chose(&counted[0].tally, "angry"), 1);
    assert!(sets(&store, "a", ArticlePoll::default()).await > rev);
    assert_eq!(poll_of(&store, "a").await, None);
    drop(store);
    assert_eq!(poll_of(&engine.open(), "a").await, None);
}

pub async fn an_articles_poll_outlives_its_copy_but_not_the_article(engine: &impl Engine) {
    let store = engine.open();
    sets(&store, "a", closed()).await;
    let remove = async |removal| {
        let removed = store.remove_article(&site(), &article("a"), removal).await;
        removed.unwrap()
    };
    remove(Removal::Copy).await;
    assert_eq!(poll_of(&store, "a").await, Some(closed()));
    assert!(remove(Removal::Everything).await);
    assert_eq!(poll_of(&store, "a").await, None);
}

pub async fn an_articles_poll_moves_with_its_article<E: Engine>(engine: &E) {
    let store = engine.open();
    sets(&store, "a", asks("A?")).await;
    let alias = async |old: &str, new: &str| {
        let keys: [ArticleKey; 2] = [article(old), article(new)];
        let moved = store.alias(&site(), TODAY, &keys[0], &keys[1], false).await;
        moved.unwrap().unwrap().effect
    };
    assert_eq!(alias("a", "b").await, AliasEffect::Renamed);
    for key in ["a", "b"] {
        assert_eq!(poll_of(&store, key).await, Some(asks("A?")), "{key}");
    }
    // Of two, that under the new key stays.
    sets(&store, "c", asks("C?")).await;
    assert_eq!(
        alias("b", "c").await,
        AliasEffect::Merged { at_most_twice: 0 }
    );
    assert_eq!(poll_of(&store, "a").await, Some(asks("C?")));
    store
        .apply(changes(2, [react("d", Some("sad"), 1)]))
        .await
        .unwrap();
    assert_eq!(
        alias("c", "d").await,
        AliasEffect::Merged { at_most_twice: 0 }
    );
    assert_eq!(poll_of(&store, "d").await, Some(asks("C?")));
    drop(store);
    engine.check();
}

pub async fn an_articles_poll_is_exported_and_an_existing_one_kept<E: Engine>(engine: &E) {
    let store = engine.open();
    sets(&store, "a", closed()).await;
    sets(&store, "b", asks("B?")).await;
    let file = export(&store, TODAY).await;
    let elsewhere = E::new();
    let other = elsewhere.open();
    sets(&other, "b", asks("Lain?")).await;
    assert_eq!(import(&other, &file).await.unwrap().new, 1);
    assert_eq!(poll_of(&other, "a").await, Some(closed()));
    assert_eq!(poll_of(&other, "b").await, Some(asks("Lain?")));
    let again = import(&other, &file).await.unwrap();
    assert_eq!((again.new, again.changed), (0, 0), "{again:?}");
    drop(other);
    elsewhere.check();
}
