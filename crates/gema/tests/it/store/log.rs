use std::{fs, sync::Arc};

use rusqlite::Connection;
use store::{ArticleUpdate, Store};
use store_contract::{TODAY, site};
use tempfile::TempDir;
use wire::Article;

use crate::{reopened::opened, site::article};

const MIB: u64 = 1 << 20;

struct WalFiles(TempDir);

impl WalFiles {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Arc<dyn Store> {
        opened(&self.0.path().join("gema.db"))
    }

    fn bytes(&self, ending: &str) -> u64 {
        fs::metadata(self.0.path().join(format!("gema.db{ending}")))
            .unwrap()
            .len()
    }
}

/// Puts an article of 100 kB this many times, so that the writer is always busy.
async fn puts(store: &Arc<dyn Store>, times: u64) {
    let mut putting = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = Arc::clone(store);
        putting.spawn(async move {
            for time in 0..times / 4 {
                let html = format!("<p>{time}</p>").repeat(10_000);
                let copy = Article {
                    title: "Berita".into(),
                    byline: None,
                    published: None,
                    url: None,
                    html,
                };
                let publication = ArticleUpdate {
                    article: Some(copy),
                    imported: None,
                    poll: None,
                };
                store
                    .put_article(&site(), TODAY, &article(&format!("a{writer}")), publication)
                    .await
                    .unwrap();
            }
        });
    }
    putting.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short_though_the_writer_never_rests() {
    let files = WalFiles::new();
    let store = files.open();
    puts(&store, 3000).await;
    let log = files.bytes("-wal") / MIB;
    let database = files.bytes("") / MIB;
    println!("300 MB written: {log} MiB of log, {database} MiB of database");
    assert!((1..100).contains(&log));
    assert_eq!(store.check().await.unwrap().found, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_reader_delays_no_writer_and_the_wal_restarts_after_it() {
    let files = WalFiles::new();
    let store = files.open();
    puts(&store, 4).await;
    let other = Connection::open(files.0.path().join("gema.db")).unwrap();
    other.execute_batch("begin").unwrap();
    let look = || {
        other
            .query_row("select sum(length(html)) from copy", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
    };
    let before = look();
    puts(&store, 1000).await;
    let long = files.bytes("-wal");
    assert!(
        long >= 90 * MIB && look() == before,
        "no page that the reader needs was overwritten"
    );
    drop(other);
    puts(&store, 900).await;
    assert!(
        files.bytes("-wal") < long + 10 * MIB,
        "later commits reuse the space of the old log"
    );
}
