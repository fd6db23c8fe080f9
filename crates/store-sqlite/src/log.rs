use std::{
    fs::File,
    io,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::{Connection, MAIN_DB, wal::CheckpointMode};
use store::Trouble;

use super::{flush, trouble::Unopened};

/// As many pages make a log that is to end: 64 MB. Most pages are written again and again while it lasts, and folded once.
/// A start after a crash reads all of it.
const LONG: u64 = 16_384;

/// The writer ends it when no more than so many are left to fold, which is all that events wait for,
const REST: u64 = 128;

/// or after so many passes: under load, each leaves what came during it, about a tenth of what it folded.
const PASSES: u64 = 3;

/// At that length, whatever is left: the disk takes pages more slowly than they come.
const TOO_LONG: u64 = 2 * LONG;

/// If it could not end because another program reads the file, it is tried again when it has grown by so many.
const LATER: u64 = 1024;

/// How long another program may keep the database from being written.
const PATIENCE: Duration = Duration::from_secs(5);

/// The write-ahead log. When it is long, it is folded into the database's file on a thread of its own, while the writer goes on, and
/// begins anew when all of it is folded.
pub(super) struct Log {
    shared: Arc<Shared>,
    /// `None` only while this is dropped.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The length at which it is to end.
    until: u64,
}

struct Shared {
    /// Held while anybody folds: two at once would be in each other's way.
    conn: Mutex<Connection>,
    /// Pages that are in the log.
    length: AtomicU64,
    /// Pages that were ever written to it.
    written: AtomicU64,
    /// As many of them had been written when they were folded last.
    folded: AtomicU64,
    /// How often the thread has folded this log.
    passes: AtomicU64,
    trouble: Trouble,
    /// The database, for nothing but to have it on disk. It is closed after every connection: whoever closes a file gives up
    /// all locks that the process has on it.
    file: File,
}

impl Log {
    /// Takes over from SQLite, which would have the writer fold the log.
    pub(super) fn attend(writer: &mut Connection, database: &Path) -> Result<Self, Unopened> {
        let conn = Connection::open(database)?;
        // Before it has read anything, it knows of no log.
        conn.execute_batch("pragma busy_timeout = 0; select count(*) from sqlite_schema")?;
        let shared = Arc::new(Shared {
            conn: Mutex::new(conn),
            length: AtomicU64::default(),
            written: AtomicU64::default(),
            folded: AtomicU64::default(),
            passes: AtomicU64::default(),
            trouble: Trouble::default(),
            file: File::open(database)?,
        });
        let told = Arc::clone(&shared);
        // It replaces the hook that would fold.
        writer.wal_hook(Some(move |_: &mut _, length| {
            told.committed(u64::try_from(length).unwrap_or(0));
            Ok(())
        }))?;
        let (wake, woken) = sync_channel(1);
        let folds = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("log".into()).spawn(move || folds.run(&woken))?;
        Ok(Self { shared, wake: Some(wake), thread: Some(thread), until: LONG })
    }

    /// What is to be done between two transactions.
    pub(super) fn between(&mut self) {
        let length = self.shared.length.load(Ordering::Relaxed);
        if length < LONG {
            self.until = LONG;
        } else if length >= self.until {
            if self.shared.wants_no_pass() || length >= TOO_LONG.max(self.until) {
                let ends = self.shared.fold(File::sync_data);
                self.until = if ends { LONG } else { length + LATER };
                self.shared.passes.store(0, Ordering::Relaxed);
            } else {
                // If it cannot be told, it has been told already.
                let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
            }
        }
    }

    /// Makes the file whole by itself, and the log beside it empty. Whether that was possible: it is not while another
    /// program reads the file, and nobody's events wait for that.
    pub(super) fn empty(&self, writer: &Connection) -> bool {
        let _nobody_folds = self.shared.conn();
        let truncate = || {
            writer.busy_timeout(Duration::ZERO)?;
            let blocked = writer.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, bool>(0));
            writer.busy_timeout(PATIENCE)?;
            blocked
        };
        match truncate() {
            Ok(false) => return true,
            Ok(true) => tracing::warn!("the write-ahead log stays for now: another program reads the database"),
            Err(error) => tracing::warn!(%error, "the write-ahead log stays beside the database"),
        }
        false
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // If it ended by a panic, there is nothing to wait for.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            // Told twice of the same: from now on it is the writer's.
            if !self.wants_no_pass() {
                self.fold(flush::in_pieces);
                self.passes.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Whether the rest is for the writer.
    fn wants_no_pass(&self) -> bool {
        let unfolded = self.written.load(Ordering::Relaxed).saturating_sub(self.folded.load(Ordering::Relaxed));
        unfolded <= REST || self.passes.load(Ordering::Relaxed) >= PASSES
    }

    /// Notes that the log has so many pages after a commit.
    fn committed(&self, length: u64) {
        let before = self.length.swap(length, Ordering::Relaxed);
        // Shorter than it was: it has begun anew.
        let new = if length < before { length } else { length - before };
        self.written.fetch_add(new, Ordering::Relaxed);
    }

    /// Folds what others do not read at this moment, and has it on disk. Whether that was all: then the log begins anew with
    /// the next transaction, if the writer has asked.
    fn fold(&self, flush: fn(&File) -> io::Result<()>) -> bool {
        let conn = self.conn();
        let written = self.written.load(Ordering::Relaxed);
        let fold = || -> Result<bool, Box<dyn std::error::Error>> {
            let (pages, folded) = conn.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE)?;
            // SQLite does so only when it has folded all, which is in the writer's time.
            flush(&self.file)?;
            Ok(pages == folded)
        };
        let done = fold();
        // What could not be folded now is tried again with the next pass.
        self.folded.store(written, Ordering::Relaxed);
        match done {
            Ok(all) => {
                self.trouble.is_over();
                all
            }
            Err(error) => {
                if let Some(in_a_row) = self.trouble.again() {
                    tracing::warn!(%error, in_a_row, "the write-ahead log grows: it cannot be folded into the database");
                }
                false
            }
        }
    }

    fn conn(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
