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

/// How many lines may wait to be written.
const LINES: usize = 1024;

/// How many bytes are written at once, about.
const CHUNK: usize = 256 * 1024;

/// How many articles are compared at once.
const COMPARED: usize = 100;

/// How often it is said that writes are to be held.
const RENEWED: Duration = Duration::from_secs(2);

/// What was moved to another store.
#[derive(Debug, Serialize)]
pub struct Migrated {
    /// What the other one did not have.
    pub taken: Taken,
    /// How many articles were compared when all was there.
    pub articles: usize,
    /// Of which these have other totals there than here.
    pub different: Vec<(SiteId, ArticleKey)>,
}

/// Why not everything was moved. What is there stays; the same again moves the rest.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Nothing can be moved from there.
    #[error("{}", of_closed("it", .0))]
    Closed(Closed),
    /// Nothing can be moved to there.
    #[error("{}", of_closed("the new database", .0))]
    ClosedThere(Closed),
    /// Others may have written to the first one meanwhile.
    #[error("writes could not be held all the time, so that some may not be there: run this again")]
    Lost,
    /// The first store could not be read.
    #[error("it could not be read to its end: {0}")]
    From(StoreError),
    /// The second one could not be compared.
    #[error("the totals could not be compared: {0}")]
    Compare(StoreError),
    /// The second one has not taken all of it.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// There is no room for what is on the way.
    #[error("there must be room for an export in the directory for temporary files (TMPDIR): {0}")]
    Room(#[from] std::io::Error),
}

/// Moves everything that may leave from one store to another, which is told as `named`, by way of a file without a name, then compares
/// every total. Nobody else writes to the first one meanwhile, nor afterwards, if all of it is there.
///
/// # Errors
/// [`MigrateError`] says what was in the way.
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
    // What moves to one that moves itself would stay behind there.
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

/// Says again and again that writes are to be held, until that does not help any more. While the store does not answer it may still.
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

/// Each number of a tally that is not zero, and what of it was imported.
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
