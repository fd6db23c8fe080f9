use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufReader, Seek},
    sync::Arc,
    time::Duration,
};

use store::{
    ImportBatch, ImportReport, Skipped, Store, StoreError,
    export_format::{ArticleLine, ArticlePart, Batch, BatchReader, ExportReader, InvalidExport},
};
use tokio::runtime::Handle;
use visitor::{Day, HashKey};
use wire::{ArticleKey, SiteId};

use super::sanitized_copy;

/// Delay between retries while the store's queue is full, and their maximum number.
const BUSY_RETRY_DELAY: Duration = Duration::from_millis(50);
const MAX_BUSY_RETRIES: u32 = 600;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is invalid. Nothing was imported.
    #[error(transparent)]
    File(#[from] InvalidExport),
    /// The store failed. What was imported so far stays; repeating the import continues it.
    #[error("{error}; what is already here stays, and the same import again takes over the rest")]
    Store {
        /// The store's error.
        error: StoreError,
    },
}

/// Imports an export: first reads the whole file to verify that it is complete, then passes it to the store in batches,
/// between which the store serves its readers. Blocks the thread; `runtime` runs the store's futures.
///
/// # Errors
/// [`ImportError`], whose variants tell whether anything was imported.
pub fn import(
    store: &dyn Store,
    runtime: &Handle,
    mut file: File,
    dry_run: bool,
) -> Result<ImportReport, ImportError> {
    let mut lines = ExportReader::new(BufReader::new(&file))?;
    let header = lines.header().clone();
    while lines.next_line()?.is_some() {}

    file.rewind().map_err(InvalidExport::from)?;
    let mut batches = BatchReader::new(ExportReader::new(BufReader::new(&file))?);
    let secrets: BTreeMap<_, _> = header
        .secrets
        .into_iter()
        .map(|(name, key)| (name, HashKey(key.0)))
        .collect();
    // `ExportReader::new` has validated the day.
    let secrets = Arc::new(secrets);
    let day = Day::parse(&header.day).unwrap_or(Day::new(0));
    let mut report = ImportReport::default();
    let mut claimed = dry_run.then(ClaimedAliases::default);
    while let Some(Batch {
        mut parts,
        site_hours,
        bytes,
    }) = batches.next_batch()?
    {
        parts
            .iter_mut()
            .for_each(|part| sanitize(part, &mut report));
        let claimed_twice = claimed
            .as_mut()
            .map(|claimed| claimed.claim_all(&parts))
            .unwrap_or_default();
        let batch = ImportBatch {
            secrets: Arc::clone(&secrets),
            day,
            parts,
            site_hours,
            bytes,
            dry_run,
        };
        let mut imported = runtime
            .block_on(import_with_retries(store, batch))
            .map_err(|error| ImportError::Store { error })?;
        for skipped in claimed_twice {
            if !imported.skipped.contains(&skipped) {
                imported.skipped.push(skipped);
            }
        }
        report.add(imported);
    }
    Ok(report)
}

/// Aliases by the first article of the file that has them. A dry run stores none, so the store does not know them.
#[derive(Default)]
struct ClaimedAliases(HashMap<(SiteId, ArticleKey), ArticleKey>);

impl ClaimedAliases {
    /// Notes the aliases of these articles. Returns those that another article had already.
    fn claim_all(&mut self, parts: &[ArticlePart]) -> Vec<Skipped> {
        let mut claimed_twice = Vec::new();
        for part in parts.iter().filter(|part| !part.continues) {
            let ArticleLine {
                site, key, aliases, ..
            } = &part.article;
            for alias in aliases {
                let name = (site.clone(), alias.key.clone());
                let owner = self.0.entry(name).or_insert_with(|| key.clone());
                if owner != key {
                    claimed_twice.push(Skipped {
                        site: site.to_string(),
                        article: alias.key.to_string(),
                        why: format!("it has moved to {owner} here"),
                    });
                }
            }
        }
        claimed_twice
    }
}

/// Sanitises the copy as if it were submitted. Counts are imported even if the copy is rejected.
fn sanitize(part: &mut ArticlePart, report: &mut ImportReport) {
    let Some(copy) = part.article.copy.take() else {
        return;
    };
    let site = part.article.site.clone();
    let article = part.article.key.clone();
    match sanitized_copy(&copy) {
        Ok(clean) => {
            if clean != copy {
                report.cleaned.push((site, article));
            }
            part.article.copy = Some(clean);
        }
        Err(error) => report.skipped.push(Skipped {
            site: site.to_string(),
            article: article.to_string(),
            why: error.about_copy(),
        }),
    }
}

/// Retries while the queue is full, so that readers' events come first.
async fn import_with_retries(
    store: &dyn Store,
    batch: ImportBatch,
) -> Result<ImportReport, StoreError> {
    for _ in 0..MAX_BUSY_RETRIES {
        match store.import(batch.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BUSY_RETRY_DELAY).await,
            done => return done,
        }
    }
    Err(StoreError::Busy)
}
