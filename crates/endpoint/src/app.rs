//! Every route and layer on one screen, and how they are served until somebody says stop.

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

/// What every route may use; a clone is the same.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// Every option, as of now.
    pub config: Arc<Live>,
    /// Where counts live.
    pub store: Arc<dyn Store>,
    /// Whether anything is written to it.
    pub intake: Intake,
    /// Answers that are kept.
    pub cache: Arc<Cache>,
    /// Who watches them change.
    pub audience: Arc<Audience>,
    /// What of each site was counted most in the last days.
    pub top: Top,
    /// Where long answers are packed, beside the threads that answer.
    pub packing: WorkQueue,
    /// Where QR codes are drawn: who asks for very many keeps no long answer waiting.
    pub drawing: WorkQueue,
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

/// Marks a request of somebody who may open the database: from the socket beside it, or from within this process. Such a
/// one needs no key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local;

/// All that the endpoint answers in public. No router around it: that would be one more box a request.
pub type Public = Counted<Front<Router>>;

/// See [`Public`].
pub fn router(app: App) -> Public {
    let counted = CountAnswers(Arc::clone(&app.metrics));
    let routes = layered(public(&app), app.clone());
    counted.layer(Front::new(app, routes))
}

/// All that, and what an operator asks; no key is needed. Only for the socket beside the database, and within this process.
pub fn local_router(app: App) -> Router {
    let counted = CountAnswers(Arc::clone(&app.metrics));
    layered(public(&app).merge(routes::admin::routes()), app).layer(counted).layer(Extension(Local))
}

fn public(app: &App) -> Router<App> {
    Router::from(api())
        .merge(routes::assets::routes(assets::FILES))
        .merge(routes::demo::routes(assets::FILES, app.config.current().demo))
}

/// What programs ask. Whatever is answered to them is registered here with its description.
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

/// The OpenAPI document of all that, as this version answers it.
pub fn openapi() -> OpenApi {
    api().into_openapi()
}

/// What is said once in that document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Gema", description = "Share bar, read counter and reaction poll for news articles: the endpoint."),
    components(schemas(Problem, SiteId, ArticleKey)),
    modifiers(&SiteKey)
)]
struct About;

/// How a newsroom shows that it may: `Authorization: Bearer KEY`.
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
        // As one layer: each by itself would be one more box a request.
        .layer((
            // Method and path, never a header: nobody's address or agent is logged.
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
            // Pages behind Cross-Origin-Embedder-Policy may use what is public anyway.
            always("cross-origin-resource-policy", "cross-origin"),
            always("x-content-type-options", "nosniff"),
            CatchPanicLayer::custom(|_| panicked()),
            Guard(app.clone()),
        ))
        .with_state(app)
}

/// What is answered on the operator's own listener, and nowhere else.
pub fn metrics_router(app: App) -> Router {
    routes::metrics::routes().fallback(nothing_here).with_state(app)
}

/// Any page may ask and read the answer; who may change something is each site's own `origins`.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(tower_http::cors::Any)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::RETRY_AFTER, header::ETAG])
        .max_age(Duration::from_secs(24 * 60 * 60))
}

/// Says of an answer that depends on who asks which pages may read it: those of that origin, or none but the endpoint's own.
/// Put into its extensions by its route.
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

/// Tells the log, once a minute at most, that requests fail: of how many, anybody decides who asks.
fn log_failure(app: &App, failure: &ServerErrorsFailureClass) {
    if let Some(requests) = app.failures.due((app.now)()) {
        tracing::error!(requests, last = %failure, "requests were answered with an error: see gema_requests_total by route and status");
    }
}

/// HTML has a policy, also where its route sets none: it looks as it should, and does nothing.
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

/// How often it is looked whether a site's day has ended.
const TICK: Duration = Duration::from_secs(60);

/// Serves until `shutdown`, then lets requests finish. All that was acknowledged is on disk.
pub async fn serve(listener: impl Into<Listener>, app: App, shutdown: impl Future<Output = ()>) {
    let ticking = [
        tokio::spawn(every_minute(app.clone())),
        tokio::spawn(every_second(app.clone())),
        tokio::spawn(look_every_second(Arc::clone(&app.store))),
    ];
    let config = Arc::clone(&app.config);
    let room = Room::new(config.current().connections, app.metrics.connections.clone());
    // Answers that go on and on end, and nobody waits for them.
    let audience = Arc::clone(&app.audience);
    let shutdown = async move {
        shutdown.await;
        audience.close();
    };
    let is_proxy = move |peer: IpAddr| config.current().is_proxy(peer);
    serve::connections(listener.into(), router(app), room, is_proxy, shutdown).await;
    ticking.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Tells those who watch what has changed.
async fn every_second(app: App) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        app.audience.tell(&*app.store, &app.config.current()).await;
    }
}

/// Looks whether writes are taken, so that whoever writes need not.
async fn look_every_second(store: Arc<dyn Store>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // It tells the log itself.
        let _ = store.look().await;
    }
}

/// Tells how full the meters are, and the log of each once, when it is half full.
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

/// Throws old salts away on time, also on a site that nobody visits, or that is not served any more.
/// And tells, at most once a tick, what limits refused.
async fn every_minute(app: App) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        if let Some(refused) = app.limits.news() {
            tracing::warn!(refused, "limits were reached: see `limits` in gema.toml");
        }
        let (config, now) = (app.config.current(), (app.now)());
        watch_meters(&app, &config);
        // If something fails, the store has logged why, and the next tick tries again. No site waits for another one: each window's
        // turn begins with letting go of old salts, whether or not the store answers.
        let turn = |site: &Arc<Site>| {
            let (site, day) = (Arc::clone(site), Window::at(now, &site.time_zone).day);
            let store = &app.store;
            async move { store.turn_window(&site.id, day).await }
        };
        join_all(config.sites.values().map(turn)).await;
        let served: Vec<_> = config.sites.keys().cloned().collect();
        // Whose days those of other sites were, nobody knows any more.
        let _ = app.store.tidy(&served, Window::at(now, &TimeZone::UTC).day).await;
        app.top.tidy((app.now)());
    }
}
