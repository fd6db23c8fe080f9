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
        // The work owns the permits: once it runs, it keeps them to its end even if the caller is cancelled.
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
mod tests;
