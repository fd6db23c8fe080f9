//! `/v1/sites/{site}/articles`: operations of a newsroom's CMS, or of `gema article`.

/// Authorisation.
mod authorize;
/// Counts of an article by day.
mod days;

use admin::{ArticleError, Body, Draft, FieldError};
use authorize::AuthorizedSite;
use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};
use store::{ArticlePoll, ArticleUpdate, Removal};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;
use wire::{ArticleKey, Imported};

use super::{
    SiteFromPath,
    extract::{ArticleFromQuery, Query, is_set, is_too_long, key},
    openapi_errors::{NewsroomReadErrors, NewsroomWriteErrors},
};
use crate::{problem::Problem, state::App};

/// Maximum size of a request, in bytes: the largest body of an article, with room for JSON escapes.
pub(super) const MAX_REQUEST_BYTES: usize = 4 * article_html::MAX_BODY_BYTES;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, put, remove))
        .routes(routes!(days::days))
}

/// The article, or a part of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ShowQuery {
    #[serde(default, deserialize_with = "key")]
    article: Option<ArticleKey>,
    /// The part of the list after this key
    #[serde(default, deserialize_with = "key")]
    after: Option<ArticleKey>,
}

/// Returns an article with its counts; without `article`, a page of the list of all.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/articles",
    tag = "newsroom",
    security(("key" = [])),
    params(SiteFromPath, ShowQuery),
    responses((status = OK, body = ArticleOrList), NewsroomReadErrors),
)]
async fn show(
    State(app): State<App>,
    AuthorizedSite(site): AuthorizedSite,
    Query(query): Query<ShowQuery>,
) -> Result<Response, Problem> {
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
    Known(Box<admin::ArticleDetails>),
    List(admin::ArticlePage),
}

/// A copy of an article, starting counts, what applies to its poll, or several of them.
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
    /// What applies to the article's poll from now on, instead of what was set before; `{}`: as the site has it.
    #[serde(default, deserialize_with = "object")]
    poll: Option<ArticlePoll>,
}

/// An object, or `null`. Code that serde derives also takes an array of the fields' values.
fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let fields = Option::<Map<String, Value>>::deserialize(deserializer)?;
    fields
        .map(|fields| T::deserialize(Value::Object(fields)).map_err(Error::custom))
        .transpose()
}

/// Stores a copy of an article, starting counts, what applies to its poll, or several of them.
#[utoipa::path(
    put,
    path = "/v1/sites/{site}/articles",
    tag = "newsroom",
    security(("key" = [])),
    params(SiteFromPath, ArticleFromQuery),
    request_body = PutArticle,
    responses((status = OK, body = admin::ArticleDetails), NewsroomWriteErrors),
)]
async fn put(
    State(app): State<App>,
    AuthorizedSite(site): AuthorizedSite,
    ArticleFromQuery(key): ArticleFromQuery,
    request: Request,
) -> Result<Response, Problem> {
    admin::reject_alias(&*app.store, &site, &key).await?;
    let PutArticle {
        title,
        byline,
        published,
        url,
        html,
        markdown,
        imported,
        poll,
    } = read(request).await?;
    if let Some(imported) = &imported {
        admin::check_imported(imported, &site)?;
    }
    if let Some(poll) = &poll {
        admin::check_poll(poll, &site)?;
    }
    let body = match (html, markdown) {
        (Some(html), None) => Some(Body::Html(html.into_bytes())),
        (None, Some(markdown)) => Some(Body::Markdown(markdown.into_bytes())),
        (None, None) => None,
        (Some(_), Some(_)) => {
            return Err(Problem::field(
                "markdown",
                "Send `html` or `markdown`, not both.",
            ));
        }
    };
    let mut warnings = Vec::new();
    let article = match (title, body) {
        (Some(title), Some(body)) => {
            let draft = Draft {
                title,
                byline,
                published,
                url,
                body,
            };
            warnings = draft.warnings();
            Some(clean(draft).await?)
        }
        (None, None) if imported.is_some() || poll.is_some() => None,
        (None, _) => return Err(Problem::field("title", "An article needs a title.")),
        (_, None) => {
            return Err(Problem::field(
                "html",
                "An article needs a body: `html` or `markdown`.",
            ));
        }
    };
    let today = Window::at((app.now)(), &site.time_zone).day;
    let publication = ArticleUpdate {
        article,
        imported,
        poll,
    };
    let known = admin::put(&*app.store, &site, today, &key, publication).await?;
    Ok(no_store(Json(admin::ArticleDetails { warnings, ..known })))
}

/// The query of a removal.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RemoveQuery {
    /// `1`: all that is known of it
    counts: Option<String>,
}

/// Removes the stored copy, and keeps the counts; with `counts=1`, deletes both permanently.
#[utoipa::path(
    delete,
    path = "/v1/sites/{site}/articles",
    tag = "newsroom",
    security(("key" = [])),
    params(SiteFromPath, ArticleFromQuery, RemoveQuery),
    responses((status = NO_CONTENT), NewsroomWriteErrors),
)]
async fn remove(
    State(app): State<App>,
    AuthorizedSite(site): AuthorizedSite,
    ArticleFromQuery(key): ArticleFromQuery,
    Query(query): Query<RemoveQuery>,
) -> Result<StatusCode, Problem> {
    admin::reject_alias(&*app.store, &site, &key).await?;
    let removal = if is_set(query.counts.as_deref()) {
        Removal::Everything
    } else {
        Removal::Copy
    };
    if admin::remove(&*app.store, &site, &key, removal).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(unknown(match removal {
        Removal::Everything => "Nothing is known of this article.",
        Removal::Copy => "There is no copy of this article. &counts=1 removes its counts.",
    }))
}

/// Sanitises an article on a blocking thread, because that takes milliseconds.
pub(super) async fn clean(draft: Draft) -> Result<wire::Article, Problem> {
    let cleaned = tokio::task::spawn_blocking(move || draft.article()).await;
    let failed = |_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The article could not be read; the log has the cause.",
        )
    };
    Ok(cleaned.map_err(failed)??)
}

async fn read(request: Request) -> Result<PutArticle, Problem> {
    let media = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|media| media.to_str().ok())
        .unwrap_or_default();
    if !media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/json")
    {
        let detail = "Send JSON as application/json.";
        return Err(
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).in_field("Content-Type")
        );
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
        .map_err(|error| Problem::field("body", format!("The JSON is not an article: {error}.")))
}

impl From<ArticleError> for Problem {
    fn from(error: ArticleError) -> Self {
        match error {
            ArticleError::Field(error) => error.into(),
            ArticleError::Store(error) => error.into(),
        }
    }
}

impl From<FieldError> for Problem {
    fn from(FieldError { field, reason }: FieldError) -> Self {
        Self::field(field, reason)
    }
}

fn unknown(detail: &str) -> Problem {
    Problem::not_found(detail).in_field("article")
}

/// Adds `Cache-Control: no-store`.
fn no_store(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
