use std::{io::Write, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};

use super::Basis;
use crate::{
    app::App,
    routes::{accepts, has},
};

/// What is shorter fits into one packet as it is.
const WORTHWHILE: usize = 1200;

/// An answer that has been given, in every form in which it may be asked for again.
pub(super) struct Kept {
    pub(super) basis: Basis,
    headers: HeaderMap,
    body: Bytes,
    /// By gzip, if that is worth while. Nothing in it is one reader's own, so its length gives nobody away.
    packed: Option<Bytes>,
}

impl Kept {
    pub(super) fn new(basis: Basis, mut headers: HeaderMap, body: Bytes) -> Self {
        let packed = (body.len() >= WORTHWHILE).then(|| pack(&body)).flatten();
        // Each form has its own: whoever sends it counts.
        headers.remove(header::CONTENT_LENGTH);
        if packed.is_some() {
            headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        Self { basis, headers, body, packed }
    }

    /// The room that the bodies take.
    pub(super) fn bytes(&self) -> usize {
        self.body.len() + self.packed.as_ref().map_or(0, Bytes::len)
    }

    pub(super) fn stands(&self, app: &App) -> bool {
        let Basis { site, articles, until } = &self.basis;
        app.config.current().site(&site.id).is_some_and(|now| Arc::ptr_eq(now, site))
            && (app.now)() < *until
            && app.store.is_current(&site.id, articles)
    }

    /// The answer for whoever asks with these headers.
    pub(super) fn response(&self, asked: &HeaderMap) -> Response {
        let tag = self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let is_known = asked.contains_key(header::IF_NONE_MATCH) && tag.is_some_and(|tag| has(asked, tag));
        if is_known {
            let mut response = self.with(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
            return response;
        }
        let Some(packed) = self.packed.as_ref().filter(|_| accepts(asked, "gzip")) else {
            return self.with(self.body.clone().into());
        };
        // The bytes are others, so the tag is a weak one: what it tells is the same.
        let weak = tag.and_then(|tag| HeaderValue::try_from(format!("W/{tag}")).ok());
        let mut response = self.with(packed.clone().into());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
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

/// Quickly: an answer about a busy article stands for moments only. `None` if that makes it no shorter.
fn pack(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
    encoder.write_all(body).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < body.len()).then(|| packed.into())
}
