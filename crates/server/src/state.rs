//! What every route may use, and what requests and answers carry from layer to layer. Knows no route.

use std::{ops::Deref, sync::Arc};

use axum::http::HeaderValue;
use config::Live;
use jiff::Timestamp;
use limits::Limits;
use metrics::Metrics;
use store::{Open, Store};

use crate::{
    aside::Aside,
    body_budget::BodyBudget,
    cache::Cache,
    intake::Intake,
    line_limit::LineLimit,
    live::Audience,
    qr::Codes,
    top::{Clock, Top},
};

/// What every route may use; a clone is the same.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// Every option, as of now.
    pub config: Arc<Live>,
    /// Where counts live.
    pub store: Arc<dyn Store>,
    /// How the store is opened to which all of it moves.
    pub open: Open,
    /// Whether anything is written to it.
    pub intake: Intake,
    /// Answers that are kept.
    pub cache: Arc<Cache>,
    /// Who watches them change.
    pub audience: Arc<Audience>,
    /// What of each site was counted most in the last days.
    pub top: Top,
    /// Where long answers are packed, beside the threads that answer.
    pub aside: Aside,
    /// Where QR codes are drawn: who asks for very many keeps no long answer waiting.
    pub drawing: Aside,
    /// QR codes that are kept.
    pub codes: Arc<Codes>,
    /// How much more anybody may add to them.
    pub limits: Arc<Limits>,
    /// Memory for bodies that are on their way.
    pub bodies: BodyBudget,
    /// Pages that may not send anything, as far as the log has not told of them.
    pub refused_origins: LineLimit,
    /// Requests of proxies that do not say for whom, as far as the log has not told of them.
    pub proxy_faults: LineLimit,
    /// Requests with a wrong key, as far as the log has not told of them.
    pub wrong_keys: LineLimit,
    /// Answers of 500 and above, as far as the log has not told of them.
    pub failures: LineLimit,
    /// The only clock.
    pub now: Arc<Clock>,
    /// What an operator sees of all this.
    pub metrics: Arc<Metrics>,
}

impl App {
    /// All of it together, with nothing counted and nothing kept yet.
    pub fn new(
        config: Arc<Live>,
        store: Arc<dyn Store>,
        open: Open,
        limits: Limits,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let metrics = Arc::new(Metrics::new(now(), store.storing(), limits.refusals(), limits.meters()));
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
            aside: Aside::default(),
            drawing: Aside::default(),
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

/// Marks a request of somebody who may open the database: from the socket beside it, or from within this process. Such a
/// one needs no key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local;

/// Says of an answer that depends on who asks which pages may read it: those of that origin, or none but the endpoint's own.
/// Put into its extensions by its route.
#[derive(Clone, Debug)]
pub(crate) struct ReadableBy(pub(crate) Option<HeaderValue>);
