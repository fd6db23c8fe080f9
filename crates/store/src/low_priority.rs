//! A thread of low priority, for work of milliseconds that must not delay readers: what the newsroom's pages show, and hashes
//! of passwords. One work runs at a time, so the process needs the memory of one.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        OnceLock,
        mpsc::{self, Receiver, Sender, TryRecvError},
    },
};

use tokio::sync::oneshot;

use super::{StoreError, memory::return_freed_memory};

/// By how much the thread's priority is lower: beside a busy thread of usual priority it has a tenth of a core.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// The lowest priority.
#[cfg(target_os = "linux")]
const MAX_NICE: i32 = 19;

type Work = Box<dyn FnOnce() + Send>;

/// The thread, which the first work starts. `None`: it could not be started.
static THREAD: OnceLock<Option<Sender<Work>>> = OnceLock::new();

/// Runs the work on the thread, after what was sent before it. `None`: it panicked, or there is no thread.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    let work = move || {
        if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
            // Nobody waits for the result of a cancelled request.
            let _ = done.send(value);
        }
    };
    let thread = THREAD.get_or_init(start).as_ref()?;
    thread.send(Box::new(work)).ok()?;
    result.await.ok()
}

/// Runs a query on the thread.
///
/// # Errors
/// [`StoreError::Unavailable`] if it panicked, or there is no thread.
pub async fn query<T: Send + 'static>(
    query: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    run(query).await.ok_or(StoreError::Unavailable)
}

fn start() -> Option<Sender<Work>> {
    let (sender, works) = mpsc::channel();
    let run = move || {
        lower_priority();
        while let Some(work) = next(&works) {
            work();
        }
    };
    let started = std::thread::Builder::new()
        .name("gema-low-priority".into())
        .spawn(run);
    started
        .inspect_err(|error| tracing::error!(%error, "cannot start a thread"))
        .ok()?;
    Some(sender)
}

/// The next work. While there is none, what the work before it has used belongs to the system.
fn next(works: &Receiver<Work>) -> Option<Work> {
    match works.try_recv() {
        Ok(work) => Some(work),
        Err(TryRecvError::Empty) => {
            return_freed_memory();
            works.recv().ok()
        }
        Err(TryRecvError::Disconnected) => None,
    }
}

/// Lowers the priority of this thread, which it has from the thread that starts it. Other systems than Linux have priorities
/// of processes only.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    {
        let own = rustix::process::getpriority_process(None);
        let lower = |own: i32| (own + NICE).min(MAX_NICE);
        if let Err(error) =
            own.and_then(|own| rustix::process::setpriority_process(None, lower(own)))
        {
            tracing::debug!(%error, "the priority of a thread stays as it is");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_runs_on_a_thread_of_low_priority() {
        #[cfg(target_os = "linux")]
        {
            let priority = || rustix::process::getpriority_process(None).unwrap();
            let usual = priority();
            assert_eq!(run(priority).await, Some((usual + NICE).min(MAX_NICE)));
            assert_eq!(priority(), usual);
        }
        let name = run(|| std::thread::current().name().map(str::to_owned)).await;
        assert_eq!(name.flatten().as_deref(), Some("gema-low-priority"));
    }

    #[tokio::test]
    async fn work_that_panics_does_not_end_the_thread() {
        assert_eq!(run(|| panic!("on purpose")).await, None::<()>);
        assert_eq!(run(|| 7).await, Some(7));
    }
}
