//! Input and output errors: each system call on the store's files fails once, with others after it or alone.

use std::{env, fs, os::unix::fs::FileExt, path::Path, process::Command, sync::Arc};

use store::{Changes, Store};
use store_contract::{Engine, TODAY, changes, react, read, site, soak::rounds};

use super::sqlite::Sqlite;
use crate::{random::Random, site::article};

const RUN_READERS: u64 = 24;

/// So many that the log of counts is emptied by articles, too.
const RUN_ARTICLES: u64 = 12;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

const CONTROL: &str = "FAULTS_CONTROL";

/// What fails, and what the endpoint does then.
#[derive(Clone, Copy, Debug)]
struct Fault {
    error: i32,
    /// Whether all later calls that change files fail, too.
    lasts: bool,
    /// Whether the store is closed before the fault ends.
    closes: bool,
}

/// The library that makes calls of this process fail.
struct Faults(fs::File);

impl Faults {
    /// The call with this number fails, of those from now on.
    fn arm(&self, number: i64, fault: Fault) {
        let fields = [number, fault.error.into(), fault.lasts.into(), 0];
        let bytes: Vec<u8> = fields.into_iter().flat_map(i64::to_ne_bytes).collect();
        // The first field arms it.
        self.0.write_all_at(&bytes[8..], 8).unwrap();
        self.0.write_all_at(&bytes[..8], 0).unwrap();
    }

    /// Ends the fault. Returns the number of calls that have failed.
    fn disarm(&self) -> i64 {
        self.0.write_all_at(&[0; 8], 0).unwrap();
        self.failed()
    }

    fn failed(&self) -> i64 {
        let mut failed = [0; 8];
        self.0.read_exact_at(&mut failed, 24).unwrap();
        i64::from_ne_bytes(failed)
    }
}

fn events_of(reader: u64) -> Changes {
    let key = format!("a{}", reader * 7 % RUN_ARTICLES);
    changes(reader, [read(&key, reader), react(&key, Some("happy"), 1)])
}

/// Sends the events of all readers. Returns how many were acknowledged.
async fn send_all(store: &Arc<dyn Store>) -> u64 {
    let mut acknowledged = 0;
    for reader in 0..RUN_READERS {
        if reader == RUN_READERS / 2 {
            // Truncates the log. Ignore whether it works: it runs again every minute.
            let _ = store.clean_up(&[site()], TODAY).await;
        }
        acknowledged += u64::from(store.apply(events_of(reader)).await.is_ok());
    }
    acknowledged
}

/// Reads and reactions of all articles.
async fn counted(store: &Arc<dyn Store>) -> [u64; 2] {
    let keys: Vec<_> = (0..RUN_ARTICLES)
        .map(|number| article(&format!("a{number}")))
        .collect();
    let counts = store.tallies(&site(), &keys).await.unwrap();
    let reads = counts.iter().map(|counts| counts.tally.reads);
    let reactions = counts.iter().map(|counts| counts.tally.reactions.total());
    [reads.sum(), reactions.sum()]
}

/// At least the acknowledged events are there. Browsers send the others again, and all count once.
async fn all_counts_once(store: &Arc<dyn Store>, acknowledged: u64) {
    let before = counted(store).await;
    assert!(
        before
            .iter()
            .all(|count| (acknowledged..=RUN_READERS).contains(count)),
        "{before:?} of {acknowledged}"
    );
    assert_eq!(store.check().await.unwrap().found, 0);
    assert_eq!(send_all(store).await, RUN_READERS);
    assert_eq!(counted(store).await, [RUN_READERS; 2]);
    assert_eq!(store.check().await.unwrap().found, 0);
}

/// A copy of the files, as a kill leaves them.
fn copy(from: &Sqlite) -> Sqlite {
    let copy = Sqlite::new();
    for ending in ["", "-wal", ".salts"] {
        let file = |engine: &Sqlite| {
            let mut name = engine.path().into_os_string();
            name.push(ending);
            name
        };
        if fs::exists(file(from)).unwrap() {
            fs::copy(file(from), file(&copy)).unwrap();
        }
    }
    copy
}

/// Runs with one fault. Returns whether a call failed: there are fewer calls otherwise.
async fn run(faults: &Faults, number: i64, fault: Fault) -> bool {
    let engine = Sqlite::new();
    let path = engine.path();
    faults.arm(number, fault);
    let mut opened = engines::open(path.to_str().unwrap()).ok();
    let mut acknowledged = 0;
    if let Some(store) = &opened {
        acknowledged = send_all(store).await;
        if fault.lasts && faults.failed() > 0 {
            assert!(store.readiness(&[]).await.is_err(), "it cannot write");
        }
    }
    if fault.closes {
        opened = None;
    }
    let failed = faults.disarm();
    let killed = copy(&engine);

    let store = opened.unwrap_or_else(|| engine.open());
    assert!(store.readiness(&[]).await.is_ok());
    all_counts_once(&store, acknowledged).await;
    drop(store);
    engine.check();

    let store = killed.open();
    all_counts_once(&store, acknowledged).await;
    drop(store);
    killed.check();
    failed > 0
}

async fn run_all(control: &Path) {
    let faults = Faults(
        fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(control)
            .unwrap(),
    );
    let (mut random, seed) = Random::new();
    let apart = if rounds(0, 1) == 1 { 1 } else { 37 };
    for (error, lasts, closes) in [
        (EIO, false, false),
        (EIO, false, true),
        (ENOSPC, true, false),
        (EIO, true, true),
    ] {
        let fault = Fault {
            error,
            lasts,
            closes,
        };
        let mut number = 1 + random.below(apart) as i64;
        println!("GEMA_SEED={seed}, from {number}, {fault:?}");
        while run(&faults, number, fault).await {
            number += apart as i64;
            println!("{number}");
        }
        assert!(number > 100, "{number} calls are too few");
    }
}

/// Compiles the library, and starts this test again with it.
#[tokio::test]
async fn an_error_of_any_system_call_loses_and_doubles_nothing() {
    if let Some(control) = env::var_os(CONTROL) {
        return run_all(Path::new(&control)).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("faults.so");
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/store/faults/faults.c"
    );
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", source, "-ldl", "-o"])
        .arg(&library)
        .status()
        .unwrap();
    assert!(compiled.success());
    let control = dir.path().join("control");
    fs::write(&control, [0; 32]).unwrap();
    let files = dir.path().join("files");
    fs::create_dir(&files).unwrap();
    let ran = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "store::faults::an_error_of_any_system_call_loses_and_doubles_nothing",
        ])
        .env("LD_PRELOAD", &library)
        .env(CONTROL, &control)
        .env("FAULTS_DIR", &files)
        .env("TMPDIR", &files)
        .status()
        .unwrap();
    assert!(ran.success());
}
