/// The list as an Atom feed.
mod atom;

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use config::Site;
use locale::Language;
use serde::{Deserialize, Serialize};
use text::key::article_key;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use widget::format;
use wire::ArticleKey;

use super::{
    SiteFromPath,
    caller::{BudgetAddress, UncachedRead},
    conditional,
    extract::{Query, is_set, number},
    openapi_errors::ReadErrors,
};
use crate::{
    cache::CacheDeps,
    problem::Problem,
    ranking::{MAX_DAYS, MAX_ENTRIES, RankBy, Ranking, RankingQuery},
    state::App,
};

/// The same lifetime as that of the lists.
const RANKING_CACHE_CONTROL: &str = "public, max-age=60, stale-while-revalidate=600";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(json))
        .routes(routes!(feed))
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
    /// The same in words, in the language of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The title, address and day of publication of the stored copy, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
}

/// The query of a ranking.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TopQuery {
    /// `reads`, or `reactions`
    by: Option<String>,
    /// Number of days, including today; 7 by default
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 90)]
    days: Option<u16>,
    /// Maximum number of articles; 10 by default
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u16>,
    /// Only articles whose keys begin with this: `/economy/`
    section: Option<String>,
    /// `1`: only articles of whose copy the endpoint knows the address
    titled: Option<String>,
}

/// The language of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LanguageQuery {
    /// In that language; without it, JSON has no texts
    lang: Option<String>,
}

/// The articles with the most reads or reactions in recent days.
///
/// At most a minute old. The site's `lists` in `gema.toml` selects which articles are listed. A key may be text that a
/// stranger has sent, so escape it. For reactions, articles with a closed poll are not listed.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/top.json",
    tag = "reading",
    params(SiteFromPath, TopQuery, LanguageQuery),
    responses((status = OK, body = TopArticles), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), ReadErrors),
)]
async fn json(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    read: UncachedRead,
    Query(query): Query<TopQuery>,
    Query(LanguageQuery { lang }): Query<LanguageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ranking_query = RankingQuery::try_from(query)?;
    let (by, days) = (ranking_query.by, ranking_query.days);
    let list = list(&app, &site, &read, ranking_query).await?;
    let until = list.until;
    let day = list.day.to_string();
    let language = lang.map(|lang| site.language(Some(&lang)));
    let text = |count| {
        language
            .as_ref()
            .map(|language| in_words(&site, language, by, count))
    };
    let lines = list.entries.into_iter().map(|entry| TopArticle {
        article: entry.article,
        count: entry.count,
        text: text(entry.count),
        title: entry.meta.title,
        url: entry.meta.url,
        published: entry.meta.published,
    });
    let articles = TopArticles {
        by: by.name(),
        days,
        day,
        articles: lines.collect(),
    };
    // Serialising texts and numbers cannot fail.
    let body = serde_json::to_vec(&articles).unwrap_or_default();
    Ok(until_next_refresh(
        conditional::bytes(&headers, "application/json", RANKING_CACHE_CONTROL, body),
        site,
        until,
    ))
}

/// The same list as an Atom feed, in one of the site's languages.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/top.atom",
    tag = "reading",
    params(SiteFromPath, TopQuery, LanguageQuery),
    responses(
        (status = OK, content_type = "application/atom+xml", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ReadErrors
    ),
)]
async fn feed(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    read: UncachedRead,
    Query(query): Query<TopQuery>,
    Query(LanguageQuery { lang }): Query<LanguageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ranking_query = RankingQuery::try_from(query)?;
    let list = list(&app, &site, &read, ranking_query.clone()).await?;
    let lang = lang.as_deref();
    let body = atom::feed(&site, &site.language(lang), &ranking_query, lang, &list);
    Ok(until_next_refresh(
        conditional::bytes(
            &headers,
            "application/atom+xml",
            RANKING_CACHE_CONTROL,
            body.into_bytes(),
        ),
        site,
        list.until,
    ))
}

/// The requested list. A section's list that is not made yet is charged.
async fn list(
    app: &App,
    site: &Arc<Site>,
    read: &UncachedRead,
    query: RankingQuery,
) -> Result<Ranking, Problem> {
    if app.rankings.is_costly(site, &query) {
        read.charge_section_list(app)?;
    }
    let BudgetAddress(client) = read.address;
    let list = app.rankings.list(&app.store, site, &app.now, client, query);
    Ok(list.await?)
}

impl TryFrom<TopQuery> for RankingQuery {
    type Error = Problem;

    fn try_from(query: TopQuery) -> Result<Self, Problem> {
        let by = match query.by.as_deref() {
            None | Some("reads") => RankBy::Reads,
            Some("reactions") => RankBy::Reactions,
            Some(_) => return Err(Problem::field("by", "Write reads or reactions.")),
        };
        let days = in_range("days", query.days.unwrap_or(7), MAX_DAYS)?;
        let limit = in_range("limit", query.limit.unwrap_or(10), MAX_ENTRIES as u16)?;
        let section = query.section.as_deref().filter(|text| !text.is_empty());
        let section = section.map(article_key).transpose();
        Ok(Self {
            by,
            days,
            limit: limit.into(),
            section: section
                .map_err(|invalid| Problem::field("section", format!("The section {invalid}.")))?,
            is_titled: is_set(query.titled.as_deref()),
        })
    }
}

/// "Dibaca 841 kali".
fn in_words(site: &Site, language: &Language, by: RankBy, count: u64) -> String {
    let labels = site.labels_in(language);
    let texts = if by == RankBy::Reads {
        &labels.reads
    } else {
        &labels.responses
    };
    format::count(locale::formatter(language), texts, count)
}

fn in_range(field: &'static str, number: u16, max: u16) -> Result<u16, Problem> {
    if (1..=max).contains(&number) {
        return Ok(number);
    }
    Err(Problem::field(field, format!("Write a number from 1 to {max}.")).with_limit(max.into()))
}

/// Makes the response cacheable until the next refresh, even if counts change meanwhile.
fn until_next_refresh(mut response: Response, site: Arc<Site>, until: jiff::Timestamp) -> Response {
    response.extensions_mut().insert(CacheDeps {
        site,
        articles: Vec::new(),
        until,
    });
    response
}
