use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Seek},
    sync::Arc,
    time::Duration,
};

use tokio::runtime::Handle;

use crate::{
    store::{Portion, Store, StoreError, Taken},
    transfer::{BadFile, Parts, Reader},
    visitor::{Day, HashKey},
};

/// How long to wait where the store has more to do than it can queue, and how often.
const BUSY_WAIT: Duration = Duration::from_millis(50);
const BUSY_WAITS: u32 = 600;

/// Why an export was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not as it should be. Nothing of it was taken over.
    #[error(transparent)]
    File(#[from] BadFile),
    /// The store failed. What was taken over until then stays; the same again goes on from there.
    #[error("{error}; what is already here stays, and the same import again takes over the rest")]
    Store {
        /// Why.
        error: StoreError,
    },
}

/// Takes an export over: reads all of it, believes it only if it is whole, and then lets the store have it in portions, between
/// which it serves its readers. Blocks; `store` is asked on the runtime.
///
/// # Errors
/// [`ImportError`] says whether anything was taken over.
pub fn import(store: &dyn Store, runtime: &Handle, mut file: File, dry_run: bool) -> Result<Taken, ImportError> {
    let mut lines = Reader::new(BufReader::new(&file))?;
    let header = lines.header().clone();
    while lines.next_line()?.is_some() {}

    file.rewind().map_err(BadFile::from)?;
    let mut parts = Parts::new(Reader::new(BufReader::new(&file))?);
    let secrets: BTreeMap<_, _> = header.secrets.into_iter().map(|(name, key)| (name, HashKey(key.0))).collect();
    // The reader has looked at the day.
    let (secrets, day) = (Arc::new(secrets), Day::parse(&header.day).unwrap_or(Day::new(0)));
    let mut taken = Taken::default();
    loop {
        let (parts, bytes) = parts.next_portion()?;
        if parts.is_empty() {
            return Ok(taken);
        }
        let portion = Portion { secrets: Arc::clone(&secrets), day, parts, bytes, dry_run };
        taken.add(runtime.block_on(patiently(store, portion)).map_err(|error| ImportError::Store { error })?);
    }
}

/// Readers' events come first.
async fn patiently(store: &dyn Store, portion: Portion) -> Result<Taken, StoreError> {
    for _ in 0..BUSY_WAITS {
        match store.import(portion.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BUSY_WAIT).await,
            done => return done,
        }
    }
    Err(StoreError::Busy)
}
