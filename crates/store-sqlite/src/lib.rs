//! Counts in one SQLite file: one thread writes it, memory answers what is read. The only SQL.

/// A copy of everything in one file.
mod backup;
/// Whether everything adds up.
mod check;
/// The articles' copies, cleaned where they stand.
mod copies;
/// All that may leave, line by line.
mod export;
/// Files beside the database.
mod files;
/// What was written, on disk, without keeping others from it.
mod flush;
/// The write-ahead log, folded into the file beside the writer.
mod log;
/// All counts, as of the last commit.
mod memory;
/// Short ids of names.
mod names;
/// What was counted in the last days.
mod recent;
/// A backup in the database's place.
mod restore;
/// The live salts' own file.
mod salt_file;
/// Tables, and how older ones become these.
mod schema;
/// The keys of the votes' hashes.
mod secrets;
/// Everything as of one commit, beside the writer.
mod snapshot;
/// What goes wrong below the domain, and what to do about it.
mod trouble;
/// The verbs of the domain: what is answered from memory, and what the writer does.
mod verbs;
/// What is done inside one transaction.
mod work;
/// The thread that has the connection.
mod writer;

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use metrics::{Cause, Storing};
use rusqlite::Connection;
use store::{OpenError, StoreError, Trouble};
use tokio::sync::{Semaphore, mpsc, oneshot};

pub use self::restore::restore;
use self::{
    files::beside,
    log::Log,
    memory::Memory,
    names::Names,
    salt_file::SaltFile,
    secrets::Secrets,
    snapshot::{Snapshot, pinned},
    trouble::{Failure, Unopened},
    work::Work,
    writer::{Job, Writer},
};

/// The most jobs that may wait. A full queue is a second or two of a slow disk.
const QUEUE: usize = 4096;

/// The most bytes that they may take while they wait, together.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;

/// What a job takes that brings little along.
const SMALL: usize = 1024;

/// How long a write that was tried says that the next one would be taken.
const TRIED_FOR: Duration = Duration::from_secs(1);

/// A store in one file, which nobody else has open.
pub struct Sqlite {
    path: PathBuf,
    memory: Arc<RwLock<Memory>>,
    storing: Storing,
    /// For questions that could not be answered.
    trouble: Trouble,
    /// When a write for no other reason than to see whether it is taken was taken, and none has failed since.
    tried: Mutex<Option<Instant>>,
    /// `None` only while this is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    /// For the jobs that wait, in bytes.
    room: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
    /// Held as long as the database is open.
    _lock: File,
}

impl Sqlite {
    /// Opens the database, made if it is not there, and starts its writer.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::start(path)?)
    }

    fn start(path: &Path) -> Result<Self, Unopened> {
        let lock = lock(path)?;
        // SQLite would let everybody read a file that it makes.
        files::private(path)?;
        let mut conn = Connection::open(path)?;
        schema::prepare(&mut conn)?;
        schema::ensure_vote_secret(&conn, &salt_file::random()?)?;
        let secrets = Secrets::load(&conn)?;
        let memory = Arc::new(RwLock::new(Memory::load(&conn, &secrets)?));
        let names = Names::load(&conn)?;
        let salts = SaltFile::open(beside(path, ".salts"))?;
        let storing = Storing::default();
        let log = Log::attend(&mut conn, path)?;
        let writer = Writer {
            conn,
            log,
            names,
            salts,
            secrets,
            memory: Arc::clone(&memory),
            trouble: Trouble::default(),
            storing: storing.clone(),
            // By a process that was killed.
            erased: true,
        };
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = std::thread::Builder::new().name("writer".into()).spawn(move || writer.run(queue))?;
        Ok(Self {
            path: path.to_owned(),
            memory,
            storing,
            trouble: Trouble::default(),
            tried: Mutex::default(),
            jobs: Some(jobs),
            room: Arc::new(Semaphore::new(QUEUE_BYTES)),
            writer: Some(writer),
            _lock: lock,
        })
    }

    /// Queues something to do, which takes about so many bytes while it waits, and waits until it is durable.
    async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        verb: impl FnOnce(&mut Work<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let bytes = u32::try_from(bytes.max(SMALL)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).try_acquire_many_owned(bytes).map_err(|_| self.busy())?;
        let job: Job = Box::new(move |work| {
            let value = verb(work)?;
            drop(room);
            // Whoever asked may have gone; what was done stands.
            Ok(Box::new(move || drop(tell.send(value))))
        });
        let jobs = self.jobs.as_ref().ok_or(StoreError::Unavailable)?;
        jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => self.busy(),
            mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable,
        })?;
        told.await.map_err(|_| {
            // Before whoever asked learns of it, so that she is not told the contrary next.
            *self.tried() = None;
            StoreError::Unavailable
        })
    }

    /// The same for a question. If it cannot be answered, what others write at the same time is no worse for it.
    async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Work<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let found = self.run(SMALL, move |work| match question(work) {
            Err(failure) if work.is_open() => Ok(Err(failure)),
            found => found.map(Ok),
        });
        found.await?.map_err(|failure| self.unanswered(&failure))
    }

    fn unanswered(&self, failure: &Failure) -> StoreError {
        self.storing.errors.add(failure.cause());
        if let Some(in_a_row) = self.trouble.again() {
            tracing::error!(%failure, in_a_row, "the database cannot be read. {}", failure.remedy());
        }
        StoreError::Unavailable
    }

    fn busy(&self) -> StoreError {
        self.storing.errors.add(Cause::Busy);
        StoreError::Busy
    }

    fn tried(&self) -> MutexGuard<'_, Option<Instant>> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is on disk and in memory at one moment between two commits.
    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let path = self.path.clone();
        self.look(move |work| Ok(Snapshot { conn: pinned(&path)?, memory: work.memory() })).await
    }

    fn memory(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sqlite {
    /// Waits until all that was queued is on disk.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // It catches its jobs' panics; if it ended by one all the same, there is nothing to wait for.
            let _ = writer.join();
        }
    }
}

/// The lock is a file of its own, because SQLite has locks of its own on the database.
fn lock(database: &Path) -> Result<File, OpenError> {
    let file = files::private(&beside(database, ".lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
