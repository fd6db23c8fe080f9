//! Waiting: for a condition, and for no longer than anybody would. Nothing here or in the tests sleeps for the sake of it.

use std::{
    fmt::Debug,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

/// How long a condition may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked at.
const OFTEN: Duration = Duration::from_millis(25);

/// What the tests wait with: the driver, HTTP and the pages' servers are asynchronous, the tests are not.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
});

/// The longest that a browser may take for anything: one that is gone would take for ever.
const LONGEST: Duration = Duration::from_secs(90);

/// The outcome of something asynchronous.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let outcome = RUNTIME.block_on(async { tokio::time::timeout(LONGEST, future).await });
    outcome.unwrap_or_else(|_| panic!("nothing has come of it in {LONGEST:?}: is the browser still there?"))
}

/// Asks until the answer is the expected one.
pub(crate) fn until<T: PartialEq + Debug>(what: &str, expected: T, mut ask: impl FnMut() -> T) {
    let since = Instant::now();
    loop {
        let answer = ask();
        if answer == expected {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{what}: {expected:?} was expected, and it is still {answer:?}");
        thread::sleep(OFTEN);
    }
}

/// Asks until there is an answer.
pub(crate) fn until_some<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let mut found = None;
    until(what, true, || {
        found = ask();
        found.is_some()
    });
    found.expect("until it is there")
}
