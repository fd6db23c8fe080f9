use std::sync::LazyLock;

use axum::{Extension, http::HeaderMap, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::conditional;
use crate::state::App;

type Text = &'static LazyLock<String>;

/// `text`: the document. It is a parameter because it describes all routes, and no route imports another.
pub(crate) fn routes(text: Text) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(document))
        .layer(Extension(text))
}

/// This document.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    tag = "operating",
    responses((status = OK, body = Object), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."))
)]
async fn document(Extension(text): Extension<Text>, headers: HeaderMap) -> Response {
    conditional::bytes(
        &headers,
        "application/json",
        "public, max-age=3600",
        text.as_str(),
    )
}
