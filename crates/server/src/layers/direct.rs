//! Answers readers' events without the router, whose layers and extractors cost more than an event itself.

use std::{
    convert::Infallible,
    future::poll_fn,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::LazyLock,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    http::{self, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::{FutureExt, future::Either};
use http_body_util::{BodyExt, Collected};
use metrics::Route;
use tower::Service;
use tower_http::classify::ServerErrorsFailureClass;
use wire::SiteId;

use super::{response_budget::within_budget, write_block::complete_write};
use crate::{
    problem::Problem,
    routes::{BudgetAddress, RequestBody, events, plain_site_in_path},
    serve::{EarlyResponse, LaterResponse, PlainPost, encoded_head, note_peer, with_length},
    state::App,
};

/// The last part of the path that is answered here.
const EVENTS: &str = "events";

/// The headers that the router's layers add to a response which every page may read.
const PUBLIC_HEADERS: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after,etag"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Answers `POST …/events`, and passes all other requests on.
#[derive(Clone)]
pub struct DirectService<S> {
    app: App,
    inner: S,
}

impl<S> DirectService<S> {
    /// Wraps these routes.
    pub(crate) fn new(app: App, inner: S) -> Self {
        Self { app, inner }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for DirectService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Answering, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !is_direct(&request) {
            return Either::Right(self.inner.call(request));
        }
        let app = self.app.clone();
        Either::Left(Box::pin(async move { Ok(respond(&app, request).await) }))
    }
}

/// Whether the request is answered here.
fn is_direct(request: &Request) -> bool {
    *request.method() == Method::POST
        && plain_site_in_path(request.uri().path()).is_some_and(|(_, rest)| rest == EVENTS)
        && !is_logged()
}

/// Whether each request is logged, as the router's layers do.
fn is_logged() -> bool {
    tracing::enabled!(tracing::Level::DEBUG)
}

/// The response to a request that is answered here.
async fn respond(app: &App, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let answered = answer(app, &mut parts, body.into()).await;
    response(app, &mut parts, answered)
}

/// The body of the answer.
async fn answer(app: &App, parts: &mut Parts, body: RequestBody) -> Result<Vec<u8>, Problem> {
    let answering = complete_write(app, events::answer(app, parts, body));
    let answered = catch_panic(async { answering.await.flatten() }).await;
    answered.inspect_err(|problem| {
        let status = problem.status();
        if status.is_server_error() {
            app.log_failure(&ServerErrorsFailureClass::StatusCode(status));
        }
    })
}

/// The response with this answer.
fn response(app: &App, parts: &mut Parts, answered: Result<Vec<u8>, Problem>) -> Response {
    let mut response = answered.map_or_else(IntoResponse::into_response, events::response);
    add_public_headers(&mut response);
    let BudgetAddress(client) = BudgetAddress::of(&mut parts.extensions, &parts.headers, app);
    within_budget(app, client, response)
}

fn add_public_headers(response: &mut Response) {
    let public = PUBLIC_HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(public);
}

/// The response to a request with events that hyper has not parsed. `None`: the routes respond.
pub(super) fn early_response(
    app: &App,
    post: &PlainPost<'_>,
    peer: Option<SocketAddr>,
) -> Option<LaterResponse> {
    let (site, rest) = plain_site_in_path(post.target)?;
    if rest != EVENTS
        || SiteId::parse(site).is_err()
        || !app.body_budget.is_free(post.body.len())
        || is_logged()
    {
        return None;
    }
    let mut parts = parts(post, peer)?;
    let body = RequestBody::Received(post.body.to_vec());
    let app = app.clone();
    Some(Box::pin(async move {
        let answered = answer(&app, &mut parts, body).await;
        let (status, early) = match answered {
            Ok(body) if app.response_budget.is_free(body.len()) => {
                let head = with_length(&HEAD_OF_ANSWER, body.len());
                let body = body.into();
                (StatusCode::OK, EarlyResponse { head, body })
            }
            answered => encoded(response(&app, &mut parts, answered)),
        };
        app.metrics
            .requests
            .add_pair(Route::Events, status.into(), 1);
        early
    }))
}

/// The parts of a request on which its answer depends.
fn parts(post: &PlainPost<'_>, peer: Option<SocketAddr>) -> Option<Parts> {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.method = Method::POST;
    parts.uri = post.target.parse().ok()?;
    for (name, value) in post.headers() {
        let known = |known: &&HeaderName| name.eq_ignore_ascii_case(known.as_str());
        if let Some(name) = events::REQUEST_HEADERS.iter().find(known) {
            let value = HeaderValue::from_bytes(value).ok()?;
            parts.headers.append(name, value);
        }
    }
    note_peer(&mut parts.extensions, peer);
    Some(parts)
}

/// Status line and headers of a response with tallies, without its length.
static HEAD_OF_ANSWER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut response = events::response(Vec::new());
    add_public_headers(&mut response);
    encoded_head(StatusCode::OK, response.headers())
});

/// The status of a response whose body is in memory, and the response as it is sent.
fn encoded(response: Response) -> (StatusCode, EarlyResponse) {
    let (parts, body) = response.into_parts();
    // This neither waits nor fails.
    let collected = body.collect().now_or_never().and_then(Result::ok);
    let body = collected.map(Collected::to_bytes).unwrap_or_default();
    let head = with_length(&encoded_head(parts.status, &parts.headers), body.len());
    (parts.status, EarlyResponse { head, body })
}

async fn catch_panic(
    answering: impl Future<Output = Result<Vec<u8>, Problem>>,
) -> Result<Vec<u8>, Problem> {
    let mut answering = pin!(answering);
    let poll = |context: &mut Context<'_>| {
        let polled = catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(Problem::internal_error())))
    };
    poll_fn(poll).await
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_internal_error() {
        let answering = poll_fn(|_| -> Poll<Result<Vec<u8>, Problem>> { panic!("of the test") });
        let problem = catch_panic(answering).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
