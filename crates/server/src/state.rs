//! State shared by all routes, and extensions of requests and responses. Independent of the routes.

use std::{fmt, ops::Deref, sync::Arc};

use axum::http::HeaderValue;
use config::{ConfigHandle, Site};
use jiff::{Timestamp, tz::TimeZone};
use limits::Limits;
use metrics::{Kind, Metrics, Reason};
use store::{OpenStore, Store};
use visitor::Window;
use wire::{ArticleKey, SiteId};

use crate::{
    cache::Cache,
    copy_places::CopyPlaces,
    day_totals::DayTotals,
    line_limit::LineLimit,
    memory_budget::MemoryBudget,
    newsroom::Newsroom,
    qr::QrCache,
    ranking::{Clock, Rankings},
    readership::Readership,
    refused_ledger::RefusedLedger,
    subscriptions::SubscriptionHub,
    work_queue::WorkQueue,
    write_block::WriteBlock,
};

/// Shared state of all routes; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<AppState>);

/// See [`App`].
pub struct AppState {
    /// The configuration, which can be reloaded.
    pub config: Arc<ConfigHandle>,
    /// The store.
    pub store: Arc<dyn Store>,
    /// Opens the target store of a migration.
    pub open: OpenStore,
    /// Write block.
    pub write_block: WriteBlock,
    /// Response cache.
    pub cache: Arc<Cache>,
    /// Subscriptions to live counts.
    pub subscriptions: Arc<SubscriptionHub>,
    /// Rankings.
    pub rankings: Rankings,
    /// The counts that the newsroom's pages show.
    pub readership: Readership,
    /// Each site's totals of yesterday.
    pub day_totals: DayTotals,
    /// Queue for compressing large responses, off the async threads.
    pub compression_queue: WorkQueue,
    /// Queue for drawing QR codes; separate, so that a flood of them does not delay compression.
    pub qr_queue: WorkQueue,
    /// Places to load and render articles' copies, which take memory until their responses are ready.
    pub copy_places: CopyPlaces,
    /// Cached QR codes.
    pub qr_codes: Arc<QrCache>,
    /// Rate and daily limits.
    pub limits: Arc<Limits>,
    /// Memory budget for request bodies.
    pub body_budget: Arc<MemoryBudget>,
    /// Memory budget for responses that their readers have not received yet.
    pub response_budget: Arc<MemoryBudget>,
    /// Numbers of refused events by day, for the site's page about its counting.
    pub refused: RefusedLedger,
    /// The newsroom's pages.
    pub newsroom: Newsroom,
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
        config: Arc<ConfigHandle>,
        store: Arc<dyn Store>,
        open: OpenStore,
        limits: Limits,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let metrics = Arc::new(Metrics::new(
            now(),
            store.metrics(),
            limits.refusals(),
            limits.meters(),
        ));
        let current = config.current();
        let cache = Arc::new(Cache::new(current.cache_bytes));
        let subscriptions = Arc::new(SubscriptionHub::new(
            current.live,
            metrics.live_subscriptions.clone(),
        ));
        Self(Arc::new(AppState {
            config,
            store,
            open,
            write_block: WriteBlock::default(),
            subscriptions,
            rankings: Rankings::default(),
            day_totals: DayTotals::default(),
            readership: Readership::default(),
            compression_queue: WorkQueue::default(),
            qr_queue: WorkQueue::default(),
            copy_places: CopyPlaces::default(),
            qr_codes: Arc::default(),
            limits: Arc::new(limits),
            body_budget: MemoryBudget::of_requests(),
            response_budget: MemoryBudget::of_responses(),
            newsroom: Newsroom::default(),
            refused: RefusedLedger::default(),
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

impl App {
    /// Counts a refused event, or a whole request with [`Kind::Unknown`] and without an article, for today.
    pub(crate) fn count_refused(
        &self,
        site: &Site,
        article: Option<&ArticleKey>,
        kind: Kind,
        reason: Reason,
    ) {
        let day = Window::at((self.now)(), &site.time_zone).day;
        self.refused.add(&site.id, day, article, (kind, reason));
    }

    /// Logs that requests fail, at most once a minute, since clients determine how many there are.
    pub(crate) fn log_failure(&self, last: &dyn fmt::Display) {
        if let Some(requests) = self.failures.due((self.now)()) {
            tracing::error!(requests, %last, "requests were answered with an error: see gema_requests_total by route and status");
        }
    }

    /// Writes the numbers of refused events to the store.
    pub async fn write_refused(&self) {
        let (config, now) = (self.config.current(), (self.now)());
        let today = |site: &SiteId| {
            let zone = config.site(site).map(|site| &site.time_zone);
            Window::at(now, zone.unwrap_or(&TimeZone::UTC)).day
        };
        // The store logs its errors, and the next write has these numbers too.
        let _ = self.refused.write(&*self.store, today).await;
    }
}

impl Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}

/// Marks a request from the local socket or from this process: its sender may open the database anyway, and needs no
/// key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalRequest;

/// Marks a response that only the endpoint's own pages may read or embed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnPagesOnly;

/// Restricts which pages may read a response that depends on the client: those of that origin, or only the endpoint's
/// own. Added to the response's extensions by its route.
#[derive(Clone, Debug)]
pub(crate) struct ReadableBy(pub(crate) Option<HeaderValue>);
