use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use store::{PruneFilter, Removal, Store, StoreError};
use store_contract::{
    TODAY, changes, react, read, site,
    steps::{alias, apply, tally},
};
use visitor::Day;

use super::{prefix, url};
use crate::{
    servers::Servers,
    site::{article, token},
};

/// A `seq` that is stored as these bytes.
const SEQ: u64 = 0x1122_3344_5566;
const SEQ_BYTES: [u8; 7] = [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66];

/// Runs clean-ups, as another process would every minute, until the condition holds.
async fn cleans_up_until(store: &Arc<dyn Store>, what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    loop {
        store.clean_up(&[site()], TODAY).await.unwrap();
        if holds() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(15), "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Checks that a vote is erased although the process that deletes it ends before its clean-up, and another process
/// starts.
async fn is_erased_after_the_process_has_ended(
    servers: &Servers,
    url: &str,
    delete: impl AsyncFn(&Arc<dyn Store>) -> bool,
) {
    let store = engines::open(url).unwrap();
    apply(&store, changes(1, [react("erased", Some("happy"), SEQ)])).await;
    apply(&store, changes(2, [react("kept", Some("sad"), 1)])).await;
    assert!(
        servers.files_have(&SEQ_BYTES),
        "the search finds what is there"
    );
    assert!(delete(&store).await);
    drop(store);
    let other = engines::open(url).unwrap();
    cleans_up_until(&other, "the files still have the vote", || {
        !servers.files_have(&SEQ_BYTES)
    })
    .await;
    let flags = format!("{}:erased*", prefix(url));
    let no_flag = || {
        let scan = |server| {
            servers
                .cli(server, &["--scan", "--pattern", &flags])
                .trim()
                .to_owned()
        };
        (0..servers.ports.len()).all(|server| scan(server).is_empty())
    };
    cleans_up_until(&other, "the flag stays", no_flag).await;
    assert_eq!(tally(&other, "kept").await.reactions.total(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_vote_is_in_no_file_after_the_endpoint_is_killed() {
    let servers = Servers::cluster();
    let delete = async |store: &Arc<dyn Store>| {
        store
            .erase_visitor(&site(), TODAY, &token(1), &[article("erased")])
            .await
            .unwrap()
            .len()
            == 1
    };
    is_erased_after_the_process_has_ended(&servers, &url(&servers, "redis+cluster"), delete).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_that_a_command_has_removed_is_in_no_file() {
    let servers = Servers::one();
    let delete = async |store: &Arc<dyn Store>| {
        store
            .remove_article(&site(), &article("erased"), Removal::Everything)
            .await
            .unwrap()
    };
    is_erased_after_the_process_has_ended(&servers, &url(&servers, "redis"), delete).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_work_at_maxmemory() {
    let servers = Servers::one();
    let store = engines::open(&url(&servers, "redis")).unwrap();
    for key in ["voted", "removed", "aliased"] {
        apply(
            &store,
            changes(1, [read(key, 1), react(key, Some("happy"), 5)]),
        )
        .await;
    }
    alias(&store, TODAY, "aliased", "renamed").await;
    apply(&store, changes(1, [read("/pruned", 1)])).await;
    let used = servers.cli(0, &["info", "memory"]);
    let used = used
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"))
        .unwrap()
        .trim()
        .to_owned();
    let limit = (used.parse::<u64>().unwrap() / 2).to_string();
    servers.cli(0, &["config", "set", "maxmemory", &limit]);

    assert_eq!(
        store.apply(changes(2, [read("voted", 2)])).await,
        Err(StoreError::Unavailable)
    );
    let told = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("voted")])
        .await
        .unwrap();
    assert_eq!((told.len(), told[0].reactions.total()), (1, 0));
    for key in ["removed", "renamed"] {
        assert_eq!(
            store
                .remove_article(&site(), &article(key), Removal::Everything)
                .await,
            Ok(true),
            "{key}"
        );
    }
    let filter = PruneFilter {
        before: Day::new(TODAY.get() + 1),
        fewer_than: 2,
        dry_run: false,
    };
    let pruned = store.prune(&site(), filter, None).await.unwrap().articles;
    assert!(pruned.contains(&article("/pruned")), "{pruned:?}");

    servers.cli(0, &["config", "set", "maxmemory", "0"]);
    assert_eq!(
        store
            .apply(changes(2, [read("voted", 2)]))
            .await
            .map(|told| told.len()),
        Ok(1)
    );
    assert_eq!(store.check().await.unwrap().findings, []);
}
