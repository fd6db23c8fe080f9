//! Error responses (RFC 9457), which name the field and the limit where applicable. Internals are only logged.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use rules::Rejection;
use store::{StoreError, WritesBlocked};
use utoipa::ToSchema;

/// The wait until a retry during a migration.
const MIGRATION_RETRY_DELAY: Duration = Duration::from_secs(10);

/// Content type of a [`Problem`].
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// An `application/problem+json` response. The request had no effect, except that a 503 may follow a completed write; an
/// event that is sent again counts once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    /// The reason phrase of the status.
    title: &'static str,
    /// A sentence for a developer that names the remedy.
    detail: String,
    /// The wrong field of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    field: Option<Cow<'static, str>>,
    /// The limit that was exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// The wait until a retry, when the memory budget is exhausted.
const RESPONSE_RETRY_DELAY: Duration = Duration::from_secs(5);

impl Problem {
    /// The error if responses that a network has not received yet leave no memory for another one.
    pub(crate) fn too_many_unread_responses() -> Self {
        let detail =
            "Too many large responses to your network have not been received yet. Try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(RESPONSE_RETRY_DELAY)
    }

    /// The sentence that describes it.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// An error with that status; `detail` is a sentence for a developer that names the remedy.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            status,
            title,
            detail: detail.into(),
            field: None,
            limit: None,
            retry_after: None,
        }
    }

    /// A field is wrong (400).
    pub fn field(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    /// The site, article or address does not exist (404).
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Adds the wrong field.
    pub fn in_field(self, field: &'static str) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    /// Adds the exceeded limit.
    pub fn with_limit(self, limit: usize) -> Self {
        Self {
            limit: Some(limit as u64),
            ..self
        }
    }

    /// Adds the wait until a retry, sent in whole seconds.
    pub fn with_retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (detail, seconds) = match error {
            StoreError::Busy => ("More is arriving than can be stored. Send it again.", 1),
            StoreError::Unavailable => (
                "Counts cannot be stored at the moment. Send it again later.",
                30,
            ),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .with_retry_after(Duration::from_secs(seconds))
    }
}

/// Writes are blocked during or after a migration.
impl From<WritesBlocked> for Problem {
    fn from(closed: WritesBlocked) -> Self {
        let detail = match closed {
            WritesBlocked::Migrating => {
                "All counts are being migrated to another database. Send it again later."
            }
            WritesBlocked::Migrated(_) => {
                "All counts were migrated to another database, and this one accepts no more. Send it again later."
            }
            WritesBlocked::Unknown(error) => return error.into(),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(MIGRATION_RETRY_DELAY)
    }
}

/// A limit was exceeded.
impl From<Rejection> for Problem {
    fn from(
        Rejection {
            reason,
            retry_after,
            ..
        }: Rejection,
    ) -> Self {
        let detail = format!("This request {reason}. Send it again later.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
            .with_retry_after(retry_after.unwrap_or(Duration::from_secs(1)))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The struct has only texts and numbers, so serialising it cannot fail.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
