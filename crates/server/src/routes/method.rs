use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::HeaderMap, response::Response};
use config::{Config, Site, networks};
use jiff::Timestamp;
use method::{Method, Names, Yesterday};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::{Day, Window};

use super::{
    SiteFromPath,
    caller::UncachedRead,
    conditional,
    extract::{CurrentConfig, Query},
    openapi_errors::ReadErrors,
    widget::HTML_CONTENT_TYPE,
};
use crate::{cache::CacheDeps, problem::Problem, state::App};

const METHOD_CACHE_CONTROL: &str = "public, max-age=60, stale-while-revalidate=600";

/// How long a page is cached: yesterday's last refusals of other endpoints arrive within a minute.
const METHOD_FRESH_FOR: Duration = Duration::from_secs(60);

const STYLE_SHEET: &str = include_str!("../../../method/src/page.css");

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(page))
        .routes(routes!(json))
        .routes(routes!(style_sheet))
}

/// The language of the page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MethodQuery {
    /// In that language: the sentences in English or Indonesian, numbers and dates in each language of the site
    lang: Option<String>,
}

/// How the site counts, as a page for readers and auditors: made from the configuration in force, with yesterday's
/// numbers of what was counted and refused.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/method.html",
    tag = "reading",
    params(SiteFromPath, MethodQuery),
    responses(
        (status = OK, content_type = "text/html", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ReadErrors
    ),
)]
async fn page(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    CurrentConfig(config): CurrentConfig,
    _: UncachedRead,
    Query(MethodQuery { lang }): Query<MethodQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (method, until) = method_of(&app, &config, &site).await?;
    let language = site.language(lang.as_deref());
    let names = Names {
        options: labels(site.choices(&language), |choice| choice.label),
        buttons: labels(
            networks::buttons(&site.networks, site.share_style, &language),
            |button| button.label,
        ),
    };
    // Relative to the request's address, because a proxy may add a path prefix.
    let html = method::page(&method, &names, &language, "method.css", "method.json");
    let response = conditional::bytes(&headers, HTML_CONTENT_TYPE, METHOD_CACHE_CONTROL, html);
    Ok(cached(response, site, until))
}

/// The same as data.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/method.json",
    tag = "reading",
    params(SiteFromPath),
    responses((status = OK, body = Method), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), ReadErrors),
)]
async fn json(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    CurrentConfig(config): CurrentConfig,
    _: UncachedRead,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (method, until) = method_of(&app, &config, &site).await?;
    // Serialising texts and numbers cannot fail.
    let body = serde_json::to_vec(&method).unwrap_or_default();
    let response = conditional::bytes(&headers, "application/json", METHOD_CACHE_CONTROL, body);
    Ok(cached(response, site, until))
}

/// The style sheet of the page.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/method.css",
    tag = "reading",
    params(SiteFromPath),
    responses(
        (status = OK, content_type = "text/css", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ReadErrors
    ),
)]
async fn style_sheet(_: SiteFromPath, headers: HeaderMap) -> Response {
    conditional::bytes(
        &headers,
        "text/css; charset=utf-8",
        METHOD_CACHE_CONTROL,
        STYLE_SHEET,
    )
}

fn labels<T>(items: Vec<T>, label: fn(T) -> String) -> Vec<String> {
    items.into_iter().map(label).collect()
}

/// The rules, and when they expire.
async fn method_of(
    app: &App,
    config: &Config,
    site: &Site,
) -> Result<(Method, Timestamp), Problem> {
    let now = (app.now)();
    let today = Window::at(now, &site.time_zone);
    let day = Day::new(today.day.get() - 1);
    let counted = app
        .day_totals
        .of(&app.store, &site.id, &app.now, day)
        .await?;
    let refused = app.store.refused(&site.id, day).await?;
    let yesterday = Yesterday::new(day, counted, &refused);
    let until = now.checked_add(METHOD_FRESH_FOR).unwrap_or(now);
    Ok((
        Method::new(config, site, env!("CARGO_PKG_VERSION"), yesterday),
        until.min(today.ends),
    ))
}

fn cached(mut response: Response, site: Arc<Site>, until: Timestamp) -> Response {
    response.extensions_mut().insert(CacheDeps {
        site,
        articles: Vec::new(),
        until,
    });
    response
}
