//! The store in one SQLite file: one thread writes, and reads are served from memory. The only module with SQL.

/// The newsroom's accounts.
mod account_store;
/// Backup: a consistent snapshot in one file.
mod backup;
/// Consistency check.
mod check;
/// Checkpoints the WAL in the background.
mod checkpointer;
/// Completion of requests after a commit.
mod completion;
/// Connections to a file.
mod connection;
/// Sanitises the stored copies of articles in place.
mod copies;
/// Changes of counts by day and hour.
mod count_changes;
/// The newest counts: a log, and their sums in memory.
mod count_log;
/// Readers' events in rows by transaction, and in memory.
mod event_logs;
/// Export, line by line.
mod export;
/// Errors of opening, and failures of an operation, each with its remedy.
mod failure;
/// Files beside the database.
mod files;
/// A compact set of article ids.
mod id_set;
/// Interned ids of sites and metrics.
mod interner;
/// Rows of the logs of events.
mod log_rows;
/// A compact set of marks.
mod mark_set;
/// Queries of the newsroom's pages.
mod newsroom;
/// Whether the open files still have their names.
mod open_files;
/// Pauses of a checkpoint.
mod pauses;
/// In-memory read model: all counts, as of the last commit.
mod read_model;
/// Jobs and queries that only read.
mod reads;
/// Daily changes of recent days.
mod recent;
/// Replaces the database with a backup.
mod restore;
/// Days that may be in roll-ups.
mod rollups;
/// The file of the current salts.
mod salt_file;
/// The schema and its migrations.
mod schema;
/// The keys of the vote hashes.
mod secrets;
/// The reads and shares that were counted in the current windows.
mod seen;
/// Read transactions beside the writer.
mod snapshot;
/// `impl Store`: reads from memory, and sends writes to the writer.
mod store_impl;
/// Syncs the database file without blocking commits.
mod sync;
/// Unit of work inside one transaction.
mod transaction;
/// The newest votes: a log, and the same in memory.
mod vote_log;
/// The thread that owns the write connection.
mod writer;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, AtomicUsize},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use metrics::{Cause, StoreMetrics};
use store::{FailureStreak, OpenError, StoreError};
use text::printable::printable;
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::{
    checkpointer::Checkpointer,
    completion::Completion,
    event_logs::EventLogs,
    failure::{Failure, OpenFailure},
    files::companion_path,
    interner::Interner,
    open_files::OpenFiles,
    read_model::ReadModel,
    rollups::RolledDays,
    salt_file::SaltFile,
    secrets::VoteKeys,
    transaction::Transaction,
    writer::{Job, Writer},
};
pub use self::{files::is_database_file, restore::restore};

/// Maximum sum of a site's counts of an hour, or of a day without hours: the sum of a day's hours does not overflow.
const MAX_SITE_SUM: i64 = i64::MAX / 32;

/// Maximum number of queued jobs: one or two seconds of work for a slow disk.
const MAX_QUEUED_JOBS: usize = 4096;

/// Maximum total size of queued jobs, in bytes.
const MAX_QUEUED_BYTES: usize = 16 * 1024 * 1024;

/// The size charged for a job without a payload, in bytes.
const MIN_JOB_BYTES: usize = 1024;

/// How long a successful readiness probe is cached.
const PROBE_VALID_FOR: Duration = Duration::from_secs(1);

/// A store in one file, locked by this process.
pub struct Sqlite {
    path: PathBuf,
    read_model: Arc<RwLock<ReadModel>>,
    /// Number of commits that changed the read model.
    generation: Arc<AtomicU64>,
    metrics: StoreMetrics,
    /// Throttles the log of failed reads.
    failures: FailureStreak,
    /// Time of the last successful readiness probe; cleared when a write fails.
    last_probe: Mutex<Option<Instant>>,
    /// `None` only during drop.
    jobs: Option<mpsc::Sender<Job>>,
    /// Free queue space, in bytes.
    queue_space: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
    /// Number of those who are about to read the tables of counts on connections of their own: until they have begun,
    /// each transaction leaves these tables up to date.
    table_readers: Arc<AtomicUsize>,
    /// The database's open files, and the lock, which is held while the database is open.
    files: Arc<OpenFiles>,
    /// Shared with each query of the newsroom's pages until its connection is closed.
    queries: Arc<()>,
}

/// How long a close waits for queries of the newsroom's pages. The last connection that is closed removes the WAL.
const MAX_QUERY_WAIT: Duration = Duration::from_secs(5);

impl Sqlite {
    /// Opens the database, which is created if it is missing, and starts the writer thread.
    ///
    /// # Errors
    /// [`OpenError`] names the cause and the remedy.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::start(path)?)
    }

    fn start(path: &Path) -> Result<Self, OpenFailure> {
        let lock = lock(path)?;
        // SQLite itself would create a world-readable file.
        files::open_private(path)?;
        warn_of_readable_files(path);
        let mut conn = connection::open(path)?;
        schema::prepare(&mut conn)?;
        warn_of_schema_changes(path, &schema::changes(&conn)?);
        schema::ensure_vote_secret(&conn, &salt_file::random()?)?;
        let secrets = VoteKeys::load(&conn)?;
        let event_logs = EventLogs::load(&conn)?;
        let read_model =
            ReadModel::load(&conn, &secrets, |entry| event_logs.count_log.update(entry))?;
        let read_model = Arc::new(RwLock::new(read_model));
        let generation = Arc::new(AtomicU64::new(0));
        let interner = Interner::load(&conn)?;
        let rolled_days = RolledDays::load(&conn)?;
        let salts = SaltFile::open(companion_path(path, ".salts"))?;
        let files = Arc::new(OpenFiles::of(path, lock)?);
        let table_readers = Arc::default();
        let metrics = StoreMetrics::default();
        let checkpointer = Checkpointer::start(&mut conn, path)?;
        let writer = Writer {
            conn,
            checkpointer,
            interner,
            rolled_days,
            salts,
            event_logs,
            secrets,
            read_model: Arc::clone(&read_model),
            generation: Arc::clone(&generation),
            table_readers: Arc::clone(&table_readers),
            files: Arc::clone(&files),
            files_checked: Instant::now(),
            failures: FailureStreak::default(),
            metrics: metrics.clone(),
            // Assume a killed process left deleted rows in the WAL.
            erased: true,
        };
        let (jobs, queue) = mpsc::channel(MAX_QUEUED_JOBS);
        let writer = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || writer.run(queue))?;
        Ok(Self {
            path: path.to_owned(),
            read_model,
            generation,
            metrics,
            failures: FailureStreak::default(),
            last_probe: Mutex::default(),
            jobs: Some(jobs),
            queue_space: Arc::new(Semaphore::new(MAX_QUEUED_BYTES)),
            writer: Some(writer),
            table_readers,
            files,
            queries: Arc::default(),
        })
    }

    /// Queues a job that occupies `bytes` in the queue, and waits until it is durable. For this job, the tables of counts are
    /// up to date.
    async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let operation = |transaction: &mut Transaction<'_>| {
            transaction.use_tables()?;
            operation(transaction)
        };
        self.queue(bytes, false, operation).await
    }

    /// Like [`run`](Self::run), for readers' events. Poll the future until it is done, or drop it: once it is queued, other
    /// events may wait for that.
    async fn run_event<T: Send + 'static>(
        &self,
        bytes: usize,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.queue(bytes, true, operation).await
    }

    async fn queue<T: Send + 'static>(
        &self,
        bytes: usize,
        may_lead: bool,
        operation: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, done) = oneshot::channel();
        let bytes = u32::try_from(bytes.max(MIN_JOB_BYTES)).unwrap_or(u32::MAX);
        let queue_space = Arc::clone(&self.queue_space)
            .try_acquire_many_owned(bytes)
            .map_err(|_| self.busy())?;
        let job: Job = Box::new(move |transaction| {
            let value = operation(transaction)?;
            drop(queue_space);
            // Ignore send errors: the caller may be cancelled, but the write is durable.
            Ok(Completion::new(may_lead, move |followers| {
                drop(reply.send((value, followers)));
            }))
        });
        let jobs = self.jobs.as_ref().ok_or(StoreError::Unavailable)?;
        jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => self.busy(),
            mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable,
        })?;
        let (value, followers) = done.await.map_err(|_| {
            // Clear the probe before returning the error, so `readiness` cannot report success afterwards.
            *self.last_probe() = None;
            StoreError::Unavailable
        })?;
        drop(followers);
        Ok(value)
    }

    fn read_failed(&self, failure: &Failure) -> StoreError {
        self.metrics.errors.add(failure.cause());
        if let Some(in_a_row) = self.failures.record() {
            tracing::error!(%failure, in_a_row, "the database cannot be read. {}", failure.remedy());
        }
        StoreError::Unavailable
    }

    fn busy(&self) -> StoreError {
        self.metrics.errors.add(Cause::Busy);
        StoreError::Busy
    }

    fn last_probe(&self) -> MutexGuard<'_, Option<Instant>> {
        self.last_probe
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn read_model(&self) -> RwLockReadGuard<'_, ReadModel> {
        self.read_model
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sqlite {
    /// Waits until all queued writes are on disk, and in one file.
    fn drop(&mut self) {
        let begun = Instant::now();
        while Arc::strong_count(&self.queries) > 1 && begun.elapsed() < MAX_QUERY_WAIT {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // The writer catches panics of jobs; if it panicked itself, nothing remains to wait for.
            let _ = writer.join();
        }
    }
}

/// Warns of files that every user of the machine can read: gema makes none, and SQLite gives their mode to new ones.
fn warn_of_readable_files(database: &Path) {
    for suffix in ["", "-wal", "-shm", ".salts"] {
        let file = companion_path(database, suffix);
        if files::is_readable_by_all(&file) {
            let file = printable(&file.display().to_string());
            tracing::warn!("every user of this machine can read {file}: chmod 600 {file}");
        }
    }
}

/// Logs how the schema differs from Gema's. It is not refused: an operator's own index does no harm, and readers'
/// events would be lost.
fn warn_of_schema_changes(database: &Path, differences: &[String]) {
    if !differences.is_empty() {
        let database = printable(&database.display().to_string());
        let differences = differences.join(", ");
        tracing::warn!(
            %database,
            "the database's schema is not gema's ({differences}): something else has changed it, and may change counts. Remove \
             what is not gema's, or put a backup in its place with `gema restore`"
        );
    }
}

/// Locks a separate file, because SQLite locks the database file itself. Rejects a directory, pipe or device before
/// any file is made beside it.
fn lock(database: &Path) -> Result<File, OpenError> {
    if fs::metadata(database).is_ok_and(|there| !there.is_file()) {
        return Err(OpenError::NotRegular);
    }
    let file = files::open_private_itself(&companion_path(database, ".lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
