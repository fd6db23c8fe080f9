//! Tasks on a second thread of low priority: they wait for servers, and read large replies. Their connections are driven on it.

use std::{
    future::{Future, pending},
    io,
    sync::{Mutex, PoisonError},
};

use tokio::{
    runtime::{Builder, Handle},
    task::JoinSet,
};

use super::{StoreError, lower_priority};

/// The thread's runtime, which the first task starts; `None`: it has not been started.
static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);

/// Runs a task on the thread. It ends with the request for it.
///
/// # Errors
/// [`StoreError::Unavailable`] if it panicked, or there is no thread.
pub async fn task<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> Result<T, StoreError> {
    let runtime = runtime().ok_or(StoreError::Unavailable)?;
    // Aborts the task when it is dropped.
    let mut tasks = JoinSet::new();
    tasks.spawn_on(task, &runtime);
    let done = tasks.join_next().await;
    done.and_then(Result::ok).ok_or(StoreError::Unavailable)
}

/// The running runtime. If it cannot be started, the next task tries again: the system may only be short of threads.
fn runtime() -> Option<Handle> {
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if runtime.is_none() {
        *runtime = start()
            .inspect_err(|error| tracing::error!(%error, "cannot start a thread"))
            .ok();
    }
    runtime.clone()
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let run = move || {
        lower_priority();
        runtime.block_on(pending::<()>());
    };
    std::thread::Builder::new()
        .name("gema-low-tasks".into())
        .spawn(run)?;
    Ok(handle)
}
