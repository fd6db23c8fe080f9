/// The same for feed readers.
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

/// As long as it is told here.
const CACHE: &str = "public, max-age=60, stale-while-revalidate=600";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(json)).routes(routes!(feed))
}

/// The articles of which most was counted in some days.
#[derive(Serialize, ToSchema)]
struct TopArticles {
    /// `reads` or `reactions`.
    by: &'static str,
    /// In so many days.
    days: u16,
    /// Of which this is the last.
    day: String,
    /// First the one of which most was counted.
    articles: Vec<TopArticle>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct TopArticle {
    article: ArticleKey,
    /// What was counted in these days.
    count: u64,
    /// This and what follows: where the endpoint has a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
}

/// The articles that were read most, or answered most, in the last days.
///
/// At most a minute old. Which articles are listed is the site's `lists` in `gema.toml`: a key is a text that anybody may have sent, so
/// print it as text. An article whose poll is closed is not among those that were answered most.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/top.json",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("by" = Option<String>, Query, description = "`reads`, or `reactions`"),
        ("days" = Option<u16>, Query, minimum = 1, maximum = 90, description = "Today and the days before, 7 in all if it is not said"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 50, description = "At most so many, 10 if it is not said"),
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
    // Texts and numbers can always be written.
    let body = serde_json::to_vec(&articles).unwrap_or_default();
    Ok(kept(cached::bytes(&headers, "application/json", CACHE, body), site, until))
}

/// The same as a feed, in the site's language or in another one that it has.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/top.atom",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("by" = Option<String>, Query, description = "`reads`, or `reactions`"),
        ("days" = Option<u16>, Query, minimum = 1, maximum = 90, description = "Today and the days before, 7 in all if it is not said"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 50, description = "At most so many, 10 if it is not said"),
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

/// What a query asks for.
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

/// Kept here too, until it is gathered anew: whatever changes until then, it tells the same.
fn kept(mut response: Response, site: Arc<Site>, until: jiff::Timestamp) -> Response {
    response.extensions_mut().insert(Basis { site, articles: Vec::new(), until });
    response
}
