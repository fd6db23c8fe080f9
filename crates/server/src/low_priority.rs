//! A thread of low priority, for work of milliseconds that must not delay readers.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{OnceLock, mpsc},
};

use tokio::sync::oneshot;

/// By how much the thread's priority is lower: beside a busy thread of usual priority it has a tenth of a core.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// The lowest priority.
#[cfg(target_os = "linux")]
const MAX_NICE: i32 = 19;

type Work = Box<dyn FnOnce() + Send>;

/// The thread, which is started by the first work and runs one work after another.
#[derive(Default)]
pub(crate) struct LowPriorityThread(OnceLock<Option<mpsc::Sender<Work>>>);

impl LowPriorityThread {
    /// Runs the work. `None`: it panicked, or there is no thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = oneshot::channel();
        let work = move || {
            if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
                // Nobody waits for the result of a cancelled request.
                let _ = done.send(value);
            }
        };
        self.0
            .get_or_init(start)
            .as_ref()?
            .send(Box::new(work))
            .ok()?;
        result.await.ok()
    }
}

/// Starts the thread, which ends when nobody can send work to it.
fn start() -> Option<mpsc::Sender<Work>> {
    let (sender, work) = mpsc::channel::<Work>();
    let run = move || {
        lower_priority();
        for work in work {
            work();
            // Hashing a password takes 19 MiB.
            store::memory::return_freed_memory();
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
        let thread = LowPriorityThread::default();
        #[cfg(target_os = "linux")]
        {
            let priority = || rustix::process::getpriority_process(None).unwrap();
            // As in a process that was started with a lower priority.
            let own = (priority() + 1).min(MAX_NICE);
            rustix::process::setpriority_process(None, own).unwrap();
            let lower = (own + NICE).min(MAX_NICE);
            assert_eq!(thread.run(priority).await, Some(lower));
            assert_eq!(priority(), own);
        }
        let name = thread
            .run(|| std::thread::current().name().map(str::to_owned))
            .await;
        assert_eq!(name.flatten().as_deref(), Some("gema-low-priority"));
    }

    #[tokio::test]
    async fn work_that_panics_does_not_end_the_thread() {
        let thread = LowPriorityThread::default();
        assert_eq!(thread.run(|| panic!("on purpose")).await, None::<()>);
        assert_eq!(thread.run(|| 7).await, Some(7));
    }
}
