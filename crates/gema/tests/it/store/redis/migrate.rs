use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use accounts::{Grant, Role, User, UserName};
use admin::{MigrateError, MigrationReport, MigrationTarget};
use jiff::Timestamp;
use store::{ArticleUpdate, Removal, Store, WritesBlocked};
use store_contract::{Engine, TODAY, changes, react, read, share, site, tally};
use wire::{Imported, Tally};

use super::{Six, prefix, six_servers};
use crate::site::{article, token};

async fn try_to_migrate(
    from: &Arc<dyn Store>,
    to: &Arc<dyn Store>,
    target: MigrationTarget,
) -> Result<MigrationReport, MigrateError> {
    admin::migrate(
        &**from,
        (Arc::clone(to), "there"),
        target,
        TODAY,
        tempfile::tempfile().unwrap(),
    )
    .await
}

async fn migrate(from: &Arc<dyn Store>, to: &Arc<dyn Store>) -> MigrationReport {
    try_to_migrate(from, to, MigrationTarget::Empty)
        .await
        .unwrap()
}

async fn merge(from: &Arc<dyn Store>, to: &Arc<dyn Store>) -> MigrationReport {
    try_to_migrate(from, to, MigrationTarget::Merged)
        .await
        .unwrap()
}

async fn all(store: &Arc<dyn Store>) -> Vec<Tally> {
    let lines = store.articles(&site(), None, 100).await.unwrap();
    // Compare without revisions and without the order of options, which an import does not preserve.
    let alike = |mut tally: Tally| {
        tally.reactions.0.sort_by_key(|(key, _)| key.to_string());
        Tally { rev: 0, ..tally }
    };
    lines.into_iter().map(|line| alike(line.tally)).collect()
}

/// Migrates from a file to a cluster, counts there, and migrates back to another file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_moves_to_another_engine_and_back_with_every_total() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Six::new();
    let file = |name: &str| engines::open(dir.path().join(name).to_str().unwrap()).unwrap();
    let here = file("old.db");
    let there = cluster.open();
    for reader in 0..40 {
        let own = format!("article-{}", reader % 7);
        let option = ["happy", "sad"][reader as usize % 2];
        let batch = [
            read(&own, reader),
            share(&own, "copy", reader),
            react(&own, Some(option), reader + 1),
        ];
        here.apply(changes(reader, batch)).await.unwrap();
    }
    let imported = Some(Imported {
        reads: 841,
        ..Imported::default()
    });
    here.put_article(
        &site(),
        TODAY,
        &article("article-0"),
        ArticleUpdate {
            article: None,
            imported,
            poll: None,
        },
    )
    .await
    .unwrap();
    here.alias(
        &site(),
        TODAY,
        &article("article-1"),
        &article("article-2"),
        false,
    )
    .await
    .unwrap()
    .unwrap();

    let mut siti = User::new(UserName::parse("siti").unwrap(), 7, Timestamp::UNIX_EPOCH);
    siti.access
        .set(Grant::new(site(), Role::Editor, None).unwrap());
    let users = here.accounts();
    assert!(
        users
            .swap_user(&siti.name, None, Some(&siti))
            .await
            .unwrap()
    );

    let moved = migrate(&here, &there).await;
    assert_eq!(there.accounts().users().await, Ok(vec![siti]));
    assert_eq!(
        (moved.imported.new, moved.articles, moved.different),
        (6, 6, vec![])
    );
    assert_eq!(all(&there).await, all(&here).await);
    let again = merge(&here, &there).await;
    assert_eq!(
        (
            again.imported.same,
            again.imported.new,
            again.imported.changed
        ),
        (6, 0, 0)
    );

    // The reader's vote was migrated too, under both keys.
    let told = there
        .apply(changes(1, [react("article-1", None, 100)]))
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        told.tally.reactions.total(),
        tally(&here, "article-2").await.reactions.total() - 1
    );
    let back = file("new.db");
    let moved = migrate(&there, &back).await;
    assert_eq!((moved.imported.new, moved.different), (6, vec![]));
    assert_eq!(all(&back).await, all(&there).await);
    assert_eq!(
        back.alias_target(&site(), &article("article-1")).await,
        Ok(Some(article("article-2")))
    );

    // Counts added in the other store only appear as a difference.
    here.apply(changes(1, [read("article-3", 1000)]))
        .await
        .unwrap();
    there
        .apply(changes(1, [read("article-4", 1000)]))
        .await
        .unwrap();
    assert_eq!(there.unblock_writes().await, Ok(true));
    let differs = merge(&here, &there).await.different;
    assert_eq!(
        differs,
        [
            (site(), article("article-2")),
            (site(), article("article-4"))
        ]
    );
    drop((here, there, back));
    cluster.check();
}

/// An interrupted migration leaves articles in the target, which are outdated when it is repeated.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_into_a_store_with_articles_is_refused() {
    let (dir, cluster) = (tempfile::tempdir().unwrap(), Six::new());
    let here = engines::open(dir.path().join("old.db").to_str().unwrap()).unwrap();
    let (interrupted, empty) = (cluster.open(), Six::new().open());
    for key in ["kept", "removed"] {
        here.apply(changes(1, [react(key, Some("happy"), 1)]))
            .await
            .unwrap();
    }
    migrate(&here, &interrupted).await;
    here.remove_article(&site(), &article("removed"), Removal::Everything)
        .await
        .unwrap();
    here.erase_visitor(&site(), TODAY, &token(1), &[article("kept")])
        .await
        .unwrap();

    let refused = try_to_migrate(&here, &interrupted, MigrationTarget::Empty)
        .await
        .unwrap_err();
    assert!(matches!(refused, MigrateError::NotEmpty), "{refused}");
    let said = refused.to_string();
    assert!(
        said.contains("?prefix=") && said.contains("--merge"),
        "{said}"
    );
    assert_eq!(
        here.refresh_write_block().await,
        Ok(()),
        "the source accepts writes"
    );
    let moved = migrate(&here, &empty).await;
    assert_eq!((moved.articles, moved.different), (1, vec![]));
    assert_eq!(tally(&empty, "kept").await.reactions.total(), 0);
}

/// Waits until the store reports this state.
async fn sees(store: &Arc<dyn Store>, expected: Result<(), WritesBlocked>) {
    let begun = Instant::now();
    while store.refresh_write_block().await != expected {
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "{:?}",
            store.refresh_write_block().await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_block_reports_writes_it_may_have_missed() {
    let engine = Six::new();
    let here = engine.open();
    let there = engine.open();
    sees(&there, Ok(())).await;
    let hold = here.block_writes().await.unwrap();
    sees(&there, Err(WritesBlocked::Migrating)).await;
    assert!(!there.accepts_writes() && !there.can_acknowledge());
    assert_eq!(
        there.block_writes().await,
        Err(WritesBlocked::Migrating),
        "one after the other"
    );
    assert_eq!(
        there.unblock_writes().await,
        Err(WritesBlocked::Migrating),
        "the flag is not cleared by this"
    );
    assert_eq!(here.renew_write_block(&hold).await, Ok(true));

    // Deletes the flag, as if it had expired on one server.
    six_servers().cli(
        0,
        &["-c", "del", &format!("{}:notice:{{7}}", prefix(&engine.0))],
    );
    assert_eq!(here.renew_write_block(&hold).await, Ok(false));
    assert_eq!(
        here.end_write_block(&hold, Some("sqlite:new.db")).await,
        Ok(false)
    );
    sees(&there, Ok(())).await;

    let hold = here.block_writes().await.unwrap();
    assert_eq!(
        here.end_write_block(&hold, Some("sqlite:new.db")).await,
        Ok(true)
    );
    let moved = WritesBlocked::Migrated("sqlite:new.db".into());
    sees(&there, Err(moved.clone())).await;
    assert_eq!(there.block_writes().await, Err(moved));
    assert_eq!(
        (there.unblock_writes().await, there.unblock_writes().await),
        (Ok(true), Ok(false))
    );
    sees(&here, Ok(())).await;
}
