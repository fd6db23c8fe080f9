use std::{sync::Arc, time::Duration};

use prometheus_client::{
    metrics::histogram::Histogram,
    registry::{Registry, Unit},
};

use super::{Cause, Counters, Kind, Outcome};

/// Metrics of a store. Clones share the counters.
#[derive(Clone)]
pub struct StoreMetrics {
    /// Events by kind and outcome: counted and repeated ones are recorded by the store, rejected ones by the routes.
    pub events: Arc<Counters<Kind, Outcome>>,
    /// Errors by cause.
    pub errors: Arc<Counters<Cause>>,
    batch: Histogram,
    commit: Histogram,
}

/// Buckets for the number of writes per transaction.
const BATCH_SIZE_BUCKETS: [f64; 11] = [1., 2., 4., 8., 16., 32., 64., 128., 256., 512., 1024.];

/// Buckets for the duration in seconds, from a fast disk to a failing one.
const COMMIT_SECONDS_BUCKETS: [f64; 13] = [
    0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1., 5., 20.,
];

impl Default for StoreMetrics {
    fn default() -> Self {
        Self {
            events: Arc::new(Counters::new(
                "gema_events",
                "Events by kind and by what became of them",
            )),
            errors: Arc::new(Counters::new(
                "gema_store_errors",
                "Writes that the store did not take, by cause",
            )),
            batch: Histogram::new(BATCH_SIZE_BUCKETS),
            commit: Histogram::new(COMMIT_SECONDS_BUCKETS),
        }
    }
}

impl StoreMetrics {
    /// Records a transaction: number of writes, and time until it was durable.
    pub fn committed(&self, writes: usize, took: Duration) {
        self.batch.observe(writes as f64);
        self.commit.observe(took.as_secs_f64());
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(Arc::clone(&self.events)));
        registry.register_collector(Box::new(Arc::clone(&self.errors)));
        registry.register(
            "gema_batch_size",
            "Writes that shared one transaction",
            self.batch.clone(),
        );
        let help = "From the first statement of a transaction until it was durable";
        registry.register_with_unit("gema_commit", help, Unit::Seconds, self.commit.clone());
    }
}
