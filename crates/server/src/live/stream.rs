use std::{convert::Infallible, time::Duration};

use axum::body::Bytes;
use futures_util::{Stream, stream};
use tokio::time::timeout;

use super::Watcher;

/// After so long without news there is a line that says nothing: so that proxies keep the connection, and both ends see if
/// it is gone.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// What a watcher is told: the newest tally at once, then each one that is newer. `retry`: when a browser whose connection
/// breaks comes back, in ms; each at another time.
pub fn watching(mut watcher: Watcher, retry: u32) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let newest = watcher.told.borrow_and_update().clone();
    let first = [format!("retry: {retry}\n").into_bytes(), newest.to_vec()].concat();
    stream::unfold((Some(Bytes::from(first)), watcher), |(first, mut watcher)| async move {
        let next = match first {
            Some(first) => first,
            None => match timeout(HEARTBEAT, watcher.told.changed()).await {
                Ok(Ok(())) => watcher.told.borrow_and_update().clone(),
                Ok(Err(_)) => return None,
                Err(_) => Bytes::from_static(b":\n\n"),
            },
        };
        Some((Ok(next), (None, watcher)))
    })
}
