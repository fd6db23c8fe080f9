use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufReader, Seek, Write},
    sync::Arc,
    time::Duration,
};

use serde::Serialize;
use store::{
    Closed, Hold, Store, StoreError, Taken,
    transfer::{BadFile, Line, Reader, Writer},
};
use tokio::{runtime::Handle, sync::mpsc};
use visitor::Day;
use wire::{ArticleKey, SiteId, Tally};

use super::{ImportError, import};

/// Maximum number of lines between the store and the file.
const LINES: usize = 1024;

/// Approximate size of a write, in bytes.
const CHUNK: usize = 256 * 1024;

/// Number of articles compared per query.
const COMPARED: usize = 100;

/// Interval at which the write block is renewed.
const RENEWED: Duration = Duration::from_secs(2);

/// Result of a migration.
#[derive(Debug, Serialize)]
pub struct Migrated {
    /// What the target store imported.
    pub taken: Taken,
    /// Number of articles compared.
    pub articles: usize,
    /// Articles whose totals differ between the stores.
    pub different: Vec<(SiteId, ArticleKey)>,
}

/// Why a migration failed. What the target has stays; repeating the migration continues it.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The source is being migrated, or was.
    #[error("{}", of_closed("it", .0))]
    Closed(Closed),
    /// The target is being migrated, or was.
    #[error("{}", of_closed("the new database", .0))]
    ClosedThere(Closed),
    /// The write block expired, so others may have written to the source.
    #[error("writes could not be held all the time, so that some may not be there: run this again")]
    Lost,
    /// The source could not be read.
    #[error("it could not be read to its end: {0}")]
    From(StoreError),
    /// The totals could not be read.
    #[error("the totals could not be compared: {0}")]
    Compare(StoreError),
    /// The target's import failed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// There is no room for the temporary file.
    #[error("there must be room for an export in the directory for temporary files (TMPDIR): {0}")]
    Room(#[from] std::io::Error),
}

/// Copies all exportable data of a store to another through an unnamed file, then compares all totals. Writes to the
/// source are blocked meanwhile; permanently if all data arrived. `named`: the target's URL as it is displayed.
///
/// # Errors
/// [`MigrateError`] names the cause.
pub async fn migrate(
    from: &dyn Store,
    (to, named): (Arc<dyn Store>, &str),
    day: Day,
    file: File,
) -> Result<Migrated, MigrateError> {
    to.look().await.map_err(MigrateError::ClosedThere)?;
    let hold = from.hold().await.map_err(MigrateError::Closed)?;
    let moved = tokio::select! {
        moved = copy(from, &to, day, file) => moved,
        () = until_lost(from, &hold) => Err(MigrateError::Lost),
    };
    // If the target was itself migrated meanwhile, the data may have been left behind there.
    let moved = match moved {
        Ok(moved) => to.look().await.map(|()| moved).map_err(MigrateError::ClosedThere),
        failed => failed,
    };
    let is_all = moved.as_ref().is_ok_and(|moved| moved.different.is_empty());
    match from.end(&hold, is_all.then_some(named)).await {
        Ok(false) => Err(MigrateError::Lost),
        Err(_) if is_all => Err(MigrateError::Lost),
        _ => moved,
    }
}

/// Renews the write block until it is lost. Tolerates errors of the store, since the block may still be in force.
async fn until_lost(store: &dyn Store, hold: &Hold) {
    loop {
        tokio::time::sleep(RENEWED).await;
        if store.renew(hold).await == Ok(false) {
            return;
        }
    }
}

async fn copy(from: &dyn Store, to: &Arc<dyn Store>, day: Day, file: File) -> Result<Migrated, MigrateError> {
    write(from, day, &file).await?;
    (&file).rewind()?;
    let (runtime, there, copy) = (Handle::current(), Arc::clone(to), file.try_clone()?);
    let importing = tokio::task::spawn_blocking(move || import(&*there, &runtime, copy, false)).await;
    let taken = importing.map_err(std::io::Error::other)??;
    (&file).rewind()?;
    let keys = keys(&file)?;
    let articles = keys.values().map(BTreeSet::len).sum();
    let mut different = Vec::new();
    for (site, keys) in keys {
        let keys: Vec<_> = keys.into_iter().collect();
        for some in keys.chunks(COMPARED) {
            let here = from.tallies(&site, some).await.map_err(MigrateError::Compare)?;
            let there = to.tallies(&site, some).await.map_err(MigrateError::Compare)?;
            let pairs = here.iter().zip(&there).filter(|(here, there)| totals(&here.tally) != totals(&there.tally));
            different.extend(pairs.map(|(here, _)| (site.clone(), here.tally.article.clone())));
        }
    }
    Ok(Migrated { taken, articles, different })
}

async fn write(from: &dyn Store, day: Day, mut to: &File) -> Result<(), MigrateError> {
    let (tell, mut lines) = mpsc::channel(LINES);
    let writing = async {
        let (mut writer, mut bytes, mut some) = (Writer::default(), Vec::with_capacity(2 * CHUNK), Vec::new());
        while lines.recv_many(&mut some, LINES).await > 0 {
            some.drain(..).for_each(|line| writer.line(&line, &mut bytes));
            if bytes.len() >= CHUNK {
                to.write_all(&bytes)?;
                bytes.clear();
            }
        }
        writer.end(&mut bytes);
        to.write_all(&bytes)
    };
    let (told, written) = tokio::join!(from.export(None, day, tell), writing);
    told.map_err(MigrateError::From)?;
    Ok(written?)
}

/// The keys of all articles of an export.
fn keys(file: &File) -> Result<BTreeMap<SiteId, BTreeSet<ArticleKey>>, ImportError> {
    let mut lines = Reader::new(BufReader::new(file))?;
    let mut keys: BTreeMap<SiteId, BTreeSet<ArticleKey>> = BTreeMap::new();
    while let Some(line) = lines.next_line()? {
        if let Line::Article(article) = line {
            keys.entry(article.site).or_default().insert(article.key);
        }
    }
    Ok(keys)
}

/// The nonzero totals of a tally, each with its imported part.
fn totals(tally: &Tally) -> BTreeMap<String, (u64, u64)> {
    let Tally { reads, reactions, shares, imported, .. } = tally;
    let reactions =
        reactions.0.iter().map(|(key, count)| (format!("reaction:{key}"), *count, imported.reactions.get(key)));
    let shares = shares.0.iter().map(|(key, count)| (format!("share:{key}"), *count, imported.shares.get(key)));
    let all = std::iter::once(("reads".to_owned(), *reads, imported.reads)).chain(reactions).chain(shares);
    all.filter(|(_, count, _)| *count > 0).map(|(name, count, imported)| (name, (count, imported))).collect()
}

fn of_closed(what: &str, closed: &Closed) -> String {
    match closed {
        Closed::Moving => {
            format!(
                "all counts of {what} are being moved already: wait for that, or for half a minute if it was interrupted"
            )
        }
        Closed::Moved(to) => {
            format!(
                "all counts of {what} have moved to {to} already: if that is not so any more, `gema migrate --undo`"
            )
        }
        Closed::Unknown(error) => error.to_string(),
    }
}

impl From<BadFile> for MigrateError {
    fn from(bad: BadFile) -> Self {
        Self::Import(bad.into())
    }
}
