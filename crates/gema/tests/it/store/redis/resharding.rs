//! Slots that are being migrated: the source still has some of the keys, and the target has the others. `redis-cli
//! --cluster reshard` leaves slots in this state between two batches.

use std::{
    io::{Seek, Write},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use admin::MigrationTarget;
use store::{
    Admission, ArticleUpdate, Changes, NewEvent, Store, StoreError,
    export_format::{ExportWriter, Line},
};
use store_contract::{TODAY, changes, react, read, site, tally};
use tokio::{runtime::Handle, sync::mpsc};
use wire::Imported;

use super::{prefix, url};
use crate::{
    servers::Servers,
    site::{article, token},
};

/// Enough votes for several buckets.
const VOTERS: u64 = 200;

/// A cluster that only these tests share.
fn servers() -> &'static Servers {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    SERVERS.get_or_init(Servers::cluster)
}

fn master_servers() -> impl Iterator<Item = usize> {
    servers()
        .nodes(0)
        .into_iter()
        .filter(|node| !node.slots.is_empty())
        .map(|node| node.server)
}

/// A store's keys of that pattern, on all masters.
fn keys(url: &str, pattern: &str) -> Vec<String> {
    let pattern = format!("{}:{pattern}", prefix(url));
    let scan = |server| servers().cli(server, &["--scan", "--pattern", &pattern]);
    master_servers()
        .flat_map(|server| scan(server).lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// A slot that is being migrated.
struct MigratingSlot {
    slot: String,
    source: usize,
    target: usize,
}

impl MigratingSlot {
    /// Begins to migrate the slot of `key`, with those of its keys for which `moves_now` holds.
    fn begin(key: &str, moves_now: impl Fn(&str) -> bool) -> Self {
        let slot = servers()
            .cli(0, &["cluster", "keyslot", key])
            .trim()
            .to_owned();
        let source = servers().master_of(slot.parse().unwrap(), 0).unwrap();
        let target = master_servers().find(|server| *server != source).unwrap();
        let this = Self {
            slot,
            source,
            target,
        };
        this.set(target, &["importing", &id(source)]);
        this.set(source, &["migrating", &id(target)]);
        let now: Vec<_> = this
            .keys()
            .into_iter()
            .filter(|key| moves_now(key))
            .collect();
        this.migrate(&now);
        this
    }

    /// Migrates the other keys, and gives the slot to the target.
    fn finish(self) {
        self.migrate(&self.keys());
        for server in [self.target, self.source]
            .into_iter()
            .chain(master_servers())
        {
            self.set(server, &["node", &id(self.target)]);
        }
    }

    fn set(&self, server: usize, state: &[&str]) {
        let reply = servers().cli(
            server,
            &[&["cluster", "setslot", &self.slot], state].concat(),
        );
        assert_eq!(reply.trim(), "OK");
    }

    /// The keys that the source still has.
    fn keys(&self) -> Vec<String> {
        let keys = servers().cli(
            self.source,
            &["cluster", "getkeysinslot", &self.slot, "10000"],
        );
        keys.lines()
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn migrate(&self, keys: &[String]) {
        if keys.is_empty() {
            return;
        }
        let port = servers().ports[self.target].to_string();
        let mut args = vec!["migrate", "127.0.0.1", &port, "", "0", "10000", "keys"];
        args.extend(keys.iter().map(String::as_str));
        assert_eq!(servers().cli(self.source, &args).trim(), "OK");
    }
}

fn id(server: usize) -> String {
    servers()
        .cli(server, &["cluster", "myid"])
        .trim()
        .to_owned()
}

/// Buckets of votes but the first, which also has the number of buckets.
fn is_later_bucket(key: &str) -> bool {
    key.contains(":v:") && !key.ends_with(":v:0")
}

/// Votes of many readers, after which there are several buckets of them: the name of one.
async fn many_votes(store: &Arc<dyn Store>, url: &str, key: &str) -> String {
    for some in (0..VOTERS).collect::<Vec<_>>().chunks(50) {
        let sending = some
            .iter()
            .map(|reader| store.apply(changes(*reader, [react(key, Some("happy"), 5)])));
        futures_util::future::try_join_all(sending).await.unwrap();
    }
    let begun = Instant::now();
    loop {
        if let Some(bucket) = keys(url, "{*}:v:2").pop() {
            return bucket;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "no bucket was split"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn exported(store: &Arc<dyn Store>) -> Result<Vec<Line>, StoreError> {
    let (sender, mut receiver) = mpsc::channel(10_000);
    store.export(None, TODAY, sender).await?;
    let mut lines = Vec::new();
    receiver.recv_many(&mut lines, 10_000).await;
    Ok(lines)
}

fn votes(lines: &[Line]) -> u64 {
    lines
        .iter()
        .filter(|line| matches!(line, Line::Vote(_)))
        .count() as u64
}

/// Repeats an operation until no lease and no migration refuses it.
async fn until_done<T>(mut operation: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    let begun = Instant::now();
    loop {
        match operation().await {
            Ok(done) => return done,
            Err(why) => assert!(begun.elapsed() < Duration::from_secs(30), "{why}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_during_a_reshard_has_every_vote() {
    let url = url(servers(), "redis+cluster");
    let store = engines::open(&url).unwrap();
    let bucket = many_votes(&store, &url, "reshard-export").await;
    let slot = MigratingSlot::begin(&bucket, is_later_bucket);
    let during = exported(&store).await;
    slot.finish();
    assert_eq!(votes(&during.unwrap()), VOTERS);
    assert_eq!(votes(&exported(&store).await.unwrap()), VOTERS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_during_a_reshard_loses_no_vote() {
    let url = url(servers(), "redis+cluster");
    let store = engines::open(&url).unwrap();
    let bucket = many_votes(&store, &url, "reshard-old").await;
    store
        .apply(changes(1, [read("reshard-new", 1)]))
        .await
        .unwrap();
    let slot = MigratingSlot::begin(&bucket, is_later_bucket);
    let alias = async || {
        store
            .alias(
                &site(),
                TODAY,
                &article("reshard-old"),
                &article("reshard-new"),
                false,
            )
            .await
    };
    let during = alias().await;
    slot.finish();
    println!("during the reshard: {during:?}");
    until_done(alias).await.unwrap();
    assert_eq!(
        votes(&until_done(async || exported(&store).await).await),
        VOTERS
    );
    assert_eq!(tally(&store, "reshard-new").await.reactions.total(), VOTERS);
    assert_eq!(store.check().await.unwrap().findings, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_during_a_reshard_knows_the_votes_that_are_there() {
    let url = url(servers(), "redis+cluster");
    let store = engines::open(&url).unwrap();
    let bucket = many_votes(&store, &url, "reshard-import").await;
    let (mut writer, mut bytes) = (ExportWriter::default(), Vec::new());
    exported(&store)
        .await
        .unwrap()
        .iter()
        .for_each(|line| writer.line(line, &mut bytes));
    writer.end(&mut bytes);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    file.rewind().unwrap();

    let slot = MigratingSlot::begin(&bucket, is_later_bucket);
    let (runtime, to) = (Handle::current(), Arc::clone(&store));
    let report = tokio::task::spawn_blocking(move || admin::import(&*to, &runtime, file, true))
        .await
        .unwrap();
    slot.finish();
    let report = report.unwrap();
    assert_eq!((report.votes, report.newer_votes, report.same), (0, 0, 1));
}

/// An imported article has votes under two ids: that of its source and its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_that_is_deleted_during_a_reshard_is_deleted() {
    let (url, dir) = (
        url(servers(), "redis+cluster"),
        tempfile::tempdir().unwrap(),
    );
    let (old, store) = (
        engines::open(dir.path().join("old.db").to_str().unwrap()).unwrap(),
        engines::open(&url).unwrap(),
    );
    let key = "reshard-erase";
    for reader in 0..VOTERS {
        old.apply(changes(reader, [react(key, Some("happy"), 5)]))
            .await
            .unwrap();
    }
    let file = tempfile::tempfile().unwrap();
    admin::migrate(
        &*old,
        (Arc::clone(&store), "there"),
        MigrationTarget::Empty,
        TODAY,
        file,
    )
    .await
    .unwrap();
    let first = keys(&url, "{*}:v:0").remove(0);

    // The readers whose votes stay on the source: a choice changes their row in the first bucket.
    let rows = || servers().cli(0, &["-c", "hgetall", &first]);
    let mut stay = Vec::new();
    for reader in 0..40 {
        let before = rows();
        store
            .apply(changes(reader, [react(key, Some("sad"), 6)]))
            .await
            .unwrap();
        stay.extend((rows() != before).then_some(reader));
    }
    assert!(stay.len() > 3, "{stay:?}");
    let slot = MigratingSlot::begin(&first, is_later_bucket);
    let mut deleted = Vec::new();
    for reader in stay {
        if let Ok(tallies) = store
            .erase_visitor(&site(), TODAY, &token(reader), &[article(key)])
            .await
        {
            deleted.push((reader, tallies.len()));
        }
    }
    slot.finish();
    assert!(
        deleted.iter().all(|(_, tallies)| *tallies == 1),
        "acknowledged but not found: {deleted:?}"
    );
    for (reader, _) in &deleted {
        let choice = store
            .choice(&site(), TODAY, &article(key), &token(*reader).into())
            .await
            .unwrap();
        assert_eq!(choice, None, "the vote of reader {reader}");
    }
    let left = tally(&store, key).await.reactions.total();
    assert_eq!(left, VOTERS - deleted.len() as u64);
}

/// `articles = "registered"`: refuses events that would create an article.
#[derive(Debug, Default)]
struct OnlyKnownArticles {
    refused: AtomicBool,
    asked: Mutex<u32>,
}

impl Admission for OnlyKnownArticles {
    fn admits(&self, _change: usize, new: &NewEvent<'_>) -> bool {
        *self.asked.lock().unwrap() += 1;
        self.refused.fetch_or(new.is_first, Ordering::SeqCst);
        !new.is_first
    }

    fn commit(&self) {}

    fn rollback(&self) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_that_is_resharded_is_neither_unknown_nor_empty() {
    let url = url(servers(), "redis+cluster");
    let store = engines::open(&url).unwrap();
    let key = "reshard-known";
    let imported = Some(Imported {
        reads: 7,
        ..Imported::default()
    });
    store
        .put_article(
            &site(),
            TODAY,
            &article(key),
            ArticleUpdate {
                article: None,
                imported,
                poll: None,
            },
        )
        .await
        .unwrap();
    store.apply(changes(1, [read("another", 1)])).await.unwrap();
    let record = keys(&url, "{*}").into_iter().find(|key| {
        let names = servers().cli(0, &["-c", "hget", key, "names"]);
        names.contains("reshard-known")
    });

    // The source still has all keys of the slot. It redirects commands for keys that it does not have to the target.
    let slot = MigratingSlot::begin(&record.unwrap(), |_| false);
    let admission = Arc::new(OnlyKnownArticles::default());
    let asked: Arc<dyn Admission> = Arc::clone(&admission) as _;
    let event = store
        .apply(Changes {
            admission: Some(asked),
            ..changes(2, [read(key, 2)])
        })
        .await;
    let shown = tally(&store, key).await;
    slot.finish();
    assert!(!admission.refused.load(Ordering::SeqCst), "{event:?}");
    assert!(*admission.asked.lock().unwrap() > 0);
    assert_eq!((event, shown.reads), (Err(StoreError::Unavailable), 7));
    let counted = until_done(async || store.apply(changes(2, [read(key, 2)])).await)
        .await
        .remove(0);
    assert_eq!(counted.tally.reads, 8);
}
