use std::time::{Duration, Instant};

/// Waits until a condition holds, at most this many seconds. `failure`: what is wrong if it does not.
pub(crate) async fn until(
    seconds: u64,
    failure: impl Fn() -> String,
    holds: impl AsyncFn() -> bool,
) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed().as_secs() < seconds, "{}", failure());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
