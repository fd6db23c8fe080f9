use std::{fs, path::PathBuf, sync::Arc};

use store::Store;
use store_contract::{Engine, changes, react, read, site, soak::rounds, steps::apply};

use super::sqlite::Sqlite;
use crate::{random::Random, site::article};

/// Readers of a round. Each reads an article and reacts to it in a transaction of their own.
const ROUND_READERS: u64 = 40;

/// So many that the log of counts is emptied by articles, too.
const ROUND_ARTICLES: u64 = 12;

fn file(engine: &Sqlite, ending: &str) -> PathBuf {
    let mut name = engine.path().into_os_string();
    name.push(ending);
    name.into()
}

/// A copy of the database as a power cut leaves it: of its log only the first bytes, and then bytes that were never
/// written completely.
fn copy_with_torn_log(from: &Sqlite, length: usize, random: &mut Random) -> Sqlite {
    let copy = Sqlite::new();
    for ending in ["", ".salts"] {
        fs::copy(file(from, ending), file(&copy, ending)).unwrap();
    }
    let mut log = fs::read(file(from, "-wal")).unwrap();
    log.truncate(length);
    let torn = random.below(2) * random.below(8192);
    log.extend((0..torn).map(|_| random.below(256) as u8));
    fs::write(file(&copy, "-wal"), log).unwrap();
    copy
}

async fn happens(store: &Arc<dyn Store>, reader: u64) {
    let key = format!("a{}", reader * 7 % ROUND_ARTICLES);
    let events = [read(&key, reader), react(&key, Some("happy"), 1)];
    apply(store, changes(reader, events)).await;
}

/// Reads and reactions of all articles.
async fn counted(store: &Arc<dyn Store>) -> (u64, u64) {
    let keys: Vec<_> = (0..ROUND_ARTICLES)
        .map(|number| article(&format!("a{number}")))
        .collect();
    let counts = store.tallies(&site(), &keys).await.unwrap();
    let reads = counts.iter().map(|counts| counts.tally.reads);
    let reactions = counts.iter().map(|counts| counts.tally.reactions.total());
    (reads.sum(), reactions.sum())
}

#[tokio::test]
async fn a_torn_log_keeps_all_before_the_tear_once() {
    let (mut random, seed) = Random::new();
    for round in 0..rounds(20, 200) {
        println!("round {round}, GEMA_SEED={seed}");
        let engine = Sqlite::new();
        let store = engine.open();
        let length = || fs::metadata(file(&engine, "-wal")).unwrap().len();
        let mut ends = vec![length()];
        for reader in 0..ROUND_READERS {
            happens(&store, reader).await;
            ends.push(length());
        }
        let cut = ends[0] + random.below(ends[ROUND_READERS as usize] - ends[0] + 1);
        let copy = copy_with_torn_log(&engine, cut as usize, &mut random);
        let whole = ends.iter().filter(|end| **end <= cut).count() as u64 - 1;

        let store = copy.open();
        assert_eq!(counted(&store).await, (whole, whole));
        assert_eq!(store.check().await.unwrap().found, 0);
        // Browsers send again what was not acknowledged, and perhaps what was.
        for reader in 0..ROUND_READERS {
            happens(&store, reader).await;
        }
        assert_eq!(counted(&store).await, (ROUND_READERS, ROUND_READERS));
        drop(store);
        copy.check();
    }
}
