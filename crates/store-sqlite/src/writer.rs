use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Instant,
};

use metrics::StoreMetrics;
use rusqlite::Connection;
use store::Trouble;
use tokio::sync::mpsc;

use super::{
    log::Log,
    memory::Memory,
    names::Names,
    salt_file::SaltFile,
    secrets::Secrets,
    trouble::{Failure, shown},
    work::Work,
};

/// An operation in the open transaction. It returns a callback that completes the caller's request; the callback runs
/// after the commit, and is dropped on a rollback.
pub(super) type Job = Box<dyn FnOnce(&mut Work<'_>) -> Result<Answer, Failure> + Send>;

/// See [`Job`].
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// Maximum number of jobs per transaction: enough to amortise the disk sync, few enough that the first job does not
/// wait long for the last.
const MAX_GROUP: usize = 1024;

/// The thread that owns the write connection. It applies all queued jobs in one transaction (group commit), and
/// answers after the commit.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) log: Log,
    pub(super) names: Names,
    pub(super) salts: SaltFile,
    pub(super) secrets: Secrets,
    pub(super) memory: Arc<RwLock<Memory>>,
    pub(super) trouble: Trouble,
    pub(super) storing: StoreMetrics,
    /// Whether the WAL may contain deleted data.
    pub(super) erased: bool,
}

impl Writer {
    /// Runs until every sender is dropped.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::new();
        while let Some(first) = jobs.blocking_recv() {
            group.push(first);
            // Yield once so in-flight requests can enqueue and share this commit. Free when there is a spare core.
            thread::yield_now();
            while group.len() < MAX_GROUP
                && let Ok(next) = jobs.try_recv()
            {
                group.push(next);
            }
            let (writes, begun) = (group.len(), Instant::now());
            match self.commit(group.drain(..)) {
                Ok(answers) => {
                    self.storing.committed(writes, begun.elapsed());
                    if self.trouble.is_over() {
                        tracing::info!("the store works again");
                    }
                    answers.into_iter().for_each(|answer| answer());
                    self.log.between();
                }
                Err(failure) => {
                    self.recover();
                    self.storing.errors.add(failure.cause());
                    if let Some(in_a_row) = self.trouble.again() {
                        let remedy = failure.remedy();
                        tracing::error!(%failure, in_a_row, "nothing was stored; browsers keep their events. {remedy}");
                    }
                }
            }
        }
        self.log.empty(&self.conn);
    }

    /// Applies all jobs in one transaction, or none.
    fn commit(&mut self, group: impl Iterator<Item = Job>) -> Result<Vec<Answer>, Failure> {
        self.conn.prepare_cached("begin immediate")?.execute([])?;
        let mut work = Work::new(&self.conn, &mut self.names, &mut self.salts, &mut self.secrets, &self.memory);
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let answers = group.map(|job| job(&mut work)).collect::<Result<Vec<_>, _>>()?;
            work.write_counts()?;
            Ok(answers)
        }));
        let done = work.done();
        let committed = applied.unwrap_or(Err(Failure::Panic)).and_then(|answers| {
            self.conn.prepare_cached("commit")?.execute([])?;
            Ok(answers)
        });
        done.gates.iter().for_each(|gate| gate.settle(committed.is_ok()));
        let answers = committed?;

        // Readers only copy numbers while they hold the lock, so they cannot poison it.
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        for (metric, id) in self.names.settle() {
            memory.name_metric(id, metric);
        }
        for (site, key, entry) in done.entries {
            memory.set(site, key, entry);
        }
        for (site, key, to) in done.moved {
            memory.set_moved(site, key, to);
        }
        drop(memory);
        self.secrets.settle();
        done.outcomes.add_to(&self.storing.events);
        // Deleted data must not survive in the WAL.
        self.erased |= done.erased;
        if done.tidied && self.erased {
            self.erased = !self.log.empty(&self.conn);
        }
        Ok(answers)
    }

    /// Rolls back the transaction and the in-memory state that belongs to it.
    fn recover(&mut self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("rollback")
        {
            tracing::error!(error = shown(&error), "the transaction could not be rolled back");
        }
        self.salts.turn_again();
        self.names.undo();
        self.secrets.undo();
    }
}
