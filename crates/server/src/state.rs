//! State shared by all routes, and extensions of requests and responses. Independent of the routes.

use std::{ops::Deref, sync::Arc};

use axum::http::HeaderValue;
use config::Live;
use jiff::Timestamp;
use limits::Limits;
use metrics::Metrics;
use store::{OpenStore, Store};

use crate::{
    body_budget::BodyBudget,
    cache::Cache,
    intake::Intake,
    line_limit::LineLimit,
    live::Audience,
    qr::Codes,
    top::{Clock, Top},
    work_queue::WorkQueue,
};

/// Shared state of all routes; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// The configuration, which can be reloaded.
    pub config: Arc<Live>,
    /// The store.
    pub store: Arc<dyn Store>,
    /// Opens the target store of a migration.
    pub open: OpenStore,
    /// Write block.
    pub intake: Intake,
    /// Response cache.
    pub cache: Arc<Cache>,
    /// Subscriptions to live counts.
    pub audience: Arc<Audience>,
    /// Rankings.
    pub top: Top,
    /// Queue for compressing large responses, off the async threads.
    pub packing: WorkQueue,
    /// Queue for drawing QR codes; separate, so that a flood of them does not delay compression.
    pub drawing: WorkQueue,
    /// Cached QR codes.
    pub codes: Arc<Codes>,
    /// Rate and daily limits.
    pub limits: Arc<Limits>,
    /// Memory budget for request bodies.
    pub bodies: BodyBudget,
    /// Throttles the log of refused origins.
    pub refused_origins: LineLimit,
    /// Throttles the log of misconfigured proxies.
    pub proxy_faults: LineLimit,
    /// Throttles the log of wrong keys.
    pub wrong_keys: LineLimit,
    /// Throttles the log of responses with status 500 and above.
    pub failures: LineLimit,
    /// The time source.
    pub now: Arc<Clock>,
    /// Metrics.
    pub metrics: Arc<Metrics>,
}

impl App {
    /// Creates the state, with empty caches and counters.
    pub fn new(
        config: Arc<Live>,
        store: Arc<dyn Store>,
        open: OpenStore,
        limits: Limits,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let metrics = Arc::new(Metrics::new(now(), store.metrics(), limits.refusals(), limits.meters()));
        let current = config.current();
        let cache = Arc::new(Cache::new(current.cache_bytes));
        let audience = Arc::new(Audience::new(current.live, metrics.watching.clone()));
        Self(Arc::new(Parts {
            config,
            store,
            open,
            intake: Intake::default(),
            audience,
            top: Top::default(),
            packing: WorkQueue::default(),
            drawing: WorkQueue::default(),
            codes: Arc::default(),
            limits: Arc::new(limits),
            bodies: BodyBudget::default(),
            refused_origins: LineLimit::default(),
            proxy_faults: LineLimit::default(),
            wrong_keys: LineLimit::default(),
            failures: LineLimit::default(),
            cache,
            now: Arc::new(now),
            metrics,
        }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Marks a request from the local socket or from this process: its sender may open the database anyway, and needs no
/// key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local;

/// Restricts which pages may read a response that depends on the client: those of that origin, or only the endpoint's
/// own. Added to the response's extensions by its route.
#[derive(Clone, Debug)]
pub(crate) struct ReadableBy(pub(crate) Option<HeaderValue>);
