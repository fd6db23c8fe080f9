//! The application: all routes and layers on one screen, and the OpenAPI document of the routes.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Extension, Router,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::IntoResponse,
};
use metrics::Route;
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
    layers::{
        cache::{CacheService, QueryParameters},
        direct::DirectService,
        request_counter::{RequestCounter, RequestLayer},
        write_block::WriteBlockLayer,
    },
    problem::Problem,
    routes,
    state::{App, LocalRequest, OwnPagesOnly, ReadableBy},
};

/// The public service. It is not wrapped in a router, to save an allocation per request.
pub type PublicService = RequestCounter<DirectService<CacheService<Router>>>;

/// The public service; see [`PublicService`].
pub fn router(app: App) -> PublicService {
    let counter = RequestLayer(Arc::clone(&app.metrics));
    let routes = layered(public(&app), app.clone());
    let cached = CacheService::new(app.clone(), &QUERY_PARAMETERS, routes);
    counter.layer(DirectService::new(app, cached))
}

/// The public routes and the operator commands, without authorisation. Only for the local socket and within this
/// process.
pub fn local_router(app: App) -> Router {
    let counter = RequestLayer(Arc::clone(&app.metrics));
    layered(public(&app).merge(routes::admin::routes()), app)
        .layer(counter)
        .layer(Extension(LocalRequest))
}

fn public(app: &App) -> Router<App> {
    Router::from(api())
        .merge(routes::assets::routes(assets::FILES))
        .merge(routes::newsroom::routes(app))
        .merge(routes::demo::routes(
            assets::FILES,
            app.config.current().demo,
        ))
}

/// The routes for programs. All of them are registered here with their descriptions.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(ApiDoc::openapi())
        .merge(routes::view::routes())
        .merge(routes::widget::routes())
        .merge(routes::tallies::routes())
        .merge(routes::live::routes())
        .merge(routes::qr::routes())
        .merge(routes::badge::routes())
        .merge(routes::top::routes())
        .merge(routes::method::routes())
        .merge(routes::events::routes())
        .merge(routes::reaction::routes())
        .merge(routes::visitor::routes())
        .merge(routes::clients::routes())
        .merge(routes::articles::routes())
        .merge(routes::overlay::routes())
        .merge(routes::health::routes())
        .merge(routes::openapi::routes(&OPENAPI_JSON))
}

/// The OpenAPI document of this version.
pub fn openapi() -> OpenApi {
    let mut document = api().into_openapi();
    let paths = std::mem::take(&mut document.paths.paths);
    // axum's name of a parameter that takes the rest of the path: `{*page}`.
    document.paths.paths = paths
        .into_iter()
        .map(|(path, item)| (path.replace("{*", "{"), item))
        .collect();
    document
}

/// The document as text, rendered on first use.
static OPENAPI_JSON: LazyLock<String> =
    LazyLock::new(|| openapi().to_pretty_json().unwrap_or_default());

/// The query parameters in the document.
static QUERY_PARAMETERS: LazyLock<QueryParameters> =
    LazyLock::new(|| QueryParameters::of(&openapi()));

/// The general part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Gema", description = "Share bar, read counter and reaction poll for news articles: the endpoint."),
    components(schemas(Problem, SiteId, ArticleKey)),
    modifiers(&SiteKey)
)]
struct ApiDoc;

/// The security scheme of the newsroom's routes: `Authorization: Bearer KEY`.
struct SiteKey;

impl Modify for SiteKey {
    fn modify(&self, document: &mut OpenApi) {
        let scheme =
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("key", scheme);
    }
}

fn layered(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        // Combined into a single layer, because each layer costs an allocation per request.
        .layer((
            // Logs method and route, but no path, which may have an article's key or a token, and no headers: no
            // address or user agent is logged.
            TraceLayer::new_for_http()
                .make_span_with(|request: &axum::extract::Request| {
                    tracing::debug_span!("request", method = %request.method(), route = Route::of(request.uri().path()).name())
                })
                .on_failure({
                    let app = app.clone();
                    move |failure: ServerErrorsFailureClass, _: Duration, _: &Span| app.log_failure(&failure)
                }),
            MapResponseLayer::new(restrict_readers),
            MapResponseLayer::new(with_csp),
            cors(),
            // Pages with Cross-Origin-Embedder-Policy may embed public resources.
            always("cross-origin-resource-policy", "cross-origin"),
            always("x-content-type-options", "nosniff"),
            CatchPanicLayer::custom(|_| Problem::internal_error().into_response()),
            WriteBlockLayer(app.clone()),
        ))
        .with_state(app)
}

/// The router of the metrics' listener.
pub fn metrics_router(app: App) -> Router {
    routes::metrics::routes()
        .fallback(not_found)
        .with_state(app)
}

/// Scripts that trace requests add headers to those of the page. Browsers understand `*` as all headers but
/// `Authorization` (Fetch standard, 3.3.5); the two that are named are for browsers that do not know it.
const ANY_HEADER_BUT_AUTHORIZATION: HeaderName = HeaderName::from_static("*");

/// Any page may send requests and read the responses; each site's `origins` restrict who may write.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(tower_http::cors::Any)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
        ])
        .allow_headers([
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            ANY_HEADER_BUT_AUTHORIZATION,
        ])
        .expose_headers([header::RETRY_AFTER, header::ETAG])
        .max_age(Duration::from_secs(24 * 60 * 60))
}

fn restrict_readers<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    if response.extensions_mut().remove::<OwnPagesOnly>().is_some() {
        let headers = response.headers_mut();
        for name in [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ] {
            headers.remove(name);
        }
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        );
    }
    if let Some(ReadableBy(page)) = response.extensions_mut().remove() {
        let headers = response.headers_mut();
        match page {
            Some(origin) => drop(headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)),
            None => drop(headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN)),
        }
    }
    response
}

/// HTML without a content security policy gets one that allows only styles, images and the form.
fn with_csp<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    let headers = response.headers_mut();
    let is_html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    if is_html {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static(routes::widget::FRAGMENT_CSP));
    }
    response
}

fn always(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

async fn not_found() -> Problem {
    Problem::not_found("There is nothing at this address.")
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take that method. See Allow.",
    )
}
