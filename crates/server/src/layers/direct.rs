//! Answers readers' events without the router, whose layers and extractors cost more than an event itself.

use std::{
    convert::Infallible,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use futures_util::future::Either;
use tower::Service;
use tower_http::classify::ServerErrorsFailureClass;

use super::{response_budget::within_budget, write_block::complete_write};
use crate::{
    problem::Problem,
    routes::{BudgetAddress, events, plain_site_in_path},
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
        Either::Left(Box::pin(async move { Ok(answer(&app, request).await) }))
    }
}

/// Whether the request is answered here. The router's layers log each request, if that is wanted.
fn is_direct(request: &Request) -> bool {
    *request.method() == Method::POST
        && plain_site_in_path(request.uri().path()).is_some_and(|(_, rest)| rest == EVENTS)
        && !tracing::enabled!(tracing::Level::DEBUG)
}

async fn answer(app: &App, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let BudgetAddress(client) = BudgetAddress::of(&mut parts.extensions, &parts.headers, app);
    let answering = async {
        let answered = events::answer(app, Request::from_parts(parts, body)).await;
        Ok(answered.unwrap_or_else(IntoResponse::into_response))
    };
    let mut response = catch_panic(complete_write(app, answering))
        .await
        .unwrap_or_else(IntoResponse::into_response);
    if response.status().is_server_error() {
        app.log_failure(&ServerErrorsFailureClass::StatusCode(response.status()));
    }
    let public = PUBLIC_HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(public);
    within_budget(app, client, response)
}

async fn catch_panic(
    answering: impl Future<Output = Result<Response, Problem>>,
) -> Result<Response, Problem> {
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
        let answering = poll_fn(|_| -> Poll<Result<Response, Problem>> { panic!("of the test") });
        let problem = catch_panic(answering).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
