//! Threads of low priority, for what must not delay readers: what the newsroom's pages show, and hashes of passwords. The first
//! has work of milliseconds. One work runs at a time, so the process needs the memory of one.

/// The second thread: tasks that wait for servers.
mod tasks;

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Sender},
    },
    time::Duration,
};

use tokio::sync::{Semaphore, oneshot};

pub use self::tasks::task;
use super::{StoreError, memory::return_freed_memory};

/// By how much the thread's priority is lower: beside a busy thread of usual priority it has a tenth of a core.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// The lowest priority.
#[cfg(target_os = "linux")]
const MAX_NICE: i32 = 19;

/// How long a pause waits for its turn, and how long it lasts at most.
const MAX_PAUSE: Duration = Duration::from_secs(5);

type Work = Box<dyn FnOnce() + Send>;

/// The thread, which the first work starts.
static THREAD: Thread<Sender<Work>> = Thread(Mutex::new(None));

/// Works that the thread has: one that runs, and the next one. All others wait with their requests, so that a cancelled
/// request leaves nothing behind: otherwise a client that only sends requests would fill the queue, and the memory.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Runs the work on the thread, after what was requested before it. `None`: it panicked, or there is no thread.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let place = PLACES.acquire().await.ok()?;
    let (done, result) = oneshot::channel();
    let work = move || {
        let _place = place;
        if done.is_closed() {
            return;
        }
        if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
            // Nobody waits for the result of a cancelled request.
            let _ = done.send(value);
        }
    };
    THREAD.get(start)?.send(Box::new(work)).ok()?;
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

/// Keeps the thread idle until it is dropped.
pub struct Pause {
    _end: Sender<()>,
}

/// Waits until what was requested before has ended, and keeps the thread idle. Both are bounded, so that neither waits for
/// the other for ever.
pub async fn pause() -> Pause {
    let (begun, has_begun) = oneshot::channel();
    let (end, ended) = mpsc::channel();
    tokio::spawn(run(move || {
        let _ = begun.send(());
        // Ends when the sender is dropped.
        let _ = ended.recv_timeout(MAX_PAUSE);
    }));
    // Without a thread, nothing is on it.
    let _ = tokio::time::timeout(MAX_PAUSE, has_begun).await;
    Pause { _end: end }
}

/// How what a thread does is sent to it; `None`: it has not been started.
struct Thread<S>(Mutex<Option<S>>);

impl<S: Clone> Thread<S> {
    /// The running thread. If it cannot be started, the next work tries again: the system may only be short of threads.
    fn get(&self, start: impl FnOnce() -> io::Result<S>) -> Option<S> {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.is_none() {
            *sender = start()
                .inspect_err(|error| tracing::error!(%error, "cannot start a thread"))
                .ok();
        }
        sender.clone()
    }
}

fn start() -> io::Result<Sender<Work>> {
    let (sender, works) = mpsc::channel::<Work>();
    let run = move || {
        for work in works {
            work();
            // Otherwise the next work would take the memory of both.
            return_freed_memory();
        }
    };
    spawn("gema-low-priority", run)?;
    Ok(sender)
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let run = move || {
        lower_priority();
        run();
    };
    std::thread::Builder::new().name(name.into()).spawn(run)?;
    Ok(())
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
mod tests;
