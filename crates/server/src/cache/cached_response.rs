use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use config::ConfigHandle;
use jiff::Timestamp;
use metrics::Route;
use store::Store;

use super::{
    CacheDeps,
    coding::{Coding, MIN_BLOCKING_COMPRESSION_BYTES},
};
use crate::{
    headers::{accepts_coding, etag_matches, lists_coding},
    serve::{EarlyResponse, encoded_head, is_sent_plainly, with_length},
};

/// Minimum body length for compression: shorter responses fit in one packet.
const MIN_COMPRESSED_BYTES: usize = 1200;

/// A cached response.
pub(crate) struct CachedResponse {
    pub(super) deps: CacheDeps,
    headers: HeaderMap,
    /// The headers of each compressed form, by [`Coding`]; empty if there is none.
    compressed_headers: [HeaderMap; Coding::ALL.len()],
    /// The heads of [`EarlyResponse`]s: of the compressed forms, by [`Coding`], and of the uncompressed one.
    encoded_heads: [OnceLock<Option<Bytes>>; Coding::ALL.len() + 1],
    content: Arc<Content>,
    /// The route that responded.
    pub(crate) route: Route,
    /// The store's generation when the articles were last found to be unchanged.
    checked: AtomicU64,
}

/// The generation of no store.
const NEVER_CHECKED: u64 = u64::MAX;

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
    pub(super) fn new(
        route: Route,
        deps: CacheDeps,
        mut headers: HeaderMap,
        content: Arc<Content>,
    ) -> Self {
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
            encoded_heads: Default::default(),
            content,
            route,
            checked: AtomicU64::new(NEVER_CHECKED),
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

    /// The coding in which the response to a request with these headers has yet to be compressed, off the async threads.
    pub(crate) fn pending_coding(&self, request: &HeaderMap) -> Option<Coding> {
        self.pending(|coding| accepts_coding(request, coding.name()))
            .filter(|_| !self.is_known(request))
    }

    fn pending(&self, accepts: impl Fn(Coding) -> bool) -> Option<Coding> {
        let coding = preferred(accepts)?;
        let form = &self.content.compressed[coding as usize];
        (self.content.is_large() && form.get().is_none()).then_some(coding)
    }

    /// Compresses it in this coding.
    pub(crate) fn compress(&self, coding: Coding) {
        drop(self.content.form(coding));
    }

    /// Whether the response is still valid.
    pub(crate) fn is_valid(
        &self,
        config: &ConfigHandle,
        store: &dyn Store,
        now: Timestamp,
    ) -> bool {
        let CacheDeps { site, until, .. } = &self.deps;
        now < *until && config.is_current(site) && self.has_current_articles(store)
    }

    /// Whether no article has changed. Articles are looked up once in each generation of the store.
    fn has_current_articles(&self, store: &dyn Store) -> bool {
        let generation = store.generation().unwrap_or(NEVER_CHECKED);
        if generation != NEVER_CHECKED && generation == self.checked.load(Ordering::Relaxed) {
            return true;
        }
        let is_current = store.is_current(&self.deps.site.id, &self.deps.articles);
        if is_current {
            self.checked.store(generation, Ordering::Relaxed);
        }
        is_current
    }

    /// The response for a request with these headers.
    pub(crate) fn response(&self, request: &HeaderMap) -> Response {
        if request.contains_key(header::IF_NONE_MATCH) && self.is_known(request) {
            let mut response = with(&self.headers, Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
            return response;
        }
        let (coding, body) = self.form(|coding| accepts_coding(request, coding.name()));
        with(self.headers(coding), body.into())
    }

    /// The response for a request with this `Accept-Encoding` and without conditions, encoded. `None`: it has yet to be
    /// compressed, or is no plain response with a body of known length.
    pub(crate) fn early_response(&self, accept_encoding: Option<&str>) -> Option<EarlyResponse> {
        let accepts = |coding: Coding| lists_coding(accept_encoding.into_iter(), coding.name());
        if self.pending(accepts).is_some() {
            return None;
        }
        let (coding, body) = self.form(accepts);
        let index = coding.map_or(Coding::ALL.len(), |coding| coding as usize);
        let encode = || {
            let headers = self.headers(coding);
            is_sent_plainly(headers)
                .then(|| with_length(&encoded_head(StatusCode::OK, headers), body.len()))
        };
        let head = self.encoded_heads[index].get_or_init(encode).clone()?;
        Some(EarlyResponse { head, body })
    }

    /// The body in the preferred coding.
    fn form(&self, accepts: impl Fn(Coding) -> bool) -> (Option<Coding>, Bytes) {
        let compressed =
            preferred(accepts).and_then(|coding| Some((coding, self.content.compressed(coding)?)));
        match compressed {
            Some((coding, body)) => (Some(coding), body),
            None => (None, self.content.body.clone()),
        }
    }

    fn headers(&self, coding: Option<Coding>) -> &HeaderMap {
        coding.map_or(&self.headers, |coding| {
            &self.compressed_headers[coding as usize]
        })
    }

    /// Whether the client has the response.
    fn is_known(&self, request: &HeaderMap) -> bool {
        let tag = self.headers.get(header::ETAG);
        tag.and_then(|tag| tag.to_str().ok())
            .is_some_and(|tag| etag_matches(request, tag))
    }
}

/// The preferred one of the codings that a request accepts.
fn preferred(accepts: impl Fn(Coding) -> bool) -> Option<Coding> {
    Coding::ALL.into_iter().find(|coding| accepts(*coding))
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
