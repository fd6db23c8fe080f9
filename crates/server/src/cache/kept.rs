use std::sync::{Arc, OnceLock};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use config::Config;
use jiff::Timestamp;
use store::Store;

use super::{Basis, coding::Coding};
use crate::headers::{accepts, has};

/// Minimum body length for compression: shorter responses fit in one packet.
const WORTHWHILE: usize = 1200;

/// Body length from which compression takes milliseconds and runs off the async threads.
const LARGE: usize = 64 * 1024;

/// A cached response with its compressed forms. It contains nothing private to a reader, so its compressed length
/// leaks nothing (BREACH).
pub(crate) struct Kept {
    pub(super) basis: Basis,
    headers: HeaderMap,
    body: Bytes,
    /// By [`Coding`]; `None`: compression does not shorten it.
    packed: [OnceLock<Option<Bytes>>; Coding::ALL.len()],
}

impl Kept {
    pub(super) fn new(basis: Basis, mut headers: HeaderMap, body: Bytes) -> Self {
        // Set per form when it is sent.
        headers.remove(header::CONTENT_LENGTH);
        if body.len() >= WORTHWHILE {
            headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        Self { basis, headers, body, packed: Default::default() }
    }

    /// Estimated size of all bodies. Must stay constant while the forms are added, because the cache relies on it.
    pub(super) fn bytes(&self) -> usize {
        2 * self.body.len()
    }

    /// Whether compression must run off the async threads.
    pub(super) fn is_large(&self) -> bool {
        self.body.len() >= LARGE
    }

    /// Whether compression is pending, because the queue was full.
    pub(crate) fn is_unpacked(&self) -> bool {
        self.is_large() && self.packed.iter().any(|form| form.get().is_none())
    }

    /// Compresses it in every coding.
    pub(crate) fn pack(&self) {
        Coding::ALL.into_iter().for_each(|coding| drop(self.form(coding)));
    }

    /// Whether it is compressed, and has the same body and validity as `other`.
    pub(super) fn is_the_same(&self, other: &Self) -> bool {
        let is_packed = self.packed.iter().all(|form| form.get().is_some());
        let is_as_long = Arc::ptr_eq(&self.basis.site, &other.basis.site)
            && self.basis.articles == other.basis.articles
            && self.basis.until == other.basis.until;
        is_packed && is_as_long && self.body == other.body
    }

    fn form(&self, coding: Coding) -> Option<Bytes> {
        let pack = || coding.pack(&self.body).filter(|packed| packed.len() < self.body.len());
        self.packed[coding as usize].get_or_init(pack).clone()
    }

    /// For a large body, only a form that exists already.
    fn packed(&self, coding: Coding) -> Option<Bytes> {
        match self.body.len() {
            ..WORTHWHILE => None,
            LARGE.. => self.packed[coding as usize].get().cloned().flatten(),
            _ => self.form(coding),
        }
    }

    /// Whether the response is still valid.
    pub(crate) fn stands(&self, config: &Config, store: &dyn Store, now: Timestamp) -> bool {
        let Basis { site, articles, until } = &self.basis;
        config.site(&site.id).is_some_and(|now| Arc::ptr_eq(now, site))
            && now < *until
            && store.is_current(&site.id, articles)
    }

    /// The response for a request with these headers.
    pub(crate) fn response(&self, asked: &HeaderMap) -> Response {
        let tag = self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let is_known = asked.contains_key(header::IF_NONE_MATCH) && tag.is_some_and(|tag| has(asked, tag));
        if is_known {
            let mut response = self.with(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
            return response;
        }
        let coding = Coding::ALL.into_iter().find(|coding| accepts(asked, coding.name()));
        let Some((coding, packed)) = coding.and_then(|coding| Some((coding, self.packed(coding)?))) else {
            return self.with(self.body.clone().into());
        };
        // A compressed body has other bytes but the same meaning: use a weak ETag.
        let weak = tag.and_then(|tag| HeaderValue::try_from(format!("W/{tag}")).ok());
        let mut response = self.with(packed.into());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        if let Some(weak) = weak {
            headers.insert(header::ETAG, weak);
        }
        response
    }

    fn with(&self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.headers_mut() = self.headers.clone();
        response
    }
}
