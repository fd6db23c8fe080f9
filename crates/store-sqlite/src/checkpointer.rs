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
use store::FailureStreak;

use super::{
    connection,
    failure::{OpenFailure, printable_error},
    pauses::{pause_between_pages, without_pauses},
    sync,
};

/// Checkpoint target in pages: 64 MB. Most pages are rewritten many times before they are checkpointed once. A start
/// after a crash reads the whole log.
const CHECKPOINT_AT_PAGES: u64 = 16_384;

/// The background thread has done enough when at most this many pages are left. The writer checkpoints them, for which
/// commits wait, and restarts the log.
const MAX_PAGES_LEFT_TO_WRITER: u64 = 128;

/// The writer also restarts the log after this many background passes: under load, each pass leaves the pages that
/// were written during it, about a tenth.
const MAX_BACKGROUND_PASSES: u64 = 3;

/// From this length on, the writer checkpoints everything itself: the disk is slower than the writes.
const MAX_WAL_PAGES: u64 = 2 * CHECKPOINT_AT_PAGES;

/// If a reader in another process prevents the restart, retry after this many more pages.
const RETRY_AFTER_PAGES: u64 = 1024;

/// Busy timeout of the write connection, for locks held by other programs.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Checkpoints the write-ahead log. A long log is copied into the database on a thread of its own, while the writer
/// goes on; the writer then restarts it.
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
    /// `None` only during drop.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Length of the log, in pages, at which the writer next checks whether to restart it or to checkpoint.
    next_at: u64,
}

struct Shared {
    /// Serialises checkpoints, and is the connection for them.
    conn: Mutex<Connection>,
    /// Current length of the log in pages.
    length: AtomicU64,
    /// Pages ever written to the log.
    written: AtomicU64,
    /// Value of `written` at the last checkpoint.
    checkpointed: AtomicU64,
    /// Background passes over the current log.
    passes: AtomicU64,
    failures: FailureStreak,
    /// The database, opened for syncing only. Declared after `conn`, so that it is closed after it: closing any
    /// descriptor of a file releases all POSIX locks that the process has on it.
    file: File,
}

impl Checkpointer {
    /// Replaces SQLite's automatic checkpoints, which run on the writer's thread.
    pub(super) fn start(writer: &mut Connection, database: &Path) -> Result<Self, OpenFailure> {
        let conn = connection::open(database)?;
        // A connection opens the log only with its first read.
        conn.execute_batch("pragma busy_timeout = 0; select count(*) from sqlite_schema")?;
        let shared = Arc::new(Shared {
            conn: Mutex::new(conn),
            length: AtomicU64::default(),
            written: AtomicU64::default(),
            checkpointed: AtomicU64::default(),
            passes: AtomicU64::default(),
            failures: FailureStreak::default(),
            file: File::open(database)?,
        });
        let hook = Arc::clone(&shared);
        // Replaces the hook of SQLite's automatic checkpoint.
        writer.wal_hook(Some(move |_: &mut _, length| {
            hook.committed(u64::try_from(length).unwrap_or(0));
            Ok(())
        }))?;
        let (wake, wakeups) = sync_channel(1);
        let checkpoints = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("checkpointer".into())
            .spawn(move || checkpoints.run(&wakeups))?;
        Ok(Self {
            shared,
            wake: Some(wake),
            thread: Some(thread),
            next_at: CHECKPOINT_AT_PAGES,
        })
    }

    /// Called after each commit.
    pub(super) fn after_commit(&mut self) {
        let length = self.shared.length.load(Ordering::Relaxed);
        if length < CHECKPOINT_AT_PAGES {
            self.next_at = CHECKPOINT_AT_PAGES;
        } else if length >= self.next_at {
            if self.shared.is_left_to_writer() || length >= MAX_WAL_PAGES.max(self.next_at) {
                let is_done = self.shared.checkpoint(File::sync_data);
                self.next_at = if is_done {
                    CHECKPOINT_AT_PAGES
                } else {
                    length + RETRY_AFTER_PAGES
                };
                self.shared.passes.store(0, Ordering::Relaxed);
            } else {
                // A full channel means that the thread is already notified.
                let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
            }
        }
    }

    /// Checkpoints everything and truncates the log. Returns false, without waiting, while another process reads the
    /// database.
    pub(super) fn truncate(&self, writer: &Connection) -> bool {
        let _no_checkpoint = self.shared.conn();
        let run = || {
            writer.busy_timeout(Duration::ZERO)?;
            let blocked = writer.query_row("pragma wal_checkpoint(truncate)", [], |row| {
                row.get::<_, bool>(0)
            });
            writer.busy_timeout(BUSY_TIMEOUT)?;
            blocked
        };
        match run() {
            Ok(false) => return true,
            Ok(true) => tracing::warn!(
                "the write-ahead log stays for now: another program reads the database"
            ),
            Err(error) => {
                tracing::warn!(
                    error = printable_error(&error),
                    "the write-ahead log stays beside the database"
                )
            }
        }
        false
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // Ignore a panic of the thread: nothing remains to wait for.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self, wakeups: &Receiver<()>) {
        pause_between_pages();
        while wakeups.recv().is_ok() {
            // Skip a second notification about the same log: the writer does the rest.
            if !self.is_left_to_writer() {
                self.checkpoint(sync::sync_in_pieces);
                self.passes.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Whether the writer should do the rest.
    fn is_left_to_writer(&self) -> bool {
        let left = self
            .written
            .load(Ordering::Relaxed)
            .saturating_sub(self.checkpointed.load(Ordering::Relaxed));
        left <= MAX_PAGES_LEFT_TO_WRITER
            || self.passes.load(Ordering::Relaxed) >= MAX_BACKGROUND_PASSES
    }

    /// Records the log's length after a commit.
    fn committed(&self, length: u64) {
        let before = self.length.swap(length, Ordering::Relaxed);
        // Shorter than before: the log was restarted.
        let new = if length < before {
            length
        } else {
            length - before
        };
        self.written.fetch_add(new, Ordering::Relaxed);
    }

    /// Checkpoints the pages that no reader needs, and syncs the database. Returns whether nothing is left; if the
    /// writer called it, the next transaction then restarts the log.
    fn checkpoint(&self, sync: fn(&File) -> io::Result<()>) -> bool {
        let conn = self.conn();
        let written = self.written.load(Ordering::Relaxed);
        let run = || -> Result<bool, Box<dyn std::error::Error>> {
            let (pages, checkpointed) =
                conn.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE)?;
            // SQLite syncs only after a complete checkpoint, while the writer would wait.
            sync(&self.file)?;
            Ok(pages == checkpointed)
        };
        let done = run();
        // Pages that readers still need are retried in the next pass.
        self.checkpointed.store(written, Ordering::Relaxed);
        match done {
            Ok(all) => {
                self.failures.end();
                all
            }
            Err(error) => {
                if let Some(in_a_row) = self.failures.record() {
                    tracing::warn!(
                        error = printable_error(&error),
                        in_a_row,
                        "the write-ahead log grows: it cannot be checkpointed"
                    );
                }
                false
            }
        }
    }

    /// Waits until no checkpoint is under way. Events may wait for that.
    fn conn(&self) -> MutexGuard<'_, Connection> {
        without_pauses(|| self.conn.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
