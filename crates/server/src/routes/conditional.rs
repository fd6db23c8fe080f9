use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::{cache::CacheDeps, headers::etag_matches};

/// Short enough that readers see numbers change, long enough that a rush to the front page causes few requests.
const PUBLIC_CACHE_CONTROL: &str = "public, max-age=10, stale-while-revalidate=60";

/// A public JSON response that depends only on `deps`, with an ETag of its bytes; status 304 if the client has them.
pub(super) fn json(request: &HeaderMap, answer: &impl Serialize, deps: CacheDeps) -> Response {
    let body = match serde_json::to_vec(answer) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    public(request, "application/json", body, deps)
}

/// A public response of any content type that depends only on `deps`; see [`json`].
pub(super) fn public(
    request: &HeaderMap,
    media: &'static str,
    body: Vec<u8>,
    deps: CacheDeps,
) -> Response {
    let mut response = bytes(request, media, PUBLIC_CACHE_CONTROL, body);
    response.extensions_mut().insert(deps);
    response
}

/// The same, but not in the endpoint's cache.
pub(super) fn public_uncached(request: &HeaderMap, media: &'static str, body: Vec<u8>) -> Response {
    bytes(request, media, PUBLIC_CACHE_CONTROL, body)
}

/// A public response with the given `Cache-Control`, and an ETag of its bytes.
pub(super) fn bytes(
    request: &HeaderMap,
    media: &'static str,
    cache: &'static str,
    body: impl Into<Bytes>,
) -> Response {
    let body = body.into();
    let tag = tag(&body);
    let mut response = if etag_matches(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (
            [(header::CONTENT_TYPE, HeaderValue::from_static(media))],
            body,
        )
            .into_response()
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// XXH3 is enough: an ETag is compared with those of the same address only. It takes a tenth of the time of SHA-256, which
/// counts where a body is a megabyte.
fn tag(body: &[u8]) -> String {
    format!(
        "\"{}\"",
        HEXLOWER.encode(&xxh3_128(body).to_be_bytes()[..12])
    )
}
