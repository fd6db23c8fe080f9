//! Opens a database that this process may just have closed.

use std::{
    path::Path,
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use store::{OpenError, Store};

/// Longer than the start of any program takes.
const OPEN_TIMEOUT: Duration = Duration::from_secs(20);

/// Opens the database; retries while it is locked. A child process that another test is starting inherits a copy of
/// every open descriptor, and so of the lock, until it executes its program.
pub(crate) fn opened(database: &Path) -> Arc<dyn Store> {
    let since = Instant::now();
    loop {
        match engines::open(database.to_str().unwrap()) {
            Err(OpenError::InUse) if since.elapsed() < OPEN_TIMEOUT => {
                sleep(Duration::from_millis(5))
            }
            opened => return opened.unwrap(),
        }
    }
}
