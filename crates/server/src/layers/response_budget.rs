//! Memory of large responses, which a client can hold by not reading them: reserved until the response is written to the
//! connection.

use std::{
    convert::Infallible,
    future::Future,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use pin_project_lite::pin_project;
use visitor::wider_network;

use crate::{memory_budget::Reservation, problem::Problem, state::App};

/// The body of a response, and its share of the memory budget. Dropped when it is written.
struct ReservedBody {
    body: Bytes,
    _reservation: Reservation,
}

impl AsRef<[u8]> for ReservedBody {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// Whether the response needs a share of the memory budget.
pub(super) fn needs_budget(app: &App, response: &Response) -> bool {
    !app.response_budget.is_free(length(response))
}

/// Length of a body in memory. Streams have no exact length.
fn length(response: &Response) -> usize {
    let exact = response.body().size_hint().exact();
    exact
        .and_then(|bytes| usize::try_from(bytes).ok())
        .unwrap_or(0)
}

/// Reserves memory for a large response to this client; responds with status 503 if the budget is exhausted.
pub(super) fn within_budget(app: &App, client: Option<IpAddr>, response: Response) -> Response {
    if !needs_budget(app, &response) {
        return response;
    }
    let mut reservation = app.response_budget.reserve(client.map(wider_network));
    if !reservation.grow_to(length(&response)) {
        return refusal(&response);
    }
    let (parts, body) = response.into_parts();
    // The body is in memory, so this neither waits nor fails.
    let Some(Ok(body)) = body.collect().now_or_never() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let reserved = ReservedBody {
        body: body.to_bytes(),
        _reservation: reservation,
    };
    Response::from_parts(parts, Body::from(Bytes::from_owner(reserved)))
}

/// The refusal, readable by the same pages as the response.
fn refusal(response: &Response) -> Response {
    let mut refusal = Problem::too_many_unread_responses().into_response();
    for name in [
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderName::from_static("cross-origin-resource-policy"),
        header::X_CONTENT_TYPE_OPTIONS,
    ] {
        if let Some(value) = response.headers().get(&name) {
            refusal.headers_mut().insert(name, value.clone());
        }
    }
    refusal
}

pin_project! {
    /// A response in progress, to which [`within_budget`] applies.
    pub struct BudgetedFuture<F> {
        #[pin]
        response: F,
        // `None`: the response is exempt.
        recipient: Option<(App, Option<IpAddr>)>,
    }
}

impl<F> BudgetedFuture<F> {
    pub(super) fn new(response: F, app: App, client: Option<IpAddr>) -> Self {
        let recipient = Some((app, client));
        Self {
            response,
            recipient,
        }
    }

    /// For a response that takes no memory.
    pub(super) fn exempt(response: F) -> Self {
        let recipient = None;
        Self {
            response,
            recipient,
        }
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for BudgetedFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.response.poll(context))?;
        Poll::Ready(Ok(match this.recipient {
            Some((app, client)) => within_budget(app, *client, response),
            None => response,
        }))
    }
}
