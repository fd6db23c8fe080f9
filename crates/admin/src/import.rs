use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Seek},
    sync::Arc,
    time::Duration,
};

use store::{
    Portion, Skipped, Store, StoreError, Taken,
    transfer::{BadFile, Part, Parts, Reader},
};
use tokio::runtime::Handle;
use visitor::{Day, HashKey};

use super::vetted;

/// Delay between retries while the store's queue is full, and their maximum number.
const BUSY_WAIT: Duration = Duration::from_millis(50);
const BUSY_WAITS: u32 = 600;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is invalid. Nothing was imported.
    #[error(transparent)]
    File(#[from] BadFile),
    /// The store failed. What was imported so far stays; repeating the import continues it.
    #[error("{error}; what is already here stays, and the same import again takes over the rest")]
    Store {
        /// The store's error.
        error: StoreError,
    },
}

/// Imports an export: first reads the whole file to verify that it is complete, then passes it to the store in
/// batches, between which the store serves its readers. Blocks the thread; `runtime` runs the store's futures.
///
/// # Errors
/// [`ImportError`] says whether anything was imported.
pub fn import(store: &dyn Store, runtime: &Handle, mut file: File, dry_run: bool) -> Result<Taken, ImportError> {
    let mut lines = Reader::new(BufReader::new(&file))?;
    let header = lines.header().clone();
    while lines.next_line()?.is_some() {}

    file.rewind().map_err(BadFile::from)?;
    let mut parts = Parts::new(Reader::new(BufReader::new(&file))?);
    let secrets: BTreeMap<_, _> = header.secrets.into_iter().map(|(name, key)| (name, HashKey(key.0))).collect();
    // `Reader::new` has validated the day.
    let (secrets, day) = (Arc::new(secrets), Day::parse(&header.day).unwrap_or(Day::new(0)));
    let mut taken = Taken::default();
    loop {
        let (mut parts, bytes) = parts.next_portion()?;
        if parts.is_empty() {
            return Ok(taken);
        }
        parts.iter_mut().for_each(|part| vet(part, &mut taken));
        let portion = Portion { secrets: Arc::clone(&secrets), day, parts, bytes, dry_run };
        taken.add(runtime.block_on(patiently(store, portion)).map_err(|error| ImportError::Store { error })?);
    }
}

/// Sanitises the copy as if it were submitted. Counts are imported even if the copy is rejected.
fn vet(part: &mut Part, taken: &mut Taken) {
    let Some(copy) = part.article.copy.take() else { return };
    let (site, article) = (part.article.site.clone(), part.article.key.clone());
    match vetted(&copy) {
        Ok(clean) => {
            if clean != copy {
                taken.cleaned.push((site, article));
            }
            part.article.copy = Some(clean);
        }
        Err(refusal) => taken.skipped.push(Skipped { site, article, why: refusal.of_copy() }),
    }
}

/// Retries while the queue is full, so that readers' events come first.
async fn patiently(store: &dyn Store, portion: Portion) -> Result<Taken, StoreError> {
    for _ in 0..BUSY_WAITS {
        match store.import(portion.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BUSY_WAIT).await,
            done => return done,
        }
    }
    Err(StoreError::Busy)
}
