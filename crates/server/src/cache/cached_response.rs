use std::sync::{Arc, OnceLock};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use config::Config;
use jiff::Timestamp;
use store::Store;

use super::{CacheDeps, coding::Coding};
use crate::headers::{accepts_coding, etag_matches};

/// Minimum body length for compression: shorter responses fit in one packet.
const MIN_COMPRESSED_BYTES: usize = 1200;

/// Body length from which compression takes milliseconds and runs off the async threads.
const MIN_BLOCKING_COMPRESSION_BYTES: usize = 64 * 1024;

/// A cached response.
pub(crate) struct CachedResponse {
    pub(super) deps: CacheDeps,
    headers: HeaderMap,
    /// The headers of each compressed form, by [`Coding`]; empty if there is none.
    compressed_headers: [HeaderMap; Coding::ALL.len()],
    content: Arc<Content>,
}

/// A body with its compressed forms. It contains nothing private to a reader, so its compressed length leaks nothing
/// (BREACH).
pub(crate) struct Content {
    body: Bytes,
    /// The compressed bodies, by [`Coding`]; `None`: compression does not shorten the body.
    compressed: [OnceLock<Option<Bytes>>; Coding::ALL.len()],
}

impl Content {
    pub(super) fn new(body: Bytes) -> Self {
        Self {
            body,
            compressed: Default::default(),
        }
    }

    /// Estimated size of all bodies. Must stay constant while the forms are added, because the cache relies on it.
    pub(super) fn bytes(&self) -> usize {
        2 * self.body.len()
    }

    /// Whether compression must run off the async threads.
    pub(super) fn is_large(&self) -> bool {
        self.body.len() >= MIN_BLOCKING_COMPRESSION_BYTES
    }

    pub(super) fn has_body_of(&self, other: &Self) -> bool {
        self.body == other.body
    }

    fn form(&self, coding: Coding) -> Option<Bytes> {
        let compress = || {
            coding
                .compress(&self.body)
                .filter(|compressed| compressed.len() < self.body.len())
        };
        self.compressed[coding as usize]
            .get_or_init(compress)
            .clone()
    }

    /// The body in this coding. A large body is not compressed here: only an existing form is returned.
    fn compressed(&self, coding: Coding) -> Option<Bytes> {
        match self.body.len() {
            ..MIN_COMPRESSED_BYTES => None,
            MIN_BLOCKING_COMPRESSION_BYTES.. => {
                self.compressed[coding as usize].get().cloned().flatten()
            }
            _ => self.form(coding),
        }
    }
}

impl CachedResponse {
    pub(super) fn new(deps: CacheDeps, mut headers: HeaderMap, content: Arc<Content>) -> Self {
        // The length depends on the compressed form; it is set when a form is sent.
        headers.remove(header::CONTENT_LENGTH);
        let mut compressed_headers = Default::default();
        if content.body.len() >= MIN_COMPRESSED_BYTES {
            headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
            compressed_headers = Coding::ALL.map(|coding| compressed(&headers, coding));
        }
        Self {
            deps,
            headers,
            compressed_headers,
            content,
        }
    }

    /// Estimated size of all bodies.
    pub(super) fn bytes(&self) -> usize {
        self.content.bytes()
    }

    /// Whether both have the same bytes in memory.
    #[cfg(test)]
    pub(super) fn shares_content(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.content, &other.content)
    }

    /// Whether compression is pending.
    pub(crate) fn awaits_compression(&self) -> bool {
        let forms = &self.content.compressed;
        self.content.is_large() && forms.iter().any(|form| form.get().is_none())
    }

    /// Compresses it in every coding.
    pub(crate) fn compress(&self) {
        Coding::ALL
            .into_iter()
            .for_each(|coding| drop(self.content.form(coding)));
    }

    /// Whether the response is still valid.
    pub(crate) fn is_valid(&self, config: &Config, store: &dyn Store, now: Timestamp) -> bool {
        let CacheDeps {
            site,
            articles,
            until,
        } = &self.deps;
        config
            .site(&site.id)
            .is_some_and(|now| Arc::ptr_eq(now, site))
            && now < *until
            && store.is_current(&site.id, articles)
    }

    /// The response for a request with these headers.
    pub(crate) fn response(&self, request: &HeaderMap) -> Response {
        if request.contains_key(header::IF_NONE_MATCH) && self.is_known(request) {
            let mut response = with(&self.headers, Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
            return response;
        }
        let coding = Coding::ALL
            .into_iter()
            .find(|coding| accepts_coding(request, coding.name()));
        let Some((coding, compressed)) =
            coding.and_then(|coding| Some((coding, self.content.compressed(coding)?)))
        else {
            return with(&self.headers, self.content.body.clone().into());
        };
        with(&self.compressed_headers[coding as usize], compressed.into())
    }

    /// Whether the client has the response.
    fn is_known(&self, request: &HeaderMap) -> bool {
        let tag = self.headers.get(header::ETAG);
        tag.and_then(|tag| tag.to_str().ok())
            .is_some_and(|tag| etag_matches(request, tag))
    }
}

/// The headers of a response whose body is compressed. It has other bytes but the same meaning: its `ETag` is weak.
fn compressed(headers: &HeaderMap, coding: Coding) -> HeaderMap {
    let mut headers = headers.clone();
    headers.insert(
        header::CONTENT_ENCODING,
        HeaderValue::from_static(coding.name()),
    );
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let Some(weak) = tag.and_then(|tag| HeaderValue::try_from(format!("W/{tag}")).ok()) {
        headers.insert(header::ETAG, weak);
    }
    headers
}

fn with(headers: &HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.headers_mut() = headers.clone();
    response
}
