//! A database that this process may have closed just now.

use std::{
    path::Path,
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use store::{OpenError, Store};

/// Long after any program has begun.
const OPEN_TIMEOUT: Duration = Duration::from_secs(20);

/// Opens it. A program that another test starts at this moment has a copy of every open file until it begins, and so of the lock.
pub(crate) fn opened(database: &Path) -> Arc<dyn Store> {
    let since = Instant::now();
    loop {
        match engines::open(database.to_str().unwrap()) {
            Err(OpenError::InUse) if since.elapsed() < OPEN_TIMEOUT => sleep(Duration::from_millis(5)),
            opened => return opened.unwrap(),
        }
    }
}
