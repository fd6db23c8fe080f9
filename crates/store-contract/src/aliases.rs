use store::{Alias, AliasEffect, AliasError};

use super::{Engine, TODAY, changes, read, share, site};
use crate::{
    fixtures::article,
    steps::{alias, apply, later, on, tally},
};

pub async fn aliases_are_listed_and_lead_to_their_article<E: Engine>(engine: &E) {
    let store = engine.open();
    apply(&store, changes(1, [read("b", 1), share("c", "copy", 1)])).await;
    let alias = async |old: &str, new: &str| {
        store
            .alias(&site(), TODAY, &article(old), &article(new), false)
            .await
            .unwrap()
            .map(|did| did.effect)
    };
    assert_eq!(alias("a", "b").await, Ok(AliasEffect::Added));
    assert_eq!(
        alias("b", "c").await,
        Ok(AliasEffect::Merged { at_most_twice: 0 })
    );
    assert_eq!(alias("c", "d").await, Ok(AliasEffect::Renamed));
    assert_eq!(
        alias("b", "e").await,
        Err(AliasError::Elsewhere(article("d")))
    );

    let all = store.aliases(&site(), None, 10).await.unwrap();
    let lead = |old: &str| Alias {
        old: article(old),
        new: article("d"),
    };
    assert_eq!(all, [lead("a"), lead("b"), lead("c")]);
    for key in ["a", "d"] {
        let aliases = store.aliases_of(&site(), &article(key)).await;
        assert_eq!(aliases, Ok(["a", "b", "c"].map(article).to_vec()));
    }
    assert_eq!(
        store
            .aliases(&site(), Some(&article("a")), 1)
            .await
            .unwrap(),
        [lead("b")]
    );
    for key in ["a", "b", "c"] {
        assert_eq!(
            store.alias_target(&site(), &article(key)).await,
            Ok(Some(article("d")))
        );
        let got = tally(&store, key).await;
        assert_eq!(
            (got.article, got.reads, got.shares.total()),
            (article(key), 1, 1)
        );
    }
    let keys: Vec<_> = store.articles(&site(), None, 10).await.unwrap();
    assert_eq!(
        keys.into_iter()
            .map(|line| line.tally.article)
            .collect::<Vec<_>>(),
        [article("d")]
    );

    assert_eq!(store.remove_alias(&site(), &article("a")).await, Ok(Ok(())));
    assert_eq!(
        store.remove_alias(&site(), &article("c")).await,
        Ok(Err(AliasError::HasCounts(article("d"))))
    );
    assert_eq!(
        store.remove_alias(&site(), &article("a")).await,
        Ok(Err(AliasError::Unknown))
    );
    assert_eq!(
        (
            store.alias_target(&site(), &article("a")).await,
            tally(&store, "a").await.reads
        ),
        (Ok(None), 0)
    );
    assert_eq!(alias("d", "c").await, Ok(AliasEffect::Swapped));
    assert_eq!(
        store.alias_target(&site(), &article("d")).await,
        Ok(Some(article("c")))
    );
    assert_eq!(store.aliases(&site(), None, 10).await.unwrap().len(), 2);
}

pub async fn merged_article_keeps_digests_after_clock_change<E: Engine>(engine: &E) {
    let store = engine.open();
    let seen = [read("a", 1), share("b", "copy", 1)];
    apply(&store, changes(1, seen.clone())).await;
    alias(&store, later(-2), "b", "a").await;
    apply(&store, on(later(-1), changes(1, seen))).await;
    let got = tally(&store, "a").await;
    assert_eq!((got.reads, got.shares.total()), (1, 1));
}
