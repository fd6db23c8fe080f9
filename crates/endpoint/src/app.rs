//! The application: all routes, layers and background tasks on one screen.

use std::{future::Future, net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::future::join_all;
use jiff::{Timestamp, tz::TimeZone};
use tokio::time::MissedTickBehavior;
use tower::{Layer, util::MapResponseLayer};
use tower_http::{
    catch_panic::CatchPanicLayer, classify::ServerErrorsFailureClass, cors::CorsLayer,
    set_header::SetResponseHeaderLayer, trace::TraceLayer,
};
use tracing::Span;

use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        OpenApi,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;
use wire::{ArticleKey, SiteId};

use crate::{
    assets,
    body_budget::BodyBudget,
    cache::{Cache, Front},
    config::{Config, Live, Site},
    intake::{Guard, Intake},
    limits::Limits,
    line_limit::LineLimit,
    live::Audience,
    metrics::{CountAnswers, Counted, Metrics},
    problem::Problem,
    qr::Codes,
    room::Room,
    routes, serve,
    store::Store,
    top::{Clock, Top},
    visitor::Window,
    work_queue::WorkQueue,
};

pub use serve::Listener;

/// Shared state of all routes; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// The configuration, which can be reloaded.
    pub config: Arc<Live>,
    /// The store.
    pub store: Arc<dyn Store>,
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

/// The public service. It is not wrapped in a router, to save an allocation per request.
pub type Public = Counted<Front<Router>>;

/// The public service; see [`Public`].
pub fn router(app: App) -> Public {
    let counted = CountAnswers(Arc::clone(&app.metrics));
    let routes = layered(public(&app), app.clone());
    counted.layer(Front::new(app, routes))
}

/// The public routes and the operator commands, without authorisation. Only for the local socket and within this
/// process.
pub fn local_router(app: App) -> Router {
    let counted = CountAnswers(Arc::clone(&app.metrics));
    layered(public(&app).merge(routes::admin::routes()), app).layer(counted).layer(Extension(Local))
}

fn public(app: &App) -> Router<App> {
    Router::from(api())
        .merge(routes::assets::routes(assets::FILES))
        .merge(routes::demo::routes(assets::FILES, app.config.current().demo))
}

/// The routes for programs. All of them are registered here with their descriptions.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(About::openapi())
        .merge(routes::view::routes())
        .merge(routes::widget::routes())
        .merge(routes::tallies::routes())
        .merge(routes::live::routes())
        .merge(routes::qr::routes())
        .merge(routes::badge::routes())
        .merge(routes::top::routes())
        .merge(routes::events::routes())
        .merge(routes::reaction::routes())
        .merge(routes::visitor::routes())
        .merge(routes::articles::routes())
        .merge(routes::health::routes())
        .merge(routes::openapi::routes())
}

/// The OpenAPI document of this version.
pub fn openapi() -> OpenApi {
    api().into_openapi()
}

/// The general part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Gema", description = "Share bar, read counter and reaction poll for news articles: the endpoint."),
    components(schemas(Problem, SiteId, ArticleKey)),
    modifiers(&SiteKey)
)]
struct About;

/// The security scheme of the newsroom's routes: `Authorization: Bearer KEY`.
struct SiteKey;

impl Modify for SiteKey {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("key", scheme);
    }
}

fn layered(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(nothing_here)
        .method_not_allowed_fallback(no_such_method)
        // As a single layer, because each layer costs an allocation per request.
        .layer((
            // Logs method and path, but no headers: no address or user agent is logged.
            TraceLayer::new_for_http()
                .make_span_with(|request: &axum::extract::Request| {
                    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
                })
                .on_failure({
                    let app = app.clone();
                    move |failure: ServerErrorsFailureClass, _: Duration, _: &Span| log_failure(&app, &failure)
                }),
            MapResponseLayer::new(confined),
            MapResponseLayer::new(with_policy),
            cors(),
            // Pages with Cross-Origin-Embedder-Policy may embed public resources.
            always("cross-origin-resource-policy", "cross-origin"),
            always("x-content-type-options", "nosniff"),
            CatchPanicLayer::custom(|_| panicked()),
            Guard(app.clone()),
        ))
        .with_state(app)
}

/// The router of the metrics' listener.
pub fn metrics_router(app: App) -> Router {
    routes::metrics::routes().fallback(nothing_here).with_state(app)
}

/// Any page may send requests and read the responses; each site's `origins` restrict who may write.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(tower_http::cors::Any)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::RETRY_AFTER, header::ETAG])
        .max_age(Duration::from_secs(24 * 60 * 60))
}

/// Restricts which pages may read a response that depends on the client: those of that origin, or only the endpoint's
/// own. Added to the response's extensions by its route.
#[derive(Clone, Debug)]
pub(crate) struct ReadableBy(pub(crate) Option<HeaderValue>);

fn confined<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    if let Some(ReadableBy(page)) = response.extensions_mut().remove() {
        let headers = response.headers_mut();
        match page {
            Some(origin) => drop(headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)),
            None => drop(headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN)),
        }
    }
    response
}

/// Logs that requests fail, at most once a minute, since clients determine how many there are.
fn log_failure(app: &App, failure: &ServerErrorsFailureClass) {
    if let Some(requests) = app.failures.due((app.now)()) {
        tracing::error!(requests, last = %failure, "requests were answered with an error: see gema_requests_total by route and status");
    }
}

/// HTML without a content security policy gets one that allows only styles, images and the form.
fn with_policy<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    let headers = response.headers_mut();
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    if is_html {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(routes::widget::POLICY));
    }
    response
}

fn always(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
}

async fn nothing_here() -> Problem {
    Problem::not_found("There is nothing at this address.")
}

async fn no_such_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method. See Allow.")
}

fn panicked() -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; the log has more.").into_response()
}

/// Interval of the checks for the end of a site's day.
const TICK: Duration = Duration::from_secs(60);

/// Serves until `shutdown`, then lets requests finish. All acknowledged writes are on disk.
pub async fn serve(listener: impl Into<Listener>, app: App, shutdown: impl Future<Output = ()>) {
    let ticking = [
        tokio::spawn(every_minute(app.clone())),
        tokio::spawn(every_second(app.clone())),
        tokio::spawn(look_every_second(Arc::clone(&app.store))),
    ];
    let config = Arc::clone(&app.config);
    let room = Room::new(config.current().connections, app.metrics.connections.clone());
    // End streaming responses at shutdown, since they do not end otherwise.
    let audience = Arc::clone(&app.audience);
    let shutdown = async move {
        shutdown.await;
        audience.close();
    };
    let is_proxy = move |peer: IpAddr| config.current().is_proxy(peer);
    serve::connections(listener.into(), router(app), room, is_proxy, shutdown).await;
    ticking.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Updates live counts.
async fn every_second(app: App) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        app.audience.tell(&*app.store, &app.config.current()).await;
    }
}

/// Polls the store's migration flag, so that writes need not.
async fn look_every_second(store: Arc<dyn Store>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // The store logs its state itself.
        let _ = store.look().await;
    }
}

/// Exports the fill levels of the limits' meters, and logs each that becomes half full.
fn watch_meters(app: &App, config: &Config) {
    let Some(amounts) = &config.limits else { return };
    let now = (app.now)();
    let sites = config.sites.values().map(|site| (&site.id, Window::at(now, &site.time_zone).day));
    let fills = app.limits.fills(amounts, sites);
    app.limits.meters().set(fills.iter().map(|fill| (fill.limit, fill.part)));
    for fill in fills.iter().filter(|fill| fill.is_news) {
        let (site, limit, part) = (&fill.site, fill.limit.name(), fill.part);
        tracing::warn!(%site, limit, part, "the meter of a limit is half full: when it is full, the limit refuses everybody on that site until the day ends");
    }
}

/// Deletes old salts on time, also of sites without visitors and of sites that are not served. Also logs refusals by
/// limits, at most once per tick.
async fn every_minute(app: App) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        if let Some(refused) = app.limits.news() {
            tracing::warn!(refused, "limits were reached: see `limits` in gema.toml");
        }
        let (config, now) = (app.config.current(), (app.now)());
        watch_meters(&app, &config);
        // The store logs its errors, and the next tick retries. Sites do not wait for each other: expired salts in
        // memory are dropped first, whether or not the store responds.
        let turn = |site: &Arc<Site>| {
            let (site, day) = (Arc::clone(site), Window::at(now, &site.time_zone).day);
            let store = &app.store;
            async move { store.turn_window(&site.id, day).await }
        };
        join_all(config.sites.values().map(turn)).await;
        let served: Vec<_> = config.sites.keys().cloned().collect();
        // The time zones of sites that are not served are unknown, so use UTC.
        let _ = app.store.tidy(&served, Window::at(now, &TimeZone::UTC).day).await;
        app.top.tidy((app.now)());
    }
}
