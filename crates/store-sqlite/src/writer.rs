use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use metrics::StoreMetrics;
use rusqlite::Connection;
use store::{Admission, FailureStreak};
use tokio::sync::mpsc;

use super::{
    checkpointer::Checkpointer,
    completion::{Completion, complete_all},
    event_logs::EventLogs,
    failure::{Failure, printable_error},
    interner::Interner,
    open_files::OpenFiles,
    read_model::ReadModel,
    rollups::RolledDays,
    salt_file::SaltFile,
    secrets::VoteKeys,
    transaction::Transaction,
};

/// An operation in the open transaction. It returns what completes the caller's request.
pub(super) type Job = Box<dyn FnOnce(&mut Transaction<'_>) -> Result<Completion, Failure> + Send>;

/// Maximum number of jobs per transaction: enough to amortise the disk sync, few enough that the first job does not
/// wait long for the last.
const MAX_GROUP_JOBS: usize = 1024;

/// How long the database's files are taken to have their names: to look costs as much as a small part of an event.
const FILES_CHECKED_FOR: Duration = Duration::from_millis(100);

/// The thread that owns the write connection. It applies all queued jobs in one transaction (group commit), and
/// completes the requests after the commit.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) checkpointer: Checkpointer,
    pub(super) interner: Interner,
    pub(super) rolled_days: RolledDays,
    pub(super) salts: SaltFile,
    pub(super) event_logs: EventLogs,
    pub(super) secrets: VoteKeys,
    pub(super) read_model: Arc<RwLock<ReadModel>>,
    /// See [`Sqlite`](super::Sqlite).
    pub(super) generation: Arc<AtomicU64>,
    /// See [`Sqlite`](super::Sqlite).
    pub(super) table_readers: Arc<AtomicUsize>,
    pub(super) files: Arc<OpenFiles>,
    /// When the files last had their names.
    pub(super) files_checked: Instant,
    pub(super) failures: FailureStreak,
    pub(super) metrics: StoreMetrics,
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
            while group.len() < MAX_GROUP_JOBS
                && let Ok(next) = jobs.try_recv()
            {
                group.push(next);
            }
            let writes = group.len();
            let begun = Instant::now();
            match self.commit(begun, group.drain(..)) {
                Ok(completions) => {
                    self.metrics.committed(writes, begun.elapsed());
                    if self.failures.end() {
                        tracing::info!("the store works again");
                    }
                    complete_all(completions);
                    self.checkpointer.after_commit();
                }
                Err(failure) => {
                    self.recover();
                    self.metrics.errors.add(failure.cause());
                    if let Some(in_a_row) = self.failures.record() {
                        let remedy = failure.remedy();
                        tracing::error!(%failure, in_a_row, "nothing was stored; browsers keep their events. {remedy}");
                    }
                }
            }
        }
        if let Err(failure) = self.fold_logs() {
            tracing::warn!(%failure, "the newest votes and counts stay in their logs until the next start");
        }
        self.checkpointer.truncate(&self.conn);
    }

    /// Moves the logged votes and counts into their tables, at the end.
    fn fold_logs(&mut self) -> Result<(), Failure> {
        if self.event_logs.is_empty() {
            return Ok(());
        }
        self.files.check()?;
        let transaction = self.conn.transaction()?;
        self.event_logs.fold(&transaction, &mut self.rolled_days)?;
        transaction.commit()?;
        self.event_logs.commit();
        Ok(())
    }

    /// Fails if a file of the database was removed or replaced: writes would be lost with the process.
    fn check_files(&mut self, now: Instant) -> Result<(), Failure> {
        if now.duration_since(self.files_checked) >= FILES_CHECKED_FOR {
            self.files.check()?;
            self.files_checked = now;
        }
        Ok(())
    }

    /// Applies all jobs in one transaction, or none.
    fn commit(
        &mut self,
        now: Instant,
        group: impl Iterator<Item = Job>,
    ) -> Result<Vec<Completion>, Failure> {
        let changes = self.conn.total_changes();
        self.conn.prepare_cached("begin immediate")?.execute([])?;
        let mut transaction = Transaction::new(
            &self.conn,
            &mut self.interner,
            &mut self.rolled_days,
            &mut self.salts,
            &mut self.event_logs,
            &mut self.secrets,
            &self.read_model,
        );
        let applied = catch_unwind(AssertUnwindSafe(|| {
            if self.table_readers.load(Ordering::SeqCst) > 0 {
                transaction.use_tables()?;
            }
            let completions = group
                .map(|job| job(&mut transaction))
                .collect::<Result<Vec<_>, _>>()?;
            transaction.write()?;
            Ok(completions)
        }));
        let effects = transaction.finish();
        let committed = applied
            .unwrap_or(Err(Failure::Panic))
            .and_then(|completions| {
                // Reads go on.
                if self.conn.total_changes() != changes {
                    self.check_files(now)?;
                }
                self.conn.prepare_cached("commit")?.execute([])?;
                Ok(completions)
            });
        let finish = if committed.is_ok() {
            <dyn Admission>::commit
        } else {
            <dyn Admission>::rollback
        };
        effects
            .admissions
            .iter()
            .for_each(|admission| finish(&**admission));
        let completions = committed?;

        // Readers only copy numbers while they hold the lock, so they cannot poison it.
        let mut read_model = self
            .read_model
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !effects.entries.is_empty() || !effects.aliases.is_empty() {
            self.generation.fetch_add(1, Ordering::Release);
        }
        for (metric, id) in self.interner.commit() {
            read_model.add_metric(id, metric);
        }
        for (site, key, entry) in effects.entries {
            read_model.set(site, key, entry);
        }
        for (site, key, to) in effects.aliases {
            read_model.set_alias(site, key, to);
        }
        if self.secrets.commit() {
            read_model.vote_keys = self.secrets.clone();
        }
        drop(read_model);
        self.event_logs.commit();
        effects.outcomes.add_to(&self.metrics.events);
        // Deleted data must not survive in the WAL.
        self.erased |= effects.erased;
        if effects.is_cleanup {
            if self.erased {
                self.erased = !self.checkpointer.truncate(&self.conn);
            }
            // Each thread returns what it owns: here pruned articles and the digests of ended windows.
            store::memory::return_freed_memory();
        }
        Ok(completions)
    }

    /// Rolls back the transaction and the in-memory state that belongs to it.
    fn recover(&mut self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("rollback")
        {
            tracing::error!(
                error = printable_error(&error),
                "the transaction could not be rolled back"
            );
        }
        self.salts.forget_rotations();
        self.interner.rollback();
        self.rolled_days.rollback();
        self.secrets.rollback();
        self.event_logs.rollback();
    }
}
