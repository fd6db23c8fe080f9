//! What is told to whoever sent a request that cannot be answered: RFC 9457, naming the field and the
//! limit where there is one. Internals are logged, not told.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use rules::Refused;
use store::{Closed, StoreError};
use utoipa::ToSchema;

/// After how many seconds to ask again while all counts move.
const WHILE_MOVING: u32 = 10;

/// An answer of `application/problem+json`. Nothing of the request was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status, once more.
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    /// The status in words.
    title: &'static str,
    /// A sentence for a developer that names the remedy.
    detail: String,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// The limit that was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem of that status; `detail` is a sentence for a developer that names the remedy.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self { status, title, detail: detail.into(), field: None, limit: None, retry_after: None }
    }

    /// A field of the request is wrong (400).
    pub fn field(field: &'static str, detail: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// There is no such site, article or address (404).
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Names the field that is wrong.
    pub fn in_field(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    /// Names the limit that was passed.
    pub fn with_limit(self, limit: usize) -> Self {
        Self { limit: Some(limit as u64), ..self }
    }

    /// Says after how many seconds to ask again.
    pub fn with_retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (detail, seconds) = match error {
            StoreError::Busy => ("More is arriving than can be stored. Send it again.", 1),
            StoreError::Unavailable => ("Counts cannot be stored at the moment. Send it again later.", 30),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(seconds)
    }
}

/// Nothing is written at the moment, or any more.
impl From<Closed> for Problem {
    fn from(closed: Closed) -> Self {
        let detail = match closed {
            Closed::Moving => "All counts are on their way to another database. Send it again later.",
            Closed::Moved(_) => "All counts are in another database, and none is taken here. Send it again later.",
            Closed::Unknown(error) => return error.into(),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(WHILE_MOVING)
    }
}

/// A request over a limit.
impl From<Refused> for Problem {
    fn from(Refused { reason, retry_after, .. }: Refused) -> Self {
        let detail = format!("This request {reason}. Send it again later.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail).with_retry_after(retry_after.unwrap_or(1))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The struct has text and numbers only, which serialise always.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
