//! `/v1/sites/{site}/articles`: operations of a newsroom's CMS, or of `gema article`.

/// Authorisation.
mod authorize;

use admin::{ArticleError, Body, Draft, Refusal};
use authorize::AuthorizedSite;
use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::{Publication, Removal};
use text::key::article_key;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;
use wire::{ArticleKey, Imported, SiteId};

use super::{
    extract::{is_too_long, query},
    openapi_errors::{NewsroomReadErrors, NewsroomWriteErrors},
};
use crate::{problem::Problem, state::App};

/// Maximum size of a request, in bytes: the largest body of an article, with room for JSON escapes.
const MAX_REQUEST_BYTES: usize = 4 * article_html::MAX_BODY_BYTES;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, put, remove))
}

/// Returns an article with its counts; without `article`, a page of the list of all.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/articles",
    tag = "newsroom",
    security(("key" = [])),
    params(
        ("site" = SiteId, Path),
        ("article" = Option<ArticleKey>, Query),
        ("after" = Option<ArticleKey>, Query, description = "The part of the list after this key"),
    ),
    responses((status = OK, body = ArticleOrList), NewsroomReadErrors),
)]
async fn show(State(app): State<App>, AuthorizedSite(site): AuthorizedSite, uri: Uri) -> Result<Response, Problem> {
    let query = ArticleQuery::of(&uri)?;
    let Some(key) = query.article else {
        let list = admin::list(&*app.store, &site, query.after.as_ref()).await?;
        return Ok(no_store(Json(ArticleOrList::List(list))));
    };
    let known = admin::show(&*app.store, &site, &key).await?;
    let known = known.ok_or_else(|| unknown("Nothing is known of this article."))?;
    Ok(no_store(Json(ArticleOrList::Known(Box::new(known)))))
}

/// Response: an article, or a page of the list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Shown)]
enum ArticleOrList {
    Known(Box<admin::Known>),
    List(admin::List),
}

/// A copy of an article, or starting counts, or both.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Put)]
struct PutArticle {
    /// The headline, as plain text: `Gin & Juice`, not `Gin &amp; Juice`. Tags and character references are displayed
    /// literally, and reported in the response's `warnings`.
    title: Option<String>,
    /// The author, as plain text.
    byline: Option<String>,
    /// The day of publication, `YYYY-MM-DD`.
    published: Option<String>,
    /// The article's canonical address: `https://…`
    url: Option<String>,
    /// The body, as HTML or as Markdown.
    html: Option<String>,
    /// See `html`.
    markdown: Option<String>,
    /// Starting counts from an earlier counter, which replace those sent before.
    imported: Option<Imported>,
}

/// Stores a copy of an article, or starting counts, or both.
#[utoipa::path(
    put,
    path = "/v1/sites/{site}/articles",
    tag = "newsroom",
    security(("key" = [])),
    params(("site" = SiteId, Path), ("article" = ArticleKey, Query)),
    request_body = PutArticle,
    responses((status = OK, body = admin::Known), NewsroomWriteErrors),
)]
async fn put(
    State(app): State<App>,
    AuthorizedSite(site): AuthorizedSite,
    uri: Uri,
    request: Request,
) -> Result<Response, Problem> {
    let key = ArticleQuery::of(&uri)?.article.ok_or_else(no_article)?;
    admin::check_moved(&*app.store, &site, &key).await?;
    let PutArticle { title, byline, published, url, html, markdown, imported } = read(request).await?;
    if let Some(imported) = &imported {
        admin::check_imported(imported, &site)?;
    }
    let body = match (html, markdown) {
        (Some(html), None) => Some(Body::Html(html.into_bytes())),
        (None, Some(markdown)) => Some(Body::Markdown(markdown.into_bytes())),
        (None, None) => None,
        (Some(_), Some(_)) => return Err(Problem::field("markdown", "Send `html` or `markdown`, not both.")),
    };
    let mut warnings = Vec::new();
    let article = match (title, body) {
        (Some(title), Some(body)) => {
            let draft = Draft { title, byline, published, url, body };
            warnings = draft.warnings();
            Some(clean(draft).await?)
        }
        (None, None) if imported.is_some() => None,
        (None, _) => return Err(Problem::field("title", "An article needs a title.")),
        (_, None) => return Err(Problem::field("html", "An article needs a body: `html` or `markdown`.")),
    };
    let today = Window::at((app.now)(), &site.time_zone).day;
    let publication = Publication { article, imported };
    let known = admin::put(&*app.store, &site, today, &key, publication).await?;
    Ok(no_store(Json(admin::Known { warnings, ..known })))
}

/// Removes the stored copy, and keeps the counts; with `counts=1`, deletes both permanently.
#[utoipa::path(
    delete,
    path = "/v1/sites/{site}/articles",
    tag = "newsroom",
    security(("key" = [])),
    params(
        ("site" = SiteId, Path),
        ("article" = ArticleKey, Query),
        ("counts" = Option<String>, Query, description = "`1`: all that is known of it"),
    ),
    responses((status = NO_CONTENT), NewsroomWriteErrors),
)]
async fn remove(State(app): State<App>, AuthorizedSite(site): AuthorizedSite, uri: Uri) -> Result<StatusCode, Problem> {
    let query = ArticleQuery::of(&uri)?;
    let key = query.article.ok_or_else(no_article)?;
    admin::check_moved(&*app.store, &site, &key).await?;
    let removal = if query.counts { Removal::Everything } else { Removal::Copy };
    if admin::remove(&*app.store, &site, &key, removal).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(unknown(match removal {
        Removal::Everything => "Nothing is known of this article.",
        Removal::Copy => "There is no copy of this article. &counts=1 removes its counts.",
    }))
}

/// Sanitises an article on a blocking thread, because that takes milliseconds.
async fn clean(draft: Draft) -> Result<wire::Article, Problem> {
    let cleaned = tokio::task::spawn_blocking(move || draft.article()).await;
    let failed =
        |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The article could not be read; the log has more.");
    Ok(cleaned.map_err(failed)??)
}

async fn read(request: Request) -> Result<PutArticle, Problem> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        let detail = "Send JSON as application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).in_field("Content-Type"));
    }
    let body = axum::body::to_bytes(request.into_body(), MAX_REQUEST_BYTES).await;
    let body: Bytes = body.map_err(|error| match is_too_long(&error) {
        true => {
            let detail =
                format!("The request must be at most {MAX_REQUEST_BYTES} bytes. Link to images, do not include them.");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).in_field("body").with_limit(MAX_REQUEST_BYTES)
        }
        false => Problem::field("body", "The body ended too early."),
    })?;
    serde_json::from_slice(&body)
        .map_err(|error| Problem::field("body", format!("The JSON is not as it should be: {error}.")))
}

/// Parameters of the query.
struct ArticleQuery {
    article: Option<ArticleKey>,
    after: Option<ArticleKey>,
    counts: bool,
}

impl ArticleQuery {
    fn of(uri: &Uri) -> Result<Self, Problem> {
        let pairs = query(uri)?;
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let key = |name: &'static str| {
            let invalid = |invalid| Problem::field(name, format!("The key {invalid}."));
            value(name).map(article_key).transpose().map_err(invalid)
        };
        Ok(Self { article: key("article")?, after: key("after")?, counts: value("counts") == Some("1") })
    }
}

impl From<ArticleError> for Problem {
    fn from(error: ArticleError) -> Self {
        match error {
            ArticleError::Refused(refusal) => refusal.into(),
            ArticleError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(Refusal { field, reason }: Refusal) -> Self {
        Self::field(field, reason)
    }
}

fn no_article() -> Problem {
    Problem::field("article", "Name the article: ?article=KEY")
}

fn unknown(detail: &str) -> Problem {
    Problem::not_found(detail).in_field("article")
}

/// Adds `Cache-Control: no-store`.
fn no_store(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
