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

/// What is shorter fits into one packet as it is.
const WORTHWHILE: usize = 1200;

/// What is longer takes milliseconds to compress, for which other requests would wait.
const LARGE: usize = 64 * 1024;

/// An answer that has been given, in every form in which it has been asked for. Nothing in it is one reader's own, so its
/// compressed length gives nobody away.
pub(crate) struct Kept {
    pub(super) basis: Basis,
    headers: HeaderMap,
    body: Bytes,
    /// By [`Coding`]; `None`: compressed it is no shorter.
    packed: [OnceLock<Option<Bytes>>; Coding::ALL.len()],
}

impl Kept {
    pub(super) fn new(basis: Basis, mut headers: HeaderMap, body: Bytes) -> Self {
        // Each form has its own: whoever sends it counts.
        headers.remove(header::CONTENT_LENGTH);
        if body.len() >= WORTHWHILE {
            headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        Self { basis, headers, body, packed: Default::default() }
    }

    /// The room that the bodies take, about: the cache wants it to stay the same while the forms come to be.
    pub(super) fn bytes(&self) -> usize {
        2 * self.body.len()
    }

    /// Whether making a form takes so long that it is not done while somebody waits for other answers.
    pub(super) fn is_large(&self) -> bool {
        self.body.len() >= LARGE
    }

    /// Whether making its forms is still to be done, because too much was waiting.
    pub(crate) fn is_unpacked(&self) -> bool {
        self.is_large() && self.packed.iter().any(|form| form.get().is_none())
    }

    /// Makes every form.
    pub(crate) fn pack(&self) {
        Coding::ALL.into_iter().for_each(|coding| drop(self.form(coding)));
    }

    /// Whether it is packed, says what the other says, and stands as long.
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

    /// Of a large body only what has been made.
    fn packed(&self, coding: Coding) -> Option<Bytes> {
        match self.body.len() {
            ..WORTHWHILE => None,
            LARGE.. => self.packed[coding as usize].get().cloned().flatten(),
            _ => self.form(coding),
        }
    }

    /// Whether it may be given still.
    pub(crate) fn stands(&self, config: &Config, store: &dyn Store, now: Timestamp) -> bool {
        let Basis { site, articles, until } = &self.basis;
        config.site(&site.id).is_some_and(|now| Arc::ptr_eq(now, site))
            && now < *until
            && store.is_current(&site.id, articles)
    }

    /// The answer for whoever asks with these headers.
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
        // The bytes are others, so the tag is a weak one: what it tells is the same.
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
