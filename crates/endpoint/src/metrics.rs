//! What an operator sees of a running endpoint: counters that cost an atomic addition, and their text for Prometheus. Imports
//! nothing of ours. Every label takes its values from a fixed list, so that nobody outside can make the text grow.

/// The layer that counts answers.
mod answers;
/// A counter for each combination of two labels.
mod counters;
/// A number for each value of a label.
mod gauges;
/// The lists.
mod label;
/// What an engine tells of its work.
mod storing;

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64},
};

use jiff::Timestamp;
use prometheus_client::{
    encoding::text,
    metrics::{gauge::Gauge, info::Info},
    registry::Registry,
};

pub(crate) use answers::CountAnswers;
pub use answers::Counted;
pub use counters::Counters;
pub use gauges::Gauges;
pub use label::{Cause, Kind, Label, Lookup, Outcome, Reason, Route, Status};
pub use storing::Storing;

/// The media type of [`Metrics::text`].
pub const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is measured.
pub struct Metrics {
    /// Answers, by what was asked and how it ended.
    pub requests: Arc<Counters<Route, Status>>,
    /// Why events and requests were refused.
    pub refused: Arc<Counters<Reason>>,
    /// Whether a view was ready in memory.
    pub lookups: Arc<Counters<Lookup>>,
    /// Connections that are open.
    pub connections: Gauge,
    /// Of these, readers who watch counts change.
    pub watching: Gauge,
    /// Bytes of the views that are kept.
    pub cache_bytes: Gauge<u64, AtomicU64>,
    /// Bytes of bodies that are still arriving.
    pub body_bytes: Gauge<u64, AtomicU64>,
    /// Bytes of the limits' meters.
    pub meter_bytes: Gauge<u64, AtomicU64>,
    /// What the store does; events by kind and result are counted there too.
    pub storing: Storing,
    queue: Gauge,
    registry: Registry,
}

impl Metrics {
    /// Nothing counted yet, by a process that started then. `limited` counts what each limit refuses, and
    /// `meters` shows how full its meters are.
    pub fn new<L: Label>(
        started: Timestamp,
        storing: Storing,
        limited: Arc<Counters<L>>,
        meters: Arc<Gauges<L>>,
    ) -> Self {
        let requests = Arc::new(Counters::sparse("gema_requests", "Answers by route and HTTP status", &["500", "503"]));
        let refused = Arc::new(Counters::new("gema_refused", "Events and requests that were refused, by reason"));
        let lookups = Arc::new(Counters::new("gema_cache_lookups", "Whether a view was ready in memory"));
        let (cache_bytes, queue, start) = (Gauge::default(), Gauge::default(), Gauge::<i64, AtomicI64>::default());
        let (connections, watching) = (Gauge::default(), Gauge::default());
        let (body_bytes, meter_bytes) = (Gauge::default(), Gauge::default());
        start.set(started.as_second());

        let mut registry = Registry::default();
        registry.register_collector(Box::new(Arc::clone(&requests)));
        registry.register_collector(Box::new(Arc::clone(&refused)));
        registry.register_collector(Box::new(limited));
        registry.register_collector(Box::new(meters));
        registry.register_collector(Box::new(Arc::clone(&lookups)));
        registry.register("gema_connections", "Connections that are open", connections.clone());
        registry.register("gema_watching", "Readers who watch counts change, one connection each", watching.clone());
        registry.register("gema_cache_bytes", "Memory of the views that are ready", cache_bytes.clone());
        let help = "Memory of large request bodies that are still arriving";
        registry.register("gema_body_bytes", help, body_bytes.clone());
        registry.register("gema_meter_bytes", "Memory of the limits' meters", meter_bytes.clone());
        registry.register("gema_queue_depth", "Writes that wait for the next transaction", queue.clone());
        storing.register(&mut registry);
        registry.register("gema_build", "This program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("process_start_time_seconds", "When this process started, in seconds since 1970", start);
        Self {
            requests,
            refused,
            lookups,
            connections,
            watching,
            cache_bytes,
            body_bytes,
            meter_bytes,
            storing,
            queue,
            registry,
        }
    }

    /// All of it as OpenMetrics text; `queued` is how many writes wait at this moment.
    pub fn text(&self, queued: usize) -> String {
        self.queue.set(i64::try_from(queued).unwrap_or(i64::MAX));
        let mut all = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut all, &self.registry);
        all
    }
}
