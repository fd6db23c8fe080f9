use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::{memory::Memory, names::Names, salt_file::SaltFile, secrets::Secrets, work::Work};
use crate::metrics::{Cause, Storing};

/// Something to do in the open transaction. What it returns tells whoever asked, and is called only
/// when the transaction is durable; if it never is, it is dropped.
pub(super) type Job = Box<dyn FnOnce(&mut Work<'_>) -> Result<Answer, Failure> + Send>;

/// See [`Job`].
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// The most jobs that share one transaction: so many that a disk's wait is spread thin, so few that
/// the first of them does not wait for the last.
const MAX_GROUP: usize = 1024;

/// How long another program may keep the database from being written.
const PATIENCE: Duration = Duration::from_secs(5);

/// What went wrong below the domain. It is logged; whoever asked only learns that the store is
/// unavailable.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("salts: {0}")]
    Salts(#[from] std::io::Error),
    #[error("a job panicked")]
    Panic,
}

/// The one thread that has the connection. It takes what has gathered, applies it in one transaction,
/// and answers after the commit.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) names: Names,
    pub(super) salts: SaltFile,
    pub(super) secrets: Secrets,
    pub(super) memory: Arc<RwLock<Memory>>,
    /// Whether the last transaction failed.
    pub(super) failing: Arc<AtomicBool>,
    pub(super) storing: Storing,
    /// Whether the log may have what was deleted from the file.
    pub(super) erased: bool,
}

impl Writer {
    /// Works until nobody can send it anything any more.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::new();
        while let Some(first) = jobs.blocking_recv() {
            group.push(first);
            while group.len() < MAX_GROUP
                && let Ok(next) = jobs.try_recv()
            {
                group.push(next);
            }
            let (writes, begun) = (group.len(), Instant::now());
            match self.commit(group.drain(..)) {
                Ok(answers) => {
                    self.storing.committed(writes, begun.elapsed());
                    if self.failing.swap(false, Ordering::Relaxed) {
                        tracing::info!("the store works again");
                    }
                    answers.into_iter().for_each(|answer| answer());
                }
                Err(failure) => {
                    let (cause, remedy) = diagnosis(&failure);
                    tracing::error!(%failure, "nothing was stored; events are kept by the browsers. {remedy}");
                    self.storing.errors.add(cause);
                    self.failing.store(true, Ordering::Relaxed);
                    self.recover();
                }
            }
        }
        self.fold_log();
    }

    /// Makes the file whole by itself, and the log beside it empty. Whether that was possible: it is not while another
    /// program reads the file, and nobody's events wait for that.
    fn fold_log(&self) -> bool {
        let fold = || {
            self.conn.busy_timeout(Duration::ZERO)?;
            let blocked = self.conn.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, bool>(0));
            self.conn.busy_timeout(PATIENCE)?;
            blocked
        };
        match fold() {
            Ok(false) => return true,
            Ok(true) => tracing::warn!("the write-ahead log stays for now: another program reads the database"),
            Err(error) => tracing::warn!(%error, "the write-ahead log stays beside the database"),
        }
        false
    }

    /// All jobs or none.
    fn commit(&mut self, group: impl Iterator<Item = Job>) -> Result<Vec<Answer>, Failure> {
        self.conn.prepare_cached("begin immediate")?.execute([])?;
        let mut work = Work::new(&self.conn, &mut self.names, &mut self.salts, &mut self.secrets, &self.memory);
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let answers = group.map(|job| job(&mut work)).collect::<Result<Vec<_>, _>>()?;
            work.write_counts()?;
            Ok(answers)
        }));
        let answers = applied.unwrap_or(Err(Failure::Panic))?;
        let done = work.done();
        self.conn.prepare_cached("commit")?.execute([])?;

        // The lock is held by readers only while they copy a few numbers: it is never poisoned by them.
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        for (metric, id) in self.names.metrics() {
            if !memory.knows_metric(id) {
                memory.name_metric(id, metric.clone());
            }
        }
        for (site, key, entry) in done.entries {
            memory.set(site, key, entry);
        }
        for (site, key, to) in done.moved {
            memory.set_moved(site, key, to);
        }
        drop(memory);
        done.outcomes.add_to(&self.storing.events);
        // What was deleted must not live on in the log.
        self.erased |= done.erased;
        if done.tidied && self.erased {
            self.erased = !self.fold_log();
        }
        Ok(answers)
    }

    /// Back to what is on disk.
    fn recover(&mut self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("rollback")
        {
            tracing::error!(%error, "the transaction could not be rolled back");
        }
        self.salts.turn_again();
        match Names::load(&self.conn) {
            Ok(names) => self.names = names,
            Err(error) => tracing::error!(%error, "names could not be read again"),
        }
        if let Err(error) = self.secrets.reload(&self.conn) {
            tracing::error!(%error, "vote keys could not be read again");
        }
    }
}

/// What is the matter, and what an operator can do about it.
pub(super) fn diagnosis(failure: &Failure) -> (Cause, &'static str) {
    use rusqlite::ErrorCode;
    let code = match failure {
        Failure::Sqlite(error) => error.sqlite_error_code(),
        Failure::Salts(_) => return (Cause::Denied, "Look at the directory of the database."),
        Failure::Panic => None,
    };
    match code {
        Some(ErrorCode::DiskFull) => (Cause::Full, "Make room on the disk of the database; no restart is needed."),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => (
            Cause::Denied,
            "Let the user that runs gema write to the database and its directory; no restart is needed.",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            (Cause::Damaged, "The file is damaged: stop gema and put a backup in its place.")
        }
        _ => (Cause::Other, "Look at the disk of the database."),
    }
}
