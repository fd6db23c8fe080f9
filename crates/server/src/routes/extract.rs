use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{Method, StatusCode, Uri, header, request::Parts},
};
use config::{Config, Site};
use futures_util::StreamExt;
use metrics::Reason;
use url::form_urlencoded;
use visitor::wider_network;
use wire::{MAX_BODY_BYTES, SiteId};

use super::{caller::ClientAddress, origin};
use crate::{problem::Problem, state::App};

/// The site in the path. For writes, the request's origin must be allowed by the site.
pub(crate) struct SiteFromPath(pub(crate) Arc<Site>);

impl FromRequestParts<App> for SiteFromPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let site = site_of(parts, app).await?;
        if matches!(parts.method, Method::POST | Method::DELETE) {
            origin::check(&site, &parts.headers).inspect_err(|_| {
                app.metrics.refused.add(Reason::Origin);
                log_refused(app, &site, origin::header(&parts.headers));
            })?;
        }
        Ok(Self(site))
    }
}

/// Logs a refused origin, at most once a minute.
pub(super) fn log_refused(app: &App, site: &Site, origin: Option<&str>) {
    if let Some(requests) = app.refused_origins.due((app.now)()) {
        let (site, origin) = (&site.id, origin::logged(origin));
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
    let Ok(Path(id)) = Path::<String>::from_request_parts(parts, app).await else { return Err(no_site("")) };
    let config = app.config.of(&mut parts.extensions);
    SiteId::parse(&id).ok().and_then(|id| config.site(&id).cloned()).ok_or_else(|| no_site(&id))
}

/// Maximum length of a site's name that an error message repeats: that of a valid name.
const MAX_SHOWN_SITE_CHARS: usize = 40;

/// The error for an unknown site.
pub(super) fn no_site(id: &str) -> Problem {
    let name: String = id.chars().take(MAX_SHOWN_SITE_CHARS).flat_map(char::escape_debug).collect();
    let name = if name.is_empty() { String::new() } else { format!(" `{name}`") };
    Problem::not_found(format!("There is no site{name} here. See `sites` in gema.toml.")).in_field("site")
}

/// Whether the request comes from a page of the site, or of the endpoint.
pub(super) struct FromSitePage(pub(super) bool);

impl FromRequestParts<App> for FromSitePage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let site = site_of(parts, app).await?;
        Ok(Self(origin::is_of_site(&site, &parts.headers)))
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

/// A JSON body, sent as JSON, or as plain text, which needs no CORS preflight.
pub(crate) struct JsonBody(pub(crate) Vec<u8>);

impl FromRequest<App> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let remedy = "Send JSON as application/json or text/plain.";
        body(app, request, &["application/json", "text/plain"], remedy).await.map(Self)
    }
}

/// The fields of a form, decoded, in order.
pub(crate) struct FormFields(pub(crate) Vec<(String, String)>);

impl FromRequest<App> for FormFields {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";
        let body = body(app, request, &[MEDIA_TYPE], "Send the form as application/x-www-form-urlencoded.").await?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

/// A body with one of these content types.
async fn body(app: &App, request: Request, known: &[&str], remedy: &'static str) -> Result<Vec<u8>, Problem> {
    let (mut parts, body) = request.into_parts();
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or("");
    let essence = media.split(';').next().unwrap_or("").trim();
    if !known.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, remedy).in_field("Content-Type"));
    }
    let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, app).await;
    let config = app.config.of(&mut parts.extensions);
    let network = Some(wider_network(address)).filter(|_| !config.is_proxy(address));
    let Ok(body) = tokio::time::timeout(BODY_TIMEOUT, collect(app, network, body)).await else {
        let detail = format!("The body must arrive within {} seconds. Send it again.", BODY_TIMEOUT.as_secs());
        return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail).in_field("body"));
    };
    body
}

/// Collects the body within the memory budget. Copies its pieces, because each would keep the connection's buffer
/// alive.
async fn collect(app: &App, network: Option<IpAddr>, body: Body) -> Result<Vec<u8>, Problem> {
    let (mut reserved, mut bytes) = (app.body_budget.reserve(network), Vec::new());
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::field("body", "The body ended too early."))?;
        if bytes.len() + piece.len() > MAX_BODY_BYTES {
            let detail = format!("The body must be at most {MAX_BODY_BYTES} bytes. Send several requests.");
            let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
            return Err(problem.in_field("body").with_limit(MAX_BODY_BYTES));
        }
        if !reserved.grow_to(bytes.len() + piece.len()) {
            let detail = "Too many large requests are on their way. Send it again, or in smaller parts.";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(BODY_RETRY_SECONDS));
        }
        // Exactly, because doubling the capacity would exceed the reservation.
        bytes.reserve_exact(piece.len());
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Seconds until a retry, when the memory budget is exhausted.
const BODY_RETRY_SECONDS: u32 = 5;

/// Timeout of a body. 64 KiB in this time is slower than any phone network.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// Whether the body was rejected for its length.
pub(super) fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

/// The parameters of a query, decoded, in order. At most 6 KB.
pub(crate) fn query(uri: &Uri) -> Result<Vec<(String, String)>, Problem> {
    if uri.query().is_some_and(|query| query.len() > MAX_QUERY_BYTES) {
        let detail = format!("The query must be at most {MAX_QUERY_BYTES} bytes. Send several requests.");
        return Err(Problem::new(StatusCode::URI_TOO_LONG, detail).in_field("query").with_limit(MAX_QUERY_BYTES));
    }
    match Query::try_from_uri(uri) {
        Ok(Query(pairs)) => Ok(pairs),
        Err(_) => Err(Problem::field("query", "The query must be percent-encoded UTF-8.")),
    }
}

/// The first value of a parameter.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A length that proxies in front of the endpoint accept.
const MAX_QUERY_BYTES: usize = 6 * 1024;
