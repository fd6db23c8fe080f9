use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use config::{Clients, Site};
use html_escape::encode_text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Client;
use widget::format;
use wire::{ArticleKey, SiteId};

use super::{
    counts::{article, tallies},
    request::{ClientSite, ClientWrite, Protocol},
};
use crate::{
    problem::Problem,
    routes::{
        badge,
        caller::UncachedRead,
        conditional,
        extract::Query,
        openapi_errors::{ClientReadErrors, ClientWriteErrors},
        view::{LoadedView, load_view},
    },
    state::App,
};

/// The end of the path that counts, also by GET.
pub(super) const COUNT_PATH_END: &str = "/goatcounter/count";

/// A transparent image of one pixel.
const PIXEL: [u8; 43] =
    *b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\
    \x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// The header that tells why a page view was not counted.
const WHY: &str = "x-goatcounter";

/// The least number with which the client's script marks a robot; smaller ones are the server's own.
const LEAST_ROBOT: i32 = 150;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(count_by_image))
        .routes(routes!(count_by_beacon))
        .routes(routes!(counter))
}

struct GoatCounter;

impl Protocol for GoatCounter {
    const CLIENT: Client = Client::GoatCounter;
    type Error = GoatCounterError;
    fn is_on(clients: &Clients) -> bool {
        clients.goatcounter
    }
}

/// The client's parameters; its others are not used.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountQuery {
    /// The page's path, or a name for it
    p: Option<String>,
    /// `true`: an event, which does not count
    e: Option<String>,
    /// The script's guess that it is run by a robot: 150 or more
    b: Option<i32>,
}

/// Counts a page view of GoatCounter's client, sent as an image.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/goatcounter/count",
    tag = "clients",
    params(("site" = SiteId, Path), CountQuery),
    responses(
        (status = OK, content_type = "image/gif", body = Vec<u8>),
        (status = ACCEPTED, content_type = "image/gif", body = Vec<u8>, description = "It did not count; `X-Goatcounter` says why."),
        ClientWriteErrors
    ),
)]
async fn count_by_image(
    request: ClientWrite<GoatCounter>,
    method: Method,
    headers: HeaderMap,
    query: Result<Query<CountQuery>, Problem>,
) -> Result<Response, GoatCounterError> {
    if method == Method::HEAD {
        return Ok(ignored("HEAD requests do not count"));
    }
    count(&request, &headers, query).await
}

/// Counts a page view of GoatCounter's client, sent by a beacon.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/goatcounter/count",
    tag = "clients",
    params(("site" = SiteId, Path), CountQuery),
    responses(
        (status = OK, content_type = "image/gif", body = Vec<u8>),
        (status = ACCEPTED, content_type = "image/gif", body = Vec<u8>, description = "It did not count; `X-Goatcounter` says why."),
        ClientWriteErrors
    ),
)]
async fn count_by_beacon(
    request: ClientWrite<GoatCounter>,
    headers: HeaderMap,
    query: Result<Query<CountQuery>, Problem>,
) -> Result<Response, GoatCounterError> {
    count(&request, &headers, query).await
}

async fn count(
    request: &ClientWrite<GoatCounter>,
    headers: &HeaderMap,
    query: Result<Query<CountQuery>, Problem>,
) -> Result<Response, GoatCounterError> {
    let Query(CountQuery { p, e, b }) = query?;
    let path = p.ok_or_else(|| Problem::field("p", "Name the page: ?p=/path"))?;
    let signals = match b {
        None | Some(0) => Vec::new(),
        Some(LEAST_ROBOT..) => vec!["webdriver".to_owned()],
        Some(_) => return Err(Problem::field("b", "It must be 0, or 150 or more.").into()),
    };
    if e.as_deref() == Some("true") {
        return Ok(ignored("events do not count, only page views"));
    }
    if is_prefetch(headers) {
        return Ok(ignored("a page that is only prefetched does not count"));
    }
    let Some(article) = article(&path) else {
        return Ok(ignored("the home page is no article"));
    };
    match request.read(article, signals).await? {
        Ok(_) => Ok(pixel(StatusCode::OK)),
        Err(why) => Ok(ignored(&format!("{} {}", why.field, why.reason))),
    }
}

/// Whether the browser fetches the page before its reader opens it.
fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let purpose = headers.get(*name).and_then(|purpose| purpose.to_str().ok());
        purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
    })
}

fn pixel(status: StatusCode) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/gif"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, PIXEL).into_response()
}

fn ignored(why: &str) -> Response {
    with_reason(
        pixel(StatusCode::ACCEPTED),
        &format!("ignored because {why}"),
    )
}

fn with_reason(mut response: Response, why: &str) -> Response {
    if let Ok(why) = HeaderValue::from_str(why) {
        response.headers_mut().insert(WHY, why);
    }
    response
}

/// An error, with its reason in the client's header too.
struct GoatCounterError(Problem);

impl From<Problem> for GoatCounterError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for GoatCounterError {
    fn into_response(self) -> Response {
        let why = self.0.detail().to_owned();
        with_reason(self.0.into_response(), &why)
    }
}

/// The days of the counter, which the endpoint does not have.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CounterQuery {
    /// Refused: the counter has all days
    start: Option<String>,
    /// Refused: the counter has all days
    end: Option<String>,
    /// The language of the image's text
    lang: Option<String>,
}

/// The page views of a page, as texts with narrow spaces between thousands.
#[derive(Serialize, ToSchema)]
struct CounterAnswer {
    count: String,
    count_unique: String,
}

/// The page views of a page, for GoatCounter's visitor counter: the path with `.json`, `.svg` or `.html` after it.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/goatcounter/counter/{*path}",
    tag = "clients",
    params(("site" = SiteId, Path), ("path" = String, Path), CounterQuery),
    responses(
        (status = OK, content(
            (CounterAnswer = "application/json"),
            (String = "image/svg+xml"),
            (String = "text/html"),
        )),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ClientReadErrors
    ),
)]
async fn counter(
    State(app): State<App>,
    ClientSite(site, _): ClientSite<GoatCounter>,
    _: UncachedRead,
    Path(parts): Path<(String, String)>,
    Query(query): Query<CounterQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if query.start.is_some() || query.end.is_some() {
        let detail = "The counter has all days together. Leave out start and end.";
        return Err(Problem::field("start", detail));
    }
    let (_, named) = parts;
    let (path, form) = CounterForm::of(&named)?;
    let keys = keys(path);
    let found = tallies(&app, &site, &keys).await?;
    let counted = keys.into_iter().zip(found).find(|(_, tally)| tally.rev > 0);
    let (key, tally) = counted.ok_or_else(|| {
        Problem::not_found("No article with this path has been read.").in_field("path")
    })?;
    let (media, body) = match form {
        CounterForm::Json => ("application/json", json(tally.reads)),
        CounterForm::Svg => {
            let (_, svg) = drawn(&app, &site, &key, query.lang.as_deref()).await?;
            ("image/svg+xml", svg.into_bytes())
        }
        CounterForm::Html => {
            let (text, svg) = drawn(&app, &site, &key, query.lang.as_deref()).await?;
            ("text/html; charset=utf-8", page(&text, &svg).into_bytes())
        }
    };
    Ok(conditional::public_uncached(&headers, media, body))
}

/// The form of the counter, by the ending of its path.
enum CounterForm {
    Json,
    Svg,
    Html,
}

impl CounterForm {
    /// The page's path, and the form.
    fn of(named: &str) -> Result<(&str, Self), Problem> {
        match named.rsplit_once('.') {
            Some((path, "json")) => Ok((path, Self::Json)),
            Some((path, "svg")) => Ok((path, Self::Svg)),
            Some((path, "html")) => Ok((path, Self::Html)),
            _ => Err(Problem::field(
                "path",
                "Add .json, .svg or .html to the page's path.",
            )),
        }
    }
}

fn json(reads: u64) -> Vec<u8> {
    let count = grouped(reads);
    let answer = CounterAnswer {
        count: count.clone(),
        count_unique: count,
    };
    // Two texts: serialising them cannot fail.
    serde_json::to_vec(&answer).unwrap_or_default()
}

/// The reads as a text, and as an image with it.
async fn drawn(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    lang: Option<&str>,
) -> Result<(String, String), Problem> {
    let LoadedView { view, language, .. } = load_view(app, site, key, lang).await?;
    let texts = &view.labels.reads;
    let text = format::count(locale::formatter(&language), texts, view.tally.reads);
    let svg = badge::draw(&text, &view.locale, view.dir);
    Ok((text, svg))
}

/// The keys that the counter's path may mean: itself, and with a slash before it.
fn keys(path: &str) -> Vec<ArticleKey> {
    let with_slash = format!("/{}", path.trim_matches('/'));
    let mut keys: Vec<_> = [path, &with_slash]
        .into_iter()
        .filter_map(article)
        .collect();
    keys.dedup();
    keys
}

/// The image as a page, for a frame.
fn page(text: &str, svg: &str) -> String {
    let title = encode_text(text);
    format!("<!doctype html><meta charset=utf-8><title>{title}</title>{svg}")
}

/// A count with narrow spaces between thousands, as GoatCounter writes it by default.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouped_has_narrow_spaces_between_thousands() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_234, "1\u{202f}234"),
            (1_234_567, "1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn keys_are_the_path_and_with_a_slash() {
        let texts = |path| {
            keys(path)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(texts("/2015/a"), ["/2015/a"]);
        assert_eq!(texts("2015/a"), ["2015/a", "/2015/a"]);
        assert_eq!(texts("/a/"), ["/a/", "/a"]);
        assert_eq!(texts("/"), [""; 0]);
    }
}
