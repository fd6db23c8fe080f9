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
    OfSite, cached,
    extract::{query, value},
    problems::OfReading,
};
use crate::{
    cache::Basis,
    problem::Problem,
    state::App,
    top::{Asked, By, MAX_DAYS, MAX_ENTRIES},
};

/// The same lifetime as that of the lists.
const CACHE: &str = "public, max-age=60, stale-while-revalidate=600";

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
    responses((status = OK, body = TopArticles), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), OfReading),
)]
async fn json(State(app): State<App>, OfSite(site): OfSite, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let asked = asked(&pairs)?;
    let list = app.top.list(&app.store, &site, &app.now, asked).await?;
    let (until, day) = (list.until, list.day.to_string());
    let lines = list.entries.into_iter().map(|entry| TopArticle {
        article: entry.article,
        count: entry.count,
        title: entry.about.title,
        url: entry.about.url,
        published: entry.about.published,
    });
    let articles = TopArticles { by: asked.by.name(), days: asked.days, day, articles: lines.collect() };
    // Serialising texts and numbers cannot fail.
    let body = serde_json::to_vec(&articles).unwrap_or_default();
    Ok(kept(cached::bytes(&headers, "application/json", CACHE, body), site, until))
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
        OfReading
    ),
)]
async fn feed(State(app): State<App>, OfSite(site): OfSite, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let asked = asked(&pairs)?;
    let list = app.top.list(&app.store, &site, &app.now, asked).await?;
    let lang = value(&pairs, "lang");
    let body = atom::feed(&site, &site.language(lang), asked, lang, &list);
    Ok(kept(cached::bytes(&headers, "application/atom+xml", CACHE, body.into_bytes()), site, list.until))
}

/// Parses the query.
fn asked(pairs: &[(String, String)]) -> Result<Asked, Problem> {
    let by = match value(pairs, "by") {
        None | Some("reads") => By::Reads,
        Some("reactions") => By::Reactions,
        Some(_) => return Err(Problem::field("by", "Write reads or reactions.")),
    };
    let days = number(pairs, "days", 7, MAX_DAYS)?;
    let limit = number(pairs, "limit", 10, MAX_ENTRIES as u16)?;
    Ok(Asked { by, days, limit: limit.into() })
}

fn number(pairs: &[(String, String)], name: &'static str, default: u16, most: u16) -> Result<u16, Problem> {
    let Some(text) = value(pairs, name) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Problem::field(name, format!("Write a number from 1 to {most}.")).with_limit(most.into()))
}

/// Cached until the next refresh, even if counts change meanwhile.
fn kept(mut response: Response, site: Arc<Site>, until: jiff::Timestamp) -> Response {
    response.extensions_mut().insert(Basis { site, articles: Vec::new(), until });
    response
}
