use std::{convert::Infallible, time::Duration};

use axum::body::Bytes;
use futures_util::{Stream, stream};
use tokio::time::timeout;

use super::Subscription;

/// Interval of SSE comments: they keep proxies from closing idle connections, and reveal broken ones.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(25);

/// Body of the event stream: the current tally immediately, then each newer one. `retry`: reconnect delay of the
/// browser; it should vary between readers.
pub fn event_stream(
    mut subscription: Subscription,
    retry: Duration,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let newest = subscription.receiver.borrow_and_update().clone();
    let first = [
        format!("retry: {}\n", retry.as_millis()).into_bytes(),
        newest.to_vec(),
    ]
    .concat();
    stream::unfold(
        (Some(Bytes::from(first)), subscription),
        |(first, mut subscription)| async move {
            let next = match first {
                Some(first) => first,
                None => match timeout(HEARTBEAT_INTERVAL, subscription.receiver.changed()).await {
                    Ok(Ok(())) => subscription.receiver.borrow_and_update().clone(),
                    Ok(Err(_)) => return None,
                    Err(_) => Bytes::from_static(b":\n\n"),
                },
            };
            Some((Ok(next), (None, subscription)))
        },
    )
}
