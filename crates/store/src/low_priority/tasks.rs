//! Tasks on the second thread: they wait for servers, and read large replies. Connections that a task opens are driven on it.

use std::{
    future::{Future, pending},
    io,
    sync::Mutex,
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};

use super::{StoreError, Thread, spawn};

/// The thread, which the first task starts.
static THREAD: Thread<Handle> = Thread(Mutex::new(None));

/// Runs a task on the thread. It ends with the request for it.
///
/// # Errors
/// [`StoreError::Unavailable`] if it panicked, or there is no thread.
pub async fn task<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> Result<T, StoreError> {
    let start = || start(|run| spawn("gema-low-tasks", run));
    let thread = THREAD.get(start).ok_or(StoreError::Unavailable)?;
    // Aborts the task when it is dropped.
    let mut tasks = JoinSet::new();
    tasks.spawn_on(task, &thread);
    let done = tasks.join_next().await;
    done.and_then(Result::ok).ok_or(StoreError::Unavailable)
}

/// The thread's runtime. If there is no thread for it, a task of another runtime drops it, which must not wait.
struct Tasks(Option<Runtime>);

impl Tasks {
    /// Runs them for ever.
    fn run(&self) {
        if let Some(runtime) = &self.0 {
            runtime.block_on(pending::<()>());
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn start(spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<()>) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let tasks = Tasks(Some(runtime));
    spawn(Box::new(move || tasks.run()))?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tasks_without_a_thread_are_dropped_without_a_panic() {
        let failed = start(|run| {
            drop(run);
            Err(io::ErrorKind::WouldBlock.into())
        });
        assert!(failed.is_err());
    }
}
