//! Waline's client, version 3 below `waline/api/` and version 2 below `waline/`. A choice is up to two requests: the
//! old option is taken back, and the new one is chosen. Only the browser knows the old one; the endpoint takes back what
//! the reader has chosen, and nothing else.

/// `…/article`: page views and reactions.
mod articles;
/// `…/comment`: there are no comments.
mod comments;

use axum::{
    Json,
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use config::Clients;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use visitor::Client;

use super::request::Protocol;
use crate::{problem::Problem, state::App};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(articles::routes())
        .merge(comments::routes())
}

struct Waline;

impl Protocol for Waline {
    const CLIENT: Client = Client::Waline;
    type Error = WalineError;
    fn is_on(clients: &Clients) -> bool {
        clients.waline.is_some()
    }
}

/// The major version of the client, whose answers have different forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClientVersion {
    Two,
    Three,
}

impl ClientVersion {
    /// The answer with that content: version 3 has it in an envelope.
    fn answer(self, data: impl Serialize) -> Response {
        let data = serde_json::to_value(data).unwrap_or_default();
        let body = match self {
            Self::Two => data,
            Self::Three => json!({ "errno": 0, "errmsg": "", "data": data }),
        };
        ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

/// An error with the fields by which the client knows one.
struct WalineError(Problem);

impl From<Problem> for WalineError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for WalineError {
    fn into_response(self) -> Response {
        let mut fields = serde_json::to_value(&self.0).unwrap_or_default();
        if let Value::Object(fields) = &mut fields {
            fields.insert("errno".into(), self.0.status().as_u16().into());
            fields.insert("errmsg".into(), self.0.detail().into());
        }
        let (mut parts, _) = self.0.into_response().into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(fields.to_string()))
    }
}
