//! Prometheus metrics: counters that cost an atomic addition, and their text. Independent of other modules. Label
//! values are fixed sets, so clients cannot make the text grow.

/// Counters with two labels.
mod counters;
/// Gauges with a label.
mod gauges;
/// Labels and their values.
mod label;
/// Metrics of a store.
mod store;

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

pub use counters::Counters;
pub use gauges::Gauges;
pub use label::{Cause, Kind, Label, Lookup, Outcome, Reason, Route, Status};
pub use store::StoreMetrics;

/// The content type of [`Metrics::text`].
pub const OPENMETRICS_CONTENT_TYPE: &str =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics.
pub struct Metrics {
    /// Responses by route and status.
    pub requests: Arc<Counters<Route, Status>>,
    /// Rejected events and requests, by reason.
    pub refused: Arc<Counters<Reason>>,
    /// Hits and misses of the response cache.
    pub cache_lookups: Arc<Counters<Lookup>>,
    /// Open connections.
    pub connections: Gauge,
    /// Subscriptions to live counts, one connection each.
    pub live_subscriptions: Gauge,
    /// Size of the response cache, in bytes.
    pub cache_bytes: Gauge<u64, AtomicU64>,
    /// Memory of request bodies that are still arriving, in bytes.
    pub body_bytes: Gauge<u64, AtomicU64>,
    /// Memory of large responses that their readers have not received yet, in bytes.
    pub response_bytes: Gauge<u64, AtomicU64>,
    /// Memory of the limits' meters, in bytes.
    pub meter_bytes: Gauge<u64, AtomicU64>,
    /// Metrics of the store, and events by kind and outcome.
    pub store: StoreMetrics,
    queue: Gauge,
    registry: Registry,
}

impl Metrics {
    /// Creates all metrics. `started`: start time of the process; `limit_refusals`: refusals by limit; `meters`: fill levels
    /// of the limits' meters.
    pub fn new<L: Label>(
        started: Timestamp,
        store: StoreMetrics,
        limit_refusals: Arc<Counters<L>>,
        meters: Arc<Gauges<L>>,
    ) -> Self {
        let requests = Arc::new(Counters::sparse(
            "gema_requests",
            "Answers by route and HTTP status",
            &["500", "503"],
        ));
        let refused = Arc::new(Counters::new(
            "gema_refused",
            "Events and requests that were refused, by reason",
        ));
        let cache_lookups = Arc::new(Counters::new(
            "gema_cache_lookups",
            "Whether a view was ready in memory",
        ));
        let cache_bytes = Gauge::default();
        let queue = Gauge::default();
        let start = Gauge::<i64, AtomicI64>::default();
        let connections = Gauge::default();
        let live_subscriptions = Gauge::default();
        let body_bytes = Gauge::default();
        let response_bytes = Gauge::default();
        let meter_bytes = Gauge::default();
        start.set(started.as_second());

        let mut registry = Registry::default();
        registry.register_collector(Box::new(Arc::clone(&requests)));
        registry.register_collector(Box::new(Arc::clone(&refused)));
        registry.register_collector(Box::new(limit_refusals));
        registry.register_collector(Box::new(meters));
        registry.register_collector(Box::new(Arc::clone(&cache_lookups)));
        registry.register(
            "gema_connections",
            "Connections that are open",
            connections.clone(),
        );
        registry.register(
            "gema_watching",
            "Readers who watch counts change, one connection each",
            live_subscriptions.clone(),
        );
        registry.register(
            "gema_cache_bytes",
            "Memory of the views that are ready",
            cache_bytes.clone(),
        );
        let help = "Memory of large request bodies that are still arriving";
        registry.register("gema_body_bytes", help, body_bytes.clone());
        let help = "Memory of large responses that their readers have not received yet";
        registry.register("gema_response_bytes", help, response_bytes.clone());
        registry.register(
            "gema_meter_bytes",
            "Memory of the limits' meters",
            meter_bytes.clone(),
        );
        registry.register(
            "gema_queue_depth",
            "Writes that wait for the next transaction",
            queue.clone(),
        );
        store.register(&mut registry);
        registry.register(
            "gema_build",
            "This program",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register(
            "process_start_time_seconds",
            "When this process started, in seconds since 1970",
            start,
        );
        Self {
            requests,
            refused,
            cache_lookups,
            connections,
            live_subscriptions,
            cache_bytes,
            body_bytes,
            response_bytes,
            meter_bytes,
            store,
            queue,
            registry,
        }
    }

    /// All metrics as OpenMetrics text. `queued`: current number of queued writes.
    pub fn text(&self, queued: usize) -> String {
        self.queue.set(i64::try_from(queued).unwrap_or(i64::MAX));
        let mut all = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut all, &self.registry);
        all
    }
}
