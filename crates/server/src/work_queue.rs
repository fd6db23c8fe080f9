//! A bounded queue for CPU-bound work of milliseconds that clients can trigger. It runs off the async threads, one task
//! at a time, so that it uses at most one core.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Maximum queue length. It corresponds to half a second of work; beyond it, work is rejected.
const MAX_QUEUED: usize = 64;

/// The queue.
pub struct WorkQueue {
    worker: Arc<Semaphore>,
    slots: Arc<Semaphore>,
}

impl Default for WorkQueue {
    fn default() -> Self {
        Self {
            worker: Arc::new(Semaphore::new(1)),
            slots: Arc::new(Semaphore::new(MAX_QUEUED)),
        }
    }
}

impl WorkQueue {
    /// Runs the work; `None` if the queue is full, or the process is shutting down.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        let worker = Arc::clone(&self.worker).acquire_owned().await.ok()?;
        // The task owns the permits, so that it completes even if the caller is cancelled.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((worker, slot));
            done
        });
        done.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn work_runs_one_at_a_time_and_a_full_queue_refuses() {
        let queue = Arc::new(WorkQueue::default());
        let at_once = Arc::new(AtomicUsize::new(0));
        let results = (0..2 * MAX_QUEUED).map(|number| {
            let queue = Arc::clone(&queue);
            let at_once = Arc::clone(&at_once);
            async move {
                let work = move || {
                    assert_eq!(
                        at_once.fetch_add(1, Ordering::SeqCst),
                        0,
                        "nothing else is done meanwhile"
                    );
                    std::thread::yield_now();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                    number
                };
                queue.run(work).await
            }
        });
        let done = join_all(results).await;
        assert!(
            done.iter()
                .take(MAX_QUEUED)
                .enumerate()
                .all(|(number, done)| *done == Some(number))
        );
        assert!(
            done.iter().skip(MAX_QUEUED).all(Option::is_none),
            "{done:?}"
        );
        assert_eq!(queue.run(|| 7).await, Some(7), "there is room again");
    }

    #[tokio::test]
    async fn work_of_a_cancelled_caller_keeps_its_turn() {
        let queue = Arc::new(WorkQueue::default());
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let asking = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move {
                queue
                    .run(move || (begun.send(()), ends.recv()))
                    .await
                    .is_some()
            }
        });
        has_begun.await.unwrap();
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        assert_eq!(queue.worker.available_permits(), 0);
        end.send(()).unwrap();
        assert_eq!(queue.run(|| 7).await, Some(7));
    }
}
