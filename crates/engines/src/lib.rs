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

/// Whether the path is that of a file of the store at the URL: of the database, or of one beside it.
pub fn is_database_file(url: &str, file: &Path) -> bool {
    file_path(url).is_some_and(|database| store_sqlite::is_database_file(database, file))
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

/// Rejects SQLite's own names of databases, some of which are not on disk, and what is no part of a path: options,
/// a host, and escapes, which would be part of the file's name.
fn check_path(path: &str) -> Result<(), OpenError> {
    if path.is_empty() || path == ":memory:" || path.starts_with("file:") {
        return Err(OpenError::BadUrl(
            "it names no file, and counts are kept in one: write gema.db, or sqlite:/var/lib/gema/gema.db".into(),
        ));
    }
    let has_host = path.starts_with("//") && !path.starts_with("///");
    if has_host || path.contains('?') || has_escape(path) {
        return Err(OpenError::BadUrl(
            "it is the path of a file as it is on the disk, without a host, options (`?mode=ro`) or escapes (`%2F`): write \
             gema.db, or sqlite:/var/lib/gema/gema.db"
                .into(),
        ));
    }
    Ok(())
}

/// Whether a path has a percent-encoded character.
fn has_escape(path: &str) -> bool {
    let mut triples = path.as_bytes().windows(3);
    triples.any(|three| {
        three[0] == b'%' && three[1].is_ascii_hexdigit() && three[2].is_ascii_hexdigit()
    })
}

/// The error for a scheme without an engine.
fn unknown(scheme: &str) -> OpenError {
    match scheme {
        "redis" | "redis+cluster" => OpenError::NotBuilt("redis"),
        _ => OpenError::UnknownScheme(scheme.into()),
    }
}
