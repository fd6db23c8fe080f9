//! Jobs and queries that only read the database.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::Connection;
use store::StoreError;

use super::{
    MIN_JOB_BYTES, Sqlite,
    failure::Failure,
    snapshot::{Snapshot, read_transaction},
    transaction::Transaction,
};

/// How long a query waits until the tables of counts are up to date.
const MAX_UPDATE_WAIT: Duration = Duration::from_secs(1);

/// One who is about to read the tables of counts.
struct TableReader(Arc<AtomicUsize>);

impl TableReader {
    fn new(readers: &Arc<AtomicUsize>) -> Self {
        readers.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(readers))
    }
}

impl Drop for TableReader {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Sqlite {
    /// Runs a read-only job, which does not read the tables of counts. Its error does not fail the writes that share its
    /// transaction.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let query = move |transaction: &mut Transaction<'_>| match query(transaction) {
            Err(failure) if transaction.is_open() => Ok(Err(failure)),
            found => found.map(Ok),
        };
        let found = self.queue(MIN_JOB_BYTES, false, query);
        found.await?.map_err(|failure| self.read_failed(&failure))
    }

    /// Runs a query of the newsroom's pages in a read transaction of its own, on the thread of low priority. The tables of
    /// counts are up to date, unless the writer cannot write or takes long: then they lack counts of the last minute.
    pub(super) async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = TableReader::new(&self.table_readers);
        let _ = tokio::time::timeout(MAX_UPDATE_WAIT, self.update_tables()).await;
        self.query_as(reader, query).await
    }

    /// Runs a query whose tables of counts are up to date.
    pub(super) async fn query_all<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = TableReader::new(&self.table_readers);
        self.update_tables().await?;
        self.query_as(reader, query).await
    }

    /// Brings the tables of counts up to date; they stay so while there is a [`TableReader`].
    async fn update_tables(&self) -> Result<(), StoreError> {
        self.run(MIN_JOB_BYTES, |_| Ok(())).await
    }

    async fn query_as<T: Send + 'static>(
        &self,
        reader: TableReader,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let begin = self.read_transaction();
        let under_way = Arc::clone(&self.queries);
        store::low_priority::query(move || {
            let begun = begin();
            drop(reader);
            let found = begun.and_then(|conn| Ok(query(&conn)?));
            drop(under_way);
            found
        })
        .await?
        .map_err(|failure| self.read_failed(&failure))
    }

    /// Begins a [`read_transaction`], unless the database's name leads to another file by now.
    pub(super) fn read_transaction(
        &self,
    ) -> impl FnOnce() -> Result<Connection, Failure> + Send + 'static + use<> {
        // A query that outlives the store keeps no lock.
        let files = Arc::downgrade(&self.files);
        let path = self.path.clone();
        move || {
            if let Some(files) = files.upgrade() {
                files.check()?;
            }
            Ok(read_transaction(&path)?)
        }
    }

    /// Database and memory, as of the same commit.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let _reader = TableReader::new(&self.table_readers);
        self.update_tables().await?;
        let begin = self.read_transaction();
        self.read(move |transaction| {
            Ok(Snapshot {
                conn: begin()?,
                read_model: transaction.read_model(),
            })
        })
        .await
    }
}
