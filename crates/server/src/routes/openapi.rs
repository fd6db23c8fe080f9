use std::sync::LazyLock;

use axum::{http::HeaderMap, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::cached;
use crate::app::{self, App};

static DOCUMENT: LazyLock<String> = LazyLock::new(|| app::openapi().to_pretty_json().unwrap_or_default());

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(document))
}

/// This document.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    tag = "operating",
    responses((status = OK, body = Object), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."))
)]
async fn document(headers: HeaderMap) -> Response {
    cached::bytes(&headers, "application/json", "public, max-age=3600", DOCUMENT.clone().into_bytes())
}
