use accounts::{Access, Link, OverlayHolder, Token, overlay_hash};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use config::{Config, Site};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    SiteFromPath, caller::UncachedRead, extract::CurrentConfig, openapi_errors::OverlayErrors,
    origin,
};
use crate::{
    problem::Problem,
    readership::{Scope, Trend},
    state::{App, ReadableBy},
};

/// The header with the token. Not `Authorization`, which the answer to a browser's preflight does not permit.
const TOKEN_HEADER: &str = "gema-newsroom";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(overlay))
}

/// Reads of the articles that were read recently, for marks beside headlines.
#[derive(Serialize, ToSchema)]
#[schema(as = Overlay)]
struct OverlayNumbers {
    /// The hour since which reads are counted, in the site's time zone: `9`
    since: u8,
    /// The articles, the most read first.
    articles: Vec<OverlayArticle>,
}

/// Reads of an article.
#[derive(Serialize, ToSchema)]
struct OverlayArticle {
    /// Path and query of its page.
    path: String,
    /// Reads since that hour.
    reads: i64,
    /// Beside the six hours before: `up`, `down` or `same`.
    #[schema(value_type = String)]
    trend: Trend,
}

/// Reads of the articles that were read since the hour before this one, for signed-in editors on the site's own pages.
///
/// The token of an overlay is in the header `gema-newsroom`. Only pages of the site's `origins` can read the response.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/overlay.json",
    tag = "newsroom",
    params(SiteFromPath, ("gema-newsroom" = String, Header, description = "The token of an overlay")),
    responses((status = OK, body = OverlayNumbers), OverlayErrors),
)]
async fn overlay(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    CurrentConfig(config): CurrentConfig,
    _: UncachedRead,
    headers: HeaderMap,
) -> Response {
    let response = numbers(&app, &config, &site, &headers)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    // Only the site's own pages can read it.
    let is_of_site = origin::is_of_site(&config, &site, &headers);
    let page = headers.get(header::ORIGIN).filter(|_| is_of_site).cloned();
    let mut response = (
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::VARY, "origin"),
        ],
        response,
    )
        .into_response();
    response.extensions_mut().insert(ReadableBy(page));
    response
}

async fn numbers(
    app: &App,
    config: &Config,
    site: &std::sync::Arc<Site>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    if !origin::is_of_site(config, site, headers) {
        let detail = "Only pages of this site's `origins` get these numbers.";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail).in_field("Origin"));
    }
    let over = || {
        let detail = "This overlay has ended. Open it again from the newsroom's pages.";
        Problem::new(StatusCode::FORBIDDEN, detail).in_field(TOKEN_HEADER)
    };
    if !app.newsroom.is_enabled(config, &*app.store).await {
        return Err(over());
    }
    let token = headers
        .get(TOKEN_HEADER)
        .and_then(|token| token.to_str().ok());
    let token = token.and_then(Token::parse).ok_or_else(over)?;
    let access = access(app, config, site, &token).await?.ok_or_else(over)?;
    let grant = access.on(&site.id).ok_or_else(over)?;
    let scope = Scope {
        site: site.id.clone(),
        section: grant.section().map(|section| section.as_str().to_owned()),
    };
    let headlines = app
        .readership
        .headlines(&app.store, scope, site, (app.now)())
        .await?;
    let articles = headlines.entries.iter().map(|entry| OverlayArticle {
        path: entry.path.clone(),
        reads: entry.reads,
        trend: entry.trend,
    });
    Ok(Json(OverlayNumbers {
        since: headlines.since.get(),
        articles: articles.collect(),
    })
    .into_response())
}

/// What the holder of the overlay may see now; `None`: it has ended.
async fn access(
    app: &App,
    config: &Config,
    site: &Site,
    token: &Token,
) -> Result<Option<Access>, Problem> {
    let store = app.store.accounts();
    let now = (app.now)();
    let is_valid = |link: &Link| !link.is_expired(now) && link.site == site.id;
    let link = store.link(overlay_hash(token, &site.id)).await?;
    let Some(link) = link.filter(is_valid) else {
        return Ok(None);
    };
    Ok(match link.overlay_holder() {
        Some(OverlayHolder::User(name, epoch)) => {
            let user = store.user(&name).await?;
            user.filter(|user| user.epoch == epoch)
                .map(|user| user.access)
        }
        // The proxy is not asked again: what it said holds as long as the overlay does.
        Some(OverlayHolder::Proxy(_)) if config.newsroom.user_header.is_some() => {
            Some(link.access())
        }
        Some(OverlayHolder::Link(parent)) => {
            let parent = store.link(parent).await?;
            parent.filter(is_valid).map(|parent| parent.access())
        }
        Some(OverlayHolder::Proxy(_)) | None => None,
    })
}
