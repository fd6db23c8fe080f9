use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Instant,
};

use metrics::Storing;
use rusqlite::Connection;
use store::Trouble;
use tokio::sync::mpsc;

use super::{
    log::Log, memory::Memory, names::Names, salt_file::SaltFile, secrets::Secrets, trouble::Failure, work::Work,
};

/// Something to do in the open transaction. What it returns tells whoever asked, and is called only
/// when the transaction is durable; if it never is, it is dropped.
pub(super) type Job = Box<dyn FnOnce(&mut Work<'_>) -> Result<Answer, Failure> + Send>;

/// See [`Job`].
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// The most jobs that share one transaction: so many that a disk's wait is spread thin, so few that
/// the first of them does not wait for the last.
const MAX_GROUP: usize = 1024;

/// The one thread that has the connection. It takes what has gathered, applies it in one transaction,
/// and answers after the commit.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) log: Log,
    pub(super) names: Names,
    pub(super) salts: SaltFile,
    pub(super) secrets: Secrets,
    pub(super) memory: Arc<RwLock<Memory>>,
    pub(super) trouble: Trouble,
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
            // Where answering and writing share a core, more has arrived than has been handed in: it comes along, and the disk is
            // asked once for all of it. Where they do not, nobody is waiting for this thread, and it goes on at once.
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

    /// All jobs or none.
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

        // The lock is held by readers only while they copy a few numbers: it is never poisoned by them.
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
        // What was deleted must not live on in the log.
        self.erased |= done.erased;
        if done.tidied && self.erased {
            self.erased = !self.log.empty(&self.conn);
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
        self.names.undo();
        self.secrets.undo();
    }
}
