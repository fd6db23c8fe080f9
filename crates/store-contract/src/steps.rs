//! Steps of tests on a store. Each panics if the store fails.

use std::sync::Arc;

use store::{AliasOutcome, ArticleCounts, ArticleUpdate, Changes, Removal, Store};
use visitor::{Day, Visitor};
use wire::{Article, Counts, Imported, Tally};

use crate::{
    TODAY,
    fixtures::{article, reaction},
    site,
};

/// Today plus `days`.
pub const fn later(days: i32) -> Day {
    Day::new(TODAY.get() + days)
}

/// The changes, on another day.
pub fn on(day: Day, changes: Changes) -> Changes {
    Changes { day, ..changes }
}

/// The changes, by another visitor.
pub fn by(visitor: Visitor, changes: Changes) -> Changes {
    let visitor = Some(visitor);
    Changes { visitor, ..changes }
}

/// Applies changes. Returns the tally of each article.
pub async fn apply(store: &Arc<dyn Store>, changes: Changes) -> Vec<Tally> {
    let applied = store.apply(changes).await.unwrap();
    applied.into_iter().map(|applied| applied.tally).collect()
}

/// Puts an article. Returns its tally.
pub async fn put(store: &Arc<dyn Store>, day: Day, key: &str, update: ArticleUpdate) -> Tally {
    store
        .put_article(&site(), day, &article(key), update)
        .await
        .unwrap()
}

/// Makes `old` an alias of `new`.
pub async fn alias(store: &Arc<dyn Store>, day: Day, old: &str, new: &str) -> AliasOutcome {
    store
        .alias(&site(), day, &article(old), &article(new), false)
        .await
        .unwrap()
        .unwrap()
}

/// Removes an article, or its copy. Returns whether there was one.
pub async fn remove(store: &Arc<dyn Store>, key: &str, what: Removal) -> bool {
    store
        .remove_article(&site(), &article(key), what)
        .await
        .unwrap()
}

/// All counts of an article.
pub async fn counts(store: &Arc<dyn Store>, key: &str) -> ArticleCounts {
    let counts = store.tallies(&site(), &[article(key)]).await.unwrap();
    counts.into_iter().next().unwrap()
}

/// The tally of an article.
pub async fn tally(store: &Arc<dyn Store>, key: &str) -> Tally {
    counts(store, key).await.tally
}

/// An update with a copy of that title, published on 2015-11-17.
pub fn copy(title: &str) -> ArticleUpdate {
    let article = Article {
        title: title.into(),
        byline: Some("Humas".into()),
        published: Some("2015-11-17".into()),
        url: None,
        html: "<p>Isi".into(),
    };
    ArticleUpdate {
        article: Some(article),
        imported: None,
        poll: None,
    }
}

/// An update with starting counts: of reads, and of reactions with `happy`.
pub fn starting(reads: u64, happy: u64) -> ArticleUpdate {
    let imported = Imported {
        reads,
        reactions: Counts(vec![(reaction("happy"), happy)]),
        ..Imported::default()
    };
    ArticleUpdate {
        article: None,
        imported: Some(imported),
        poll: None,
    }
}
