//! Waits for conditions, with a timeout. Neither this module nor a test sleeps for a fixed time.

use std::{
    fmt::Debug,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

/// How long a condition may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Polling interval.
const OFTEN: Duration = Duration::from_millis(25);

/// The runtime of asynchronous code: the driver, HTTP and the pages' servers. The tests are synchronous.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
});

/// Timeout of an asynchronous operation: a browser that has crashed would never answer.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(90);

/// Blocks on a future; panics if it takes too long.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let outcome = RUNTIME.block_on(async { tokio::time::timeout(OPERATION_TIMEOUT, future).await });
    outcome.unwrap_or_else(|_| {
        panic!("there is no result within {OPERATION_TIMEOUT:?}: has the browser crashed?")
    })
}

/// Polls until the value is the expected one.
pub(crate) fn until<T: PartialEq + Debug>(what: &str, expected: T, mut ask: impl FnMut() -> T) {
    let since = Instant::now();
    loop {
        let answer = ask();
        if answer == expected {
            return;
        }
        assert!(
            since.elapsed() < PATIENCE,
            "{what}: {expected:?} was expected, and it is still {answer:?}"
        );
        thread::sleep(OFTEN);
    }
}

/// Polls until there is a value.
pub(crate) fn until_some<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let mut found = None;
    until(what, true, || {
        found = ask();
        found.is_some()
    });
    found.expect("until it is there")
}
