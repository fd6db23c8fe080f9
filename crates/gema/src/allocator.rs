use std::{convert::Infallible, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

/// mimalloc: requests allocate on one thread and free on another, which glibc's malloc handles slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Interval of returning freed memory to the system.
const RETURN_INTERVAL: Duration = Duration::from_secs(60);

/// Returns what the calling thread has freed to the system.
pub(crate) fn return_freed_memory_of_thread() {
    // SAFETY: the function takes no pointer, and may be called at any time by any thread.
    unsafe { libmimalloc_sys::mi_collect(true) };
}

/// Returns what its thread has freed to the system every minute, for ever. mimalloc itself does so only while the thread
/// allocates: after many articles have been removed, the process would keep their memory until it is busy again.
pub(crate) async fn return_freed_memory() -> Infallible {
    let mut tick = interval(RETURN_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        return_freed_memory_of_thread();
    }
}
