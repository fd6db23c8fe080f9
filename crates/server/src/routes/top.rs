/// The list as an Atom feed.
mod atom;

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use config::Site;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, SiteId};

use super::{
    SiteFromPath, conditional,
    extract::{query, value},
    openapi_errors::RankingErrors,
};
use crate::{
    cache::CacheDeps,
    problem::Problem,
    ranking::{MAX_DAYS, MAX_ENTRIES, RankBy, RankingQuery},
    state::App,
};

/// The same lifetime as that of the lists.
const RANKING_CACHE_CONTROL: &str = "public, max-age=60, stale-while-revalidate=600";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(json)).routes(routes!(feed))
}

/// The articles with the most reads or reactions in recent days.
#[derive(Serialize, ToSchema)]
struct TopArticles {
    /// `reads` or `reactions`.
    by: &'static str,
    /// Number of days.
    days: u16,
    /// The last of these days.
    day: String,
    /// In descending order of counts.
    articles: Vec<TopArticle>,
}

/// An article of the list.
#[derive(Serialize, ToSchema)]
struct TopArticle {
    article: ArticleKey,
    /// Number of reads or reactions in these days.
    count: u64,
    /// The title, address and day of publication of the stored copy, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
}

/// The articles with the most reads or reactions in recent days.
///
/// At most a minute old. The site's `lists` in `gema.toml` selects which articles are listed. A key may be text that a
/// stranger has sent, so escape it. For reactions, articles with a closed poll are not listed.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/top.json",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("by" = Option<String>, Query, description = "`reads`, or `reactions`"),
        ("days" = Option<u16>, Query, minimum = 1, maximum = 90, description = "Number of days, including today; 7 by default"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 50, description = "Maximum number of articles; 10 by default"),
    ),
    responses((status = OK, body = TopArticles), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), RankingErrors),
)]
async fn json(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let ranking_query = parse_query(&pairs)?;
    let list = app.rankings.list(&app.store, &site, &app.now, ranking_query).await?;
    let (until, day) = (list.until, list.day.to_string());
    let lines = list.entries.into_iter().map(|entry| TopArticle {
        article: entry.article,
        count: entry.count,
        title: entry.meta.title,
        url: entry.meta.url,
        published: entry.meta.published,
    });
    let articles =
        TopArticles { by: ranking_query.by.name(), days: ranking_query.days, day, articles: lines.collect() };
    // Serialising texts and numbers cannot fail.
    let body = serde_json::to_vec(&articles).unwrap_or_default();
    Ok(until_next_refresh(conditional::bytes(&headers, "application/json", RANKING_CACHE_CONTROL, body), site, until))
}

/// The same list as an Atom feed, in one of the site's languages.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/top.atom",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("by" = Option<String>, Query, description = "`reads`, or `reactions`"),
        ("days" = Option<u16>, Query, minimum = 1, maximum = 90, description = "Number of days, including today; 7 by default"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 50, description = "Maximum number of articles; 10 by default"),
        ("lang" = Option<String>, Query, description = "In that language"),
    ),
    responses(
        (status = OK, content_type = "application/atom+xml", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        RankingErrors
    ),
)]
async fn feed(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let ranking_query = parse_query(&pairs)?;
    let list = app.rankings.list(&app.store, &site, &app.now, ranking_query).await?;
    let lang = value(&pairs, "lang");
    let body = atom::feed(&site, &site.language(lang), ranking_query, lang, &list);
    Ok(until_next_refresh(
        conditional::bytes(&headers, "application/atom+xml", RANKING_CACHE_CONTROL, body.into_bytes()),
        site,
        list.until,
    ))
}

/// Parses the query.
fn parse_query(pairs: &[(String, String)]) -> Result<RankingQuery, Problem> {
    let by = match value(pairs, "by") {
        None | Some("reads") => RankBy::Reads,
        Some("reactions") => RankBy::Reactions,
        Some(_) => return Err(Problem::field("by", "Write reads or reactions.")),
    };
    let days = number(pairs, "days", 7, MAX_DAYS)?;
    let limit = number(pairs, "limit", 10, MAX_ENTRIES as u16)?;
    Ok(RankingQuery { by, days, limit: limit.into() })
}

fn number(pairs: &[(String, String)], name: &'static str, default: u16, most: u16) -> Result<u16, Problem> {
    let Some(text) = value(pairs, name) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Problem::field(name, format!("Write a number from 1 to {most}.")).with_limit(most.into()))
}

/// Cached until the next refresh, even if counts change meanwhile.
fn until_next_refresh(mut response: Response, site: Arc<Site>, until: jiff::Timestamp) -> Response {
    response.extensions_mut().insert(CacheDeps { site, articles: Vec::new(), until });
    response
}
