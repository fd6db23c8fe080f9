//! Selects the storage engine by the scheme of the store's URL. All other code depends only on the trait.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use store::{OpenError, RestoreError, Restored, Sanitizer, Store, file_path, is_scheme};
#[cfg(feature = "redis")]
use store_redis::Redis;
use store_sqlite::Sqlite;

/// Opens the store at `sqlite:PATH` or a plain path, `redis://HOST` or `redis+cluster://HOST,HOST`: the scheme selects
/// the engine. Dropping the last reference closes it, after all accepted writes are on disk.
///
/// # Errors
/// [`OpenError`] names the cause and, where there is one, the remedy.
pub fn open(url: &str) -> Result<Arc<dyn Store>, OpenError> {
    match url.split_once(':') {
        Some(("sqlite", path)) => file(path),
        #[cfg(feature = "redis")]
        Some(("redis" | "redis+cluster", _)) => Ok(Arc::new(Redis::open(url)?)),
        Some((scheme, _)) if is_scheme(scheme) => Err(unknown(scheme)),
        _ => file(url),
    }
}

fn file(path: &str) -> Result<Arc<dyn Store>, OpenError> {
    check_path(path)?;
    Ok(Arc::new(Sqlite::open(Path::new(path))?))
}

/// Validates a store's URL without opening it.
///
/// # Errors
/// [`OpenError`] names what is wrong with it.
pub fn check_url(url: &str) -> Result<(), OpenError> {
    match url.split_once(':') {
        #[cfg(feature = "redis")]
        Some(("redis" | "redis+cluster", _)) => store_redis::check_url(url),
        Some((scheme, _)) if scheme != "sqlite" && is_scheme(scheme) => Err(unknown(scheme)),
        Some(("sqlite", path)) => check_path(path),
        _ => check_path(url),
    }
}

/// Replaces the database at the URL with a [backup](Store::backup). No process may have the database open. The old
/// file is kept beside the new one, with the time `now` in its name. `sanitizer` sanitises the copies of articles.
///
/// # Errors
/// [`RestoreError`] names the cause.
pub fn restore(
    url: &str,
    backup: &Path,
    now: Timestamp,
    sanitizer: &Sanitizer,
) -> Result<Restored, RestoreError> {
    store_sqlite::restore(
        file_path(url).ok_or(RestoreError::NoFile)?,
        backup,
        now,
        sanitizer,
    )
}

/// Rejects SQLite's own names of databases, some of which are not on disk.
fn check_path(path: &str) -> Result<(), OpenError> {
    if path.is_empty() || path == ":memory:" || path.starts_with("file:") {
        return Err(OpenError::BadUrl(
            "it names no file, and counts are kept in one: write gema.db, or sqlite:/var/lib/gema/gema.db".into(),
        ));
    }
    Ok(())
}

/// The error for a scheme without an engine.
fn unknown(scheme: &str) -> OpenError {
    match scheme {
        "redis" | "redis+cluster" => OpenError::NotBuilt("redis"),
        _ => OpenError::UnknownScheme(scheme.into()),
    }
}
