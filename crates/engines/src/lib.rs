//! The choice of engine, which is the scheme of the store's URL. Everything else knows only the trait.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use store::{OpenError, RestoreError, Restored, Store, Vet, file, is_scheme};
#[cfg(feature = "redis")]
use store_redis::Redis;
use store_sqlite::Sqlite;

/// Opens the store at `sqlite:PATH` or a plain path, `redis://HOST` or `redis+cluster://HOST,HOST`: the scheme is the choice of
/// engine. It is closed, and all it has taken is on disk, when its last holder lets go.
///
/// # Errors
/// [`OpenError`] says what is in the way.
pub fn open(url: &str) -> Result<Arc<dyn Store>, OpenError> {
    match url.split_once(':') {
        Some(("sqlite", path)) => Ok(Arc::new(Sqlite::open(Path::new(path))?)),
        #[cfg(feature = "redis")]
        Some(("redis" | "redis+cluster", _)) => Ok(Arc::new(Redis::open(url)?)),
        Some((scheme, _)) if is_scheme(scheme) => Err(unknown(scheme)),
        _ => Ok(Arc::new(Sqlite::open(Path::new(url))?)),
    }
}

/// Whether a URL can be one of a store, without opening it.
///
/// # Errors
/// [`OpenError`] says what is wrong with it.
pub fn check_url(url: &str) -> Result<(), OpenError> {
    match url.split_once(':') {
        #[cfg(feature = "redis")]
        Some(("redis" | "redis+cluster", _)) => store_redis::check_url(url),
        Some((scheme, _)) if scheme != "sqlite" && is_scheme(scheme) => Err(unknown(scheme)),
        _ => Ok(()),
    }
}

/// Puts a [backup](Store::backup) in the place of the database that the URL names, which nobody has open. What was there is
/// kept beside it, under a name with that time.
///
/// # Errors
/// [`RestoreError`] says what is in the way.
pub fn restore(url: &str, backup: &Path, now: Timestamp, vet: &Vet) -> Result<Restored, RestoreError> {
    store_sqlite::restore(file(url).ok_or(RestoreError::NoFile)?, backup, now, vet)
}

/// Why no engine goes by that scheme.
fn unknown(scheme: &str) -> OpenError {
    match scheme {
        "redis" | "redis+cluster" => OpenError::NotBuilt("redis"),
        _ => OpenError::UnknownScheme(scheme.into()),
    }
}
