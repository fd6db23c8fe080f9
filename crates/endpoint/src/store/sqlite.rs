//! Counts in one SQLite file: one thread writes it, memory answers what is read. The only SQL.

/// A copy of everything in one file.
mod backup;
/// Whether everything adds up.
mod check;
/// All that may leave, line by line.
mod export;
/// Files beside the database.
mod files;
/// All counts, as of the last commit.
mod memory;
/// Short ids of names.
mod names;
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
/// What is done inside one transaction.
mod work;
/// The thread that has the connection.
mod writer;

use std::{
    fs::{File, TryLockError},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot};
use wire::{Article, ArticleKey, SiteId, Tally, VisitorToken};

pub(super) use self::restore::restore;
use self::{
    files::beside,
    memory::Memory,
    names::Names,
    salt_file::SaltFile,
    secrets::Secrets,
    snapshot::{Snapshot, pinned},
    trouble::{Failure, Trouble},
    work::{Touch, Work},
    writer::{Job, Writer},
};
use super::{
    Alias, Aliased, BackupError, Changes, Check, Counted, Edition, Listed, NotAliased, OpenError, Portion, Publication,
    Removal, Store, StoreError, Taken,
};
use crate::{
    metrics::{Cause, Storing},
    transfer::Line,
    visitor::Day,
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
        let lock = lock(path)?;
        let mut conn = Connection::open(path)?;
        schema::prepare(&mut conn)?;
        schema::ensure_vote_secret(&conn, &salt_file::random()?)?;
        let secrets = Secrets::load(&conn)?;
        let memory = Arc::new(RwLock::new(Memory::load(&conn, &secrets)?));
        let names = Names::load(&conn)?;
        let salts = SaltFile::open(beside(path, ".salts"))?;
        let storing = Storing::default();
        let writer = Writer {
            conn,
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

#[async_trait]
impl Store for Sqlite {
    async fn tallies(&self, site: &SiteId, articles: &[ArticleKey]) -> Result<Vec<Counted>, StoreError> {
        let memory = self.memory();
        Ok(articles.iter().map(|key| memory.counted(site, key)).collect())
    }

    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, Edition)]) -> bool {
        let memory = self.memory();
        articles.iter().all(|(key, edition)| memory.edition(site, key) == *edition)
    }

    async fn apply(&self, changes: Changes) -> Result<Vec<Tally>, StoreError> {
        let touches = self.run(changes.bytes(), move |work| work.apply(&changes)).await?;
        Ok(tallies(&self.memory(), touches))
    }

    async fn forget(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        let (site, visitor, articles) = (site.clone(), visitor.clone(), articles.to_vec());
        let touches = self.run(SMALL, move |work| work.forget(&site, day, &visitor, &articles)).await?;
        Ok(tallies(&self.memory(), touches))
    }

    async fn article(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<Article>, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        self.look(move |work| work.article(&site, &key)).await
    }

    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        publication: Publication,
    ) -> Result<Tally, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        let bytes = publication.article.as_ref().map_or(0, |article| article.html.len());
        let touch = self.run(bytes, move |work| work.put_article(&site, day, &key, &publication)).await?;
        Ok(tally(&self.memory(), touch))
    }

    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let (site, after) = (site.clone(), after.cloned());
        let lines = self.look(move |work| work.articles(&site, after.as_ref(), limit)).await?;
        let memory = self.memory();
        let listed = lines.into_iter().map(|line| Listed {
            title: line.title,
            published: line.published,
            tally: tally(&memory, line.touch),
        });
        Ok(listed.collect())
    }

    async fn remove_article(&self, site: &SiteId, key: &ArticleKey, removal: Removal) -> Result<bool, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        self.run(SMALL, move |work| work.remove_article(&site, &key, removal)).await
    }

    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<Result<Aliased, NotAliased>, StoreError> {
        let (site, old, new) = (site.clone(), old.clone(), new.clone());
        self.run(SMALL, move |work| work.alias(&site, day, (&old, &new), dry_run)).await
    }

    async fn remove_alias(&self, site: &SiteId, old: &ArticleKey) -> Result<Result<(), NotAliased>, StoreError> {
        let (site, old) = (site.clone(), old.clone());
        self.run(SMALL, move |work| work.remove_alias(&site, &old)).await
    }

    async fn aliases(&self, site: &SiteId, after: Option<&ArticleKey>, limit: usize) -> Result<Vec<Alias>, StoreError> {
        let (site, after) = (site.clone(), after.cloned());
        self.look(move |work| work.aliases(&site, after.as_ref(), limit)).await
    }

    async fn moved(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<ArticleKey>, StoreError> {
        Ok(self.memory().moved(site, key).cloned())
    }

    async fn turn_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError> {
        let site = site.clone();
        self.run(SMALL, move |work| work.turn_window(&site, day)).await
    }

    async fn tidy(&self, served: &[SiteId], today: Day) -> Result<(), StoreError> {
        let served = served.to_vec();
        self.run(SMALL, move |work| work.tidy(&served, today)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // Only a real write shows whether the disk is well, but whoever asks often must not wear it out.
        let fresh = |tried: Instant| tried.elapsed() < TRIED_FOR;
        let known = self.tried().is_some_and(fresh);
        self.run(SMALL, move |work| if known { Ok(()) } else { work.try_write() }).await?;
        if !known {
            *self.tried() = Some(Instant::now());
        }
        Ok(())
    }

    fn storing(&self) -> Storing {
        self.storing.clone()
    }

    fn queued(&self) -> usize {
        self.jobs.as_ref().map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    async fn backup(&self, file: &Path, replace: bool) -> Result<u64, BackupError> {
        let (database, file) = (self.path.clone(), file.to_owned());
        let written = tokio::task::spawn_blocking(move || {
            backup::backup(&snapshot::pinned(&database)?, &database, &file, replace)
        });
        written.await.map_err(|panicked| BackupError::Io(panicked.into()))?
    }

    async fn export(&self, site: Option<&SiteId>, day: Day, to: mpsc::Sender<Line>) -> Result<(), StoreError> {
        let (database, site) = (self.path.clone(), site.cloned());
        let told = tokio::task::spawn_blocking(move || {
            let mut sink = |line| match to.blocking_send(line) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            export::export(&snapshot::pinned(&database)?, site.as_ref(), day, &mut sink)
        });
        told.await.map_err(|_| StoreError::Unavailable)?.map_err(|error| self.unanswered(&error.into()))
    }

    async fn import(&self, portion: Portion) -> Result<Taken, StoreError> {
        self.run(portion.bytes.min(QUEUE_BYTES), move |work| work.take(&portion)).await
    }

    async fn check(&self) -> Result<Check, StoreError> {
        let snapshot = self.snapshot().await?;
        let checked = tokio::task::spawn_blocking(move || check::check(&snapshot)).await;
        checked.map_err(|_| StoreError::Unavailable)?.map_err(|error| self.unanswered(&error.into()))
    }
}

fn tallies(memory: &Memory, touches: Vec<Touch>) -> Vec<Tally> {
    touches.into_iter().map(|touch| tally(memory, touch)).collect()
}

fn tally(memory: &Memory, touch: Touch) -> Tally {
    let Touch { key, entry, mine } = touch;
    let tally = match entry {
        Some(entry) => memory.tally(key, &entry),
        None => Tally::empty(key),
    };
    Tally { mine, ..tally }
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
