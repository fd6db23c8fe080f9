//! Responses to requests that no layer has to see.

use std::net::SocketAddr;

use axum::http::StatusCode;
use metrics::Lookup;

use super::{
    cache::{ORIGIN, cached_response},
    direct,
};
use crate::{
    headers::SAME_ORIGIN,
    serve::{EarlyResponse, EarlyResponses, LaterResponse, PlainGet, PlainPost},
    state::App,
};

impl EarlyResponses for App {
    /// The cached response under the target, which is the key of most requests.
    fn early_response(&self, get: &PlainGet<'_>) -> Option<EarlyResponse> {
        if has_other_key(get) {
            return None;
        }
        let cached = cached_response(self, get.target)?;
        let accept_encoding = get.accept_encoding.and_then(visible_ascii);
        let response = cached.early_response(accept_encoding)?;
        if !self.response_budget.is_free(response.body.len()) {
            return None;
        }
        self.metrics.cache_lookups.add(Lookup::Hit);
        let status = StatusCode::OK.into();
        self.metrics.requests.add_pair(cached.route, status, 1);
        Some(response)
    }

    fn later_response(
        &self,
        post: &PlainPost<'_>,
        peer: Option<SocketAddr>,
    ) -> Option<LaterResponse> {
        direct::early_response(self, post, peer)
    }
}

/// Whether the key of the request's response may be another one than its target: that of the endpoint's own pages, if
/// the page's origin is a parameter.
fn has_other_key(get: &PlainGet<'_>) -> bool {
    get.fetch_site == Some(SAME_ORIGIN.as_bytes())
        && (get.target.contains(ORIGIN) || get.target.contains(['%', '+']))
}

/// A header's value as text, as `HeaderValue::to_str` returns it.
fn visible_ascii(value: &[u8]) -> Option<&str> {
    let is_visible = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    let value = value.iter().all(is_visible).then_some(value)?;
    std::str::from_utf8(value).ok()
}
