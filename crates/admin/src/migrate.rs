/// Comparisons of totals.
mod compare;

use std::{
    fs::File,
    io::{Seek, Write},
    sync::Arc,
    time::Duration,
};

use serde::Serialize;
use store::{
    ImportReport, Skipped, Store, StoreError, WriteBlockLease, WritesBlocked,
    export_format::{ExportWriter, InvalidExport, Line},
};
use tokio::{runtime::Handle, sync::mpsc};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{ImportError, import, users::copy_accounts};

/// Maximum number of lines between the store and the file.
const MAX_QUEUED_LINES: usize = 1024;

/// Approximate size of a write, in bytes.
const WRITE_CHUNK_BYTES: usize = 256 * 1024;

/// Interval at which the write block is renewed.
const LEASE_RENEWAL_INTERVAL: Duration = Duration::from_secs(2);

/// Result of a migration.
#[derive(Debug, Serialize)]
pub struct MigrationReport {
    /// What the target store imported.
    #[serde(rename = "taken")]
    pub imported: ImportReport,
    /// Number of articles compared.
    pub articles: usize,
    /// Articles whose totals differ between the stores.
    pub different: Vec<(SiteId, ArticleKey)>,
}

/// The targets that a migration accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationTarget {
    /// Only a store without articles.
    Empty,
    /// Any store. Its data is merged with the source's, as by an import: data that was deleted in the source since an
    /// earlier migration is kept, and so are the target's copies of articles.
    Merged,
}

/// Why a migration failed. Data that the target has imported so far is kept.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The source is being migrated, or was.
    #[error("{}", describe_block("it", .0))]
    SourceBlocked(WritesBlocked),
    /// The target is being migrated, or was.
    #[error("{}", describe_block("the new database", .0))]
    TargetBlocked(WritesBlocked),
    /// The write block expired, so others may have written to the source.
    #[error(
        "writes could not be held all the time, so that some may not be there: run this again, with an empty new database"
    )]
    LeaseLost,
    /// The target has articles, and they were not to be merged.
    #[error("{}", describe_contents())]
    NotEmpty,
    /// The source's totals are not those of its days and votes. Nothing was imported.
    #[error(
        "the totals of {articles} articles ({example}, …) are not those of their days and votes: see `gema check`. \
         `gema export` and `gema import` move the days and votes as they are"
    )]
    Unsound {
        /// Number of such articles.
        articles: usize,
        /// The site and key of one.
        example: String,
    },
    /// The target could not be examined.
    #[error("the new database could not be read: {0}")]
    Examine(StoreError),
    /// The source could not be read.
    #[error("it could not be read to its end: {0}")]
    Read(StoreError),
    /// The totals could not be read.
    #[error("the totals could not be compared: {0}")]
    Compare(StoreError),
    /// The target's import failed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The newsroom's users could not be copied.
    #[error("the newsroom's users could not be copied: {0}")]
    Accounts(StoreError),
    /// There is no room for the temporary file.
    #[error("there must be room for an export in the directory for temporary files (TMPDIR): {0}")]
    TemporaryFile(#[from] std::io::Error),
}

/// Copies all exportable data of a store to another through an unnamed file, then compares all totals. Writes to the
/// source are blocked meanwhile; permanently if all data arrived. `named`: the target's URL as it is displayed. An
/// interrupted migration leaves some articles in the target, and they become outdated as the source goes on; so it is
/// repeated with an empty target.
///
/// # Errors
/// [`MigrateError`] names the cause.
pub async fn migrate(
    from: &dyn Store,
    (to, named): (Arc<dyn Store>, &str),
    target: MigrationTarget,
    day: Day,
    file: File,
) -> Result<MigrationReport, MigrateError> {
    to.refresh_write_block()
        .await
        .map_err(MigrateError::TargetBlocked)?;
    if target == MigrationTarget::Empty
        && has_articles(&*to, day)
            .await
            .map_err(MigrateError::Examine)?
    {
        return Err(MigrateError::NotEmpty);
    }
    let lease = from
        .block_writes()
        .await
        .map_err(MigrateError::SourceBlocked)?;
    let moved = tokio::select! {
        moved = copy(from, &to, day, file) => moved,
        () = until_lost(from, &lease) => Err(MigrateError::LeaseLost),
    };
    // If the target was itself migrated meanwhile, the data may have been left behind there.
    let moved = match moved {
        Ok(moved) => to
            .refresh_write_block()
            .await
            .map(|()| moved)
            .map_err(MigrateError::TargetBlocked),
        failed => failed,
    };
    let is_all = moved.as_ref().is_ok_and(|moved| moved.different.is_empty());
    match from.end_write_block(&lease, is_all.then_some(named)).await {
        Ok(false) => Err(MigrateError::LeaseLost),
        Err(_) if is_all => Err(MigrateError::LeaseLost),
        _ => moved,
    }
}

/// Whether the store has an article of any site.
async fn has_articles(store: &dyn Store, day: Day) -> Result<bool, StoreError> {
    let (sender, mut lines) = mpsc::channel(1);
    let search = async move {
        while let Some(line) = lines.recv().await {
            if matches!(line, Line::Article(_)) {
                return true;
            }
        }
        false
    };
    // The export ends early when the receiver is dropped.
    let (exported, has_some) = tokio::join!(store.export(None, day, sender), search);
    exported.map(|_| has_some)
}

/// Renews the write block until it is lost. Tolerates errors of the store, since the block may still be in force.
async fn until_lost(store: &dyn Store, lease: &WriteBlockLease) {
    loop {
        tokio::time::sleep(LEASE_RENEWAL_INTERVAL).await;
        if store.renew_write_block(lease).await == Ok(false) {
            return;
        }
    }
}

async fn copy(
    from: &dyn Store,
    to: &Arc<dyn Store>,
    day: Day,
    file: File,
) -> Result<MigrationReport, MigrateError> {
    let left_out = write(from, day, &file).await?;
    // Before anything is imported: the other database would have other totals than these.
    let unsound = compare::with_export(from, &file).await?.different;
    if let Some((site, article)) = unsound.first() {
        return Err(MigrateError::Unsound {
            articles: unsound.len(),
            example: format!("{site} {article}"),
        });
    }
    (&file).rewind()?;
    let runtime = Handle::current();
    let there = Arc::clone(to);
    let copy = file.try_clone()?;
    let importing =
        tokio::task::spawn_blocking(move || import(&*there, &runtime, copy, false)).await;
    let mut imported = importing.map_err(std::io::Error::other)??;
    imported.skipped.extend(left_out);
    copy_accounts(from.accounts(), to.accounts())
        .await
        .map_err(MigrateError::Accounts)?;
    let compare::Comparison {
        articles,
        different,
    } = compare::stores((from, &**to), &file).await?;
    Ok(MigrationReport {
        imported,
        articles,
        different,
    })
}

/// Writes an export to the file. Returns what it does not contain.
async fn write(from: &dyn Store, day: Day, mut to: &File) -> Result<Vec<Skipped>, MigrateError> {
    let (sender, mut lines) = mpsc::channel(MAX_QUEUED_LINES);
    let writing = async {
        let mut writer = ExportWriter::default();
        let mut bytes = Vec::with_capacity(2 * WRITE_CHUNK_BYTES);
        let mut some = Vec::new();
        while lines.recv_many(&mut some, MAX_QUEUED_LINES).await > 0 {
            some.drain(..)
                .for_each(|line| writer.line(&line, &mut bytes));
            if bytes.len() >= WRITE_CHUNK_BYTES {
                to.write_all(&bytes)?;
                bytes.clear();
            }
        }
        let reduced = writer.end(&mut bytes);
        to.write_all(&bytes).map(|()| reduced)
    };
    let (exported, written) = tokio::join!(from.export(None, day, sender), writing);
    let reduced = written?;
    let mut left_out = exported.map_err(MigrateError::Read)?;
    left_out.extend(reduced);
    Ok(left_out)
}

fn describe_contents() -> String {
    "the new database has articles already. If an interrupted migration left them, they are outdated: delete the file, or \
     name another one or another `?prefix=` of Redis, and run this again. If both databases have counts of their own, \
     `--merge` merges them; then copies of articles in the new database are kept, and what was deleted in the old one \
     stays there"
        .into()
}

fn describe_block(what: &str, block: &WritesBlocked) -> String {
    match block {
        WritesBlocked::Migrating => {
            format!(
                "all counts of {what} are being moved already: wait for that, or for half a minute if it was interrupted"
            )
        }
        WritesBlocked::Migrated(to) => {
            format!(
                "all counts of {what} have moved to {to} already: if that is not so any more, `gema migrate --undo`"
            )
        }
        WritesBlocked::Unknown(error) => error.to_string(),
    }
}

impl From<InvalidExport> for MigrateError {
    fn from(bad: InvalidExport) -> Self {
        Self::Import(bad.into())
    }
}
