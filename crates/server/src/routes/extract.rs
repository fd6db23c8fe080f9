use std::{borrow::Cow, collections::HashSet, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{Method, StatusCode, header, request::Parts},
};
use config::{Config, Site};
use futures_util::StreamExt;
use metrics::{Kind, Reason};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use text::key::article_key;
use url::form_urlencoded;
use utoipa::IntoParams;
use visitor::wider_network;
use wire::{ArticleKey, MAX_BODY_BYTES, SiteId};

use super::{caller::BudgetAddress, origin, site_path::plain_site_in_path};
use crate::{problem::Problem, state::App};

/// The site in the path. For writes, the request's origin must be allowed by the site.
#[derive(IntoParams)]
#[into_params(names("site"), parameter_in = Path)]
pub(crate) struct SiteFromPath(#[param(value_type = SiteId)] pub(crate) Arc<Site>);

impl FromRequestParts<App> for SiteFromPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let site = site_of(parts, app).await?;
        if matches!(parts.method, Method::POST | Method::DELETE) {
            check_origin(&site, parts, app)?;
        }
        Ok(Self(site))
    }
}

/// Whether the request's origin may write to the site; counts and logs a refusal.
fn check_origin(site: &Site, parts: &mut Parts, app: &App) -> Result<(), Problem> {
    let config = app.config.of(&mut parts.extensions);
    let checked = if is_frame_form(parts) {
        origin::check_form(site, &parts.headers)
    } else {
        origin::check(&config, site, &parts.headers)
    };
    checked.inspect_err(|_| {
        app.metrics.refused.add(Reason::Origin);
        app.count_refused(site, None, Kind::Unknown, Reason::Origin);
        log_refused(app, site, origin::header(&parts.headers));
    })
}

/// Whether the request sends the form of the frame.
fn is_frame_form(parts: &Parts) -> bool {
    parts.method == Method::POST && parts.uri.path().ends_with("/widget.html")
}

/// Logs a refused origin, at most once a minute.
pub(super) fn log_refused(app: &App, site: &Site, origin: Option<&str>) {
    if let Some(requests) = app.refused_origins.due((app.now)()) {
        let site = &site.id;
        let origin = origin::logged(origin);
        tracing::warn!(%site, origin, requests, "a page that the site does not list was refused: see `origins` in gema.toml");
    }
}

/// The site in the path, without a check of the origin: for the local socket.
pub(crate) struct AnySite(pub(crate) Arc<Site>);

impl FromRequestParts<App> for AnySite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(site_of(parts, app).await?))
    }
}

/// The site in the path, or status 404.
pub(super) async fn site_of(parts: &mut Parts, app: &App) -> Result<Arc<Site>, Problem> {
    let config = app.config.of(&mut parts.extensions);
    if let Some((name, _)) = plain_site_in_path(parts.uri.path()) {
        return site_in(&config, name);
    }
    let Ok(Path(id)) = Path::<String>::from_request_parts(parts, app).await else {
        return Err(no_site(""));
    };
    site_in(&config, &id)
}

/// The site with that name, or status 404.
pub(super) fn site_named(id: &str, parts: &mut Parts, app: &App) -> Result<Arc<Site>, Problem> {
    site_in(&app.config.of(&mut parts.extensions), id)
}

fn site_in(config: &Config, id: &str) -> Result<Arc<Site>, Problem> {
    SiteId::parse(id)
        .ok()
        .and_then(|id| config.site(&id).cloned())
        .ok_or_else(|| no_site(id))
}

/// Maximum length of a site's name that an error message repeats: that of a valid name.
const MAX_SHOWN_SITE_CHARS: usize = 40;

/// The error for an unknown site.
pub(super) fn no_site(id: &str) -> Problem {
    let name: String = id
        .chars()
        .take(MAX_SHOWN_SITE_CHARS)
        .flat_map(char::escape_debug)
        .collect();
    let name = if name.is_empty() {
        String::new()
    } else {
        format!(" `{name}`")
    };
    Problem::not_found(format!(
        "There is no site{name} here. See `sites` in gema.toml."
    ))
    .in_field("site")
}

/// Whether the request comes from a page of the site, or of the endpoint.
pub(super) struct FromSitePage(pub(super) bool);

impl FromRequestParts<App> for FromSitePage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let site = site_of(parts, app).await?;
        let config = app.config.of(&mut parts.extensions);
        Ok(Self(origin::is_of_site(&config, &site, &parts.headers)))
    }
}

/// The configuration, the same throughout a request.
pub(crate) struct CurrentConfig(pub(crate) Arc<Config>);

impl FromRequestParts<App> for CurrentConfig {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(app.config.of(&mut parts.extensions)))
    }
}

/// A JSON body, sent as JSON, or as plain text, which needs no CORS preflight. Not a list: derived parsers take one for an
/// object.
pub(crate) struct JsonBody(pub(crate) Vec<u8>);

impl FromRequest<App> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        Self::of(app, &mut parts, body.into()).await
    }
}

impl JsonBody {
    /// The body of the request with these parts.
    pub(super) async fn of(
        app: &App,
        parts: &mut Parts,
        sent: RequestBody,
    ) -> Result<Self, Problem> {
        let remedy = "Send JSON as application/json or text/plain.";
        let known = ["application/json", "text/plain"];
        let body = body(app, (parts, sent), &known, remedy).await?;
        match body.trim_ascii_start() {
            [b'[', ..] => Err(Problem::field(
                "body",
                "The body must be an object, not a list.",
            )),
            _ => Ok(Self(body)),
        }
    }
}

/// The fields of a form, decoded, in order.
pub(crate) struct FormFields(pub(crate) Vec<(String, String)>);

impl FromRequest<App> for FormFields {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";
        let (mut parts, sent) = request.into_parts();
        let body = body(
            app,
            (&mut parts, sent.into()),
            &[MEDIA_TYPE],
            "Send the form as application/x-www-form-urlencoded.",
        )
        .await?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

/// A short text, sent as plain text or as the name of a form's first field.
pub(crate) struct TextBody(pub(crate) String);

impl FromRequest<App> for TextBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        const MEDIA_TYPES: [&str; 2] = ["text/plain", "application/x-www-form-urlencoded"];
        let remedy = "Send the text as text/plain or application/x-www-form-urlencoded.";
        let (mut parts, sent) = request.into_parts();
        let body = body(app, (&mut parts, sent.into()), &MEDIA_TYPES, remedy).await?;
        let name = form_urlencoded::parse(&body).next();
        Ok(Self(
            name.map_or(String::new(), |(name, _)| name.into_owned()),
        ))
    }
}

/// The body of a request.
pub(crate) enum RequestBody {
    /// It may not have arrived yet.
    Arriving(Body),
    /// A small one, which needs no share of the memory budget.
    Received(Vec<u8>),
}

impl From<Body> for RequestBody {
    fn from(body: Body) -> Self {
        Self::Arriving(body)
    }
}

/// A body with one of these content types.
async fn body(
    app: &App,
    (parts, sent): (&mut Parts, RequestBody),
    known: &[&str],
    remedy: &'static str,
) -> Result<Vec<u8>, Problem> {
    let media = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|media| media.to_str().ok())
        .unwrap_or("");
    let essence = media.split(';').next().unwrap_or("").trim();
    if !known
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
    {
        return Err(
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, remedy).in_field("Content-Type")
        );
    }
    match sent {
        RequestBody::Received(body) => Ok(body),
        // Boxed, so that a body that is there already does not take the space of one that is not.
        RequestBody::Arriving(body) => Box::pin(arrived(app, parts, body)).await,
    }
}

/// The body once it has arrived.
async fn arrived(app: &App, parts: &mut Parts, body: Body) -> Result<Vec<u8>, Problem> {
    let BudgetAddress(address) = BudgetAddress::of(&mut parts.extensions, &parts.headers, app);
    let network = address.map(wider_network);
    let Ok(body) = tokio::time::timeout(BODY_TIMEOUT, collect(app, network, body)).await else {
        let detail = format!(
            "The body must arrive within {} seconds. Send it again.",
            BODY_TIMEOUT.as_secs()
        );
        return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail).in_field("body"));
    };
    body
}

/// Collects the body within the memory budget. Copies its pieces, because each would keep the connection's buffer
/// alive.
async fn collect(app: &App, network: Option<IpAddr>, body: Body) -> Result<Vec<u8>, Problem> {
    let mut reserved = app.body_budget.reserve(network);
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::field("body", "The body ended too early."))?;
        if bytes.len() + piece.len() > MAX_BODY_BYTES {
            let detail =
                format!("The body must be at most {MAX_BODY_BYTES} bytes. Send several requests.");
            let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
            return Err(problem.in_field("body").with_limit(MAX_BODY_BYTES));
        }
        if !reserved.grow_to(bytes.len() + piece.len()) {
            let detail =
                "Too many large requests are in flight. Send it again, or in smaller parts.";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .with_retry_after(BODY_RETRY_DELAY));
        }
        // Exactly, because doubling the capacity would exceed the reservation.
        bytes.reserve_exact(piece.len());
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The wait until a retry, when the memory budget is exhausted.
const BODY_RETRY_DELAY: Duration = Duration::from_secs(5);

/// Timeout of a body. 64 KiB in this time is slower than any phone network.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// Whether the body was rejected for its length.
pub(super) fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

/// The parameters of a query of at most 6 KB. Unknown ones are ignored, and of a repeated one the first counts.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            let detail = format!(
                "The query must be at most {MAX_QUERY_BYTES} bytes. Send several requests."
            );
            let problem = Problem::new(StatusCode::URI_TOO_LONG, detail);
            return Err(problem.in_field("query").with_limit(MAX_QUERY_BYTES));
        }
        from_pairs(form_urlencoded::parse(query.as_bytes())).map(Self)
    }
}

/// A length that proxies in front of the endpoint accept.
const MAX_QUERY_BYTES: usize = 6 * 1024;

/// The only parameter that may be a list.
const LIST_PARAMETER: &str = "article";

/// Deserialises parameters, of which the first of each name counts. An error names the parameter.
pub(super) fn from_pairs<'a, T: DeserializeOwned>(
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
) -> Result<T, Problem> {
    let mut seen = HashSet::new();
    let pairs = pairs.filter(|(name, _)| name == LIST_PARAMETER || seen.insert(name.clone()));
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let fields = serde_html_form::Deserializer::from_bytes(form.as_bytes());
    serde_path_to_error::deserialize(fields)
        .map_err(|error| Problem::field(error.path().to_string(), error.inner().to_string()))
}

/// The article in the query.
#[derive(IntoParams)]
#[into_params(names("article"), parameter_in = Query)]
pub(crate) struct ArticleFromQuery(pub(crate) ArticleKey);

impl FromRequestParts<App> for ArticleFromQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct ArticleQuery {
            #[serde(default, deserialize_with = "key")]
            article: Option<ArticleKey>,
        }
        let Query(ArticleQuery { article }) = Query::from_request_parts(parts, app).await?;
        article
            .map(Self)
            .ok_or_else(|| Problem::field("article", "Name the article: ?article=KEY"))
    }
}

/// Deserialises an article key, the first of a list.
pub(super) fn key<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ArticleKey>, D::Error> {
    let first = Vec::<String>::deserialize(deserializer)?.into_iter().next();
    let key = first.map(|text| article_key(&text)).transpose();
    key.map_err(|invalid| D::Error::custom(format_args!("The key {invalid}.")))
}

/// Parses a number of a query. An invalid one becomes 0, which no parameter allows.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Some(text.parse().unwrap_or_default()))
}

/// Whether a parameter is `1`.
pub(crate) fn is_set(value: Option<&str>) -> bool {
    value == Some("1")
}

/// The first value of a form's field.
pub(crate) fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Parameters {
        lang: Option<String>,
        #[serde(default, deserialize_with = "key")]
        article: Option<ArticleKey>,
    }

    fn parse(query: &str) -> Result<Parameters, Problem> {
        from_pairs(form_urlencoded::parse(query.as_bytes()))
    }

    #[test]
    fn a_query_has_the_first_value_of_each_parameter() {
        let parameters = |lang: Option<&str>, key: &str| Parameters {
            lang: lang.map(Into::into),
            article: Some(ArticleKey::parse(key).unwrap()),
        };
        for (query, expected) in [
            (
                "lang=id&x=1&lang=en&article=+a&article=b&lang",
                parameters(Some("id"), "a"),
            ),
            ("%61rticle=a%26b&lang=", parameters(Some(""), "a&b")),
            ("article=a&x&&=", parameters(None, "a")),
        ] {
            assert_eq!(parse(query), Ok(expected), "{query}");
        }
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        let problem = Problem::field("article", "The key may not have control characters.");
        assert_eq!(parse("lang=id&article=a%00&article=b"), Err(problem));
    }
}
