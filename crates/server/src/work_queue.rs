//! A bounded queue for CPU-bound work of milliseconds that clients can trigger. It runs off the async threads, one task
//! at a time, so that it uses at most one core.

use std::{net::IpAddr, sync::Arc};

use config::ConnectionLimits;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::Semaphore;
use visitor::network;

use crate::connection_limit::ConnectionLimiter;

/// Maximum queue length. It corresponds to half a second of work; beyond it, work is rejected.
const MAX_QUEUED: usize = 64;

/// Maximum number of places of one address. The networks around it have limits too (see [`ConnectionLimiter`]).
const MAX_QUEUED_PER_ADDRESS: usize = 8;

/// The queue.
pub struct WorkQueue {
    worker: Arc<Semaphore>,
    places: Arc<ConnectionLimiter>,
    /// Whether the work waits for everything else.
    is_low_priority: bool,
}

impl Default for WorkQueue {
    fn default() -> Self {
        Self {
            worker: Arc::new(Semaphore::new(1)),
            places: Arc::new(ConnectionLimiter::new(
                ConnectionLimits {
                    max: MAX_QUEUED,
                    per_address: MAX_QUEUED_PER_ADDRESS,
                },
                Gauge::default(),
            )),
            is_low_priority: false,
        }
    }
}

impl WorkQueue {
    /// A queue whose work waits for everything else.
    pub(crate) fn of_low_priority() -> Self {
        Self {
            is_low_priority: true,
            ..Self::default()
        }
    }

    /// Runs the work for a client at this address, or for clients in general. `None` if the queue is full, the
    /// client's network has its share of it already, or the process is shutting down.
    pub async fn run<T: Send + 'static>(
        &self,
        client: Option<IpAddr>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let place = ConnectionLimiter::try_acquire(&self.places, client.map(network))?;
        let worker = Arc::clone(&self.worker).acquire_owned().await.ok()?;
        // The task owns the permits, so that it completes even if the caller is cancelled.
        let work = move || {
            let done = work();
            drop((worker, place));
            done
        };
        match self.is_low_priority {
            true => store::low_priority::run(work).await,
            false => tokio::task::spawn_blocking(work).await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{FutureExt, future::join_all};

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
                queue.run(None, work).await
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
        assert_eq!(queue.run(None, || 7).await, Some(7), "there is room again");
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
                    .run(None, move || (begun.send(()), ends.recv()))
                    .await
                    .is_some()
            }
        });
        has_begun.await.unwrap();
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        assert_eq!(queue.worker.available_permits(), 0);
        end.send(()).unwrap();
        assert_eq!(queue.run(None, || 7).await, Some(7));
    }

    #[tokio::test]
    async fn one_address_cannot_fill_the_queue() {
        let queue = WorkQueue::default();
        let busy = Arc::clone(&queue.worker).acquire_owned().await.unwrap();
        let mut waiting = Vec::new();
        let clients = std::iter::repeat_n("192.0.2.1", 2 * MAX_QUEUED);
        for client in clients.chain(["198.51.100.1"]) {
            let mut running = Box::pin(queue.run(client.parse().ok(), || ()));
            if running.as_mut().now_or_never().is_none() {
                waiting.push((client, running));
            }
        }
        let clients: Vec<_> = waiting.iter().map(|(client, _)| *client).collect();
        let expected = [
            &["192.0.2.1"; MAX_QUEUED_PER_ADDRESS][..],
            &["198.51.100.1"],
        ]
        .concat();
        assert_eq!(clients, expected);
        drop(busy);
        for (_, running) in waiting {
            assert!(running.await.is_some());
        }
    }
}
