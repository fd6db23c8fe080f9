//! Response cache for responses that are the same for every reader, valid until their data changes or their
//! time is over; a most-read list only expires. A hit costs a comparison of a few numbers. Bounded in bytes. A response
//! is cacheable if its route adds a `CacheDeps`.

/// A cached response.
mod cached_response;
/// Compression.
mod coding;

use std::{net::IpAddr, sync::Arc};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, header},
};
use config::Site;
use jiff::Timestamp;
use metrics::Route;
use quick_cache::{Weighter, sync};
use store::CountsVersion;
use wire::ArticleKey;

use crate::work_queue::WorkQueue;
pub(crate) use cached_response::{CachedResponse, Content};

/// The data that a response depends on: the response is valid while all of it is unchanged. Added to the response's
/// extensions by its route.
#[derive(Clone, Debug)]
pub(crate) struct CacheDeps {
    /// The site's configuration.
    pub(crate) site: Arc<Site>,
    /// The articles, with the versions of their counts; none for a most-read list.
    pub(crate) articles: Vec<(ArticleKey, CountsVersion)>,
    /// Latest expiry: the end of the day, or the next refresh of a most-read list.
    pub(crate) until: Timestamp,
}

/// The cached responses, by path and query.
pub struct Cache {
    cached: sync::Cache<Box<str>, Arc<CachedResponse>, ResponseWeighter>,
    /// Recent large bodies by `ETag`. Many addresses can have the same body, which is compressed once.
    large: sync::Cache<HeaderValue, Arc<Content>, ContentWeighter>,
}

#[derive(Clone)]
struct ContentWeighter;

impl Weighter<HeaderValue, Arc<Content>> for ContentWeighter {
    fn weight(&self, _: &HeaderValue, content: &Arc<Content>) -> u64 {
        content.bytes() as u64 + ENTRY_OVERHEAD_BYTES
    }
}

#[derive(Clone)]
struct ResponseWeighter;

/// Estimated size of a response besides body, address and keys, in bytes; mostly headers, of each form.
const ENTRY_OVERHEAD_BYTES: u64 = 4 * 1024;

/// Divisor of the capacity: the cache of large bodies, which outlives their responses, has this part of it in addition.
const LARGE_PART: u64 = 4;

impl Weighter<Box<str>, Arc<CachedResponse>> for ResponseWeighter {
    fn weight(&self, address: &Box<str>, cached: &Arc<CachedResponse>) -> u64 {
        let keys: usize = cached
            .deps
            .articles
            .iter()
            .map(|(key, _)| key.as_str().len() + size_of::<CountsVersion>() + 32)
            .sum();
        (address.len() + keys + cached.bytes()) as u64 + ENTRY_OVERHEAD_BYTES
    }
}

impl Cache {
    /// `bytes`: capacity.
    pub fn new(bytes: u64) -> Self {
        // The expected number of entries only determines the initial table size.
        Self {
            cached: sync::Cache::with_weighter(64, bytes, ResponseWeighter),
            large: sync::Cache::with_weighter(16, bytes / LARGE_PART, ContentWeighter),
        }
    }

    /// Approximate size of the cached responses, in bytes. A body that several responses share counts for each.
    pub fn bytes(&self) -> u64 {
        self.cached.weight()
    }

    /// The cached response under this key.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<CachedResponse>> {
        self.cached.get(key)
    }

    /// Caches a response of these parts, and returns it as cached. `client`: the address that requested it, and the headers
    /// of its request, which say how the body is compressed.
    pub(crate) async fn insert(
        &self,
        queue: &WorkQueue,
        (client, request): (Option<IpAddr>, &HeaderMap),
        key: Box<str>,
        (deps, headers, body): (CacheDeps, HeaderMap, Bytes),
    ) -> Arc<CachedResponse> {
        let content = self.content(&headers, body);
        let path = key.split('?').next().unwrap_or_default();
        let cached = CachedResponse::new(Route::of(path), deps, headers, content);
        let cached = Arc::new(cached);
        if let Some(coding) = cached.pending_coding(request) {
            let compressing = Arc::clone(&cached);
            // If there is no place in the queue, it is cached uncompressed; the next request tries again.
            queue
                .run(client, move || compressing.compress(coding))
                .await;
        }
        self.cached.insert(key, Arc::clone(&cached));
        cached
    }

    /// The body with its compressed forms. An equal large body that another response has is shared.
    fn content(&self, headers: &HeaderMap, body: Bytes) -> Arc<Content> {
        let new = Content::new(body);
        let Some(tag) = headers.get(header::ETAG).filter(|_| new.is_large()) else {
            return new.into();
        };
        if let Some(known) = self.large.get(tag).filter(|known| known.has_body_of(&new)) {
            return known;
        }
        let new = Arc::new(new);
        self.large.insert(tag.clone(), Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text that is as long as a large copy.
    fn large(word: &str) -> Bytes {
        word.repeat(20_000).into()
    }

    #[tokio::test]
    async fn a_large_body_is_compressed_once_for_all_its_addresses() {
        let cache = Cache::new(64 * 1024 * 1024);
        let queue = WorkQueue::default();
        let site = Arc::new(Site::new(wire::SiteId::parse("news").unwrap()));
        let of = |coding| [(header::ACCEPT_ENCODING, HeaderValue::from_static(coding))];
        let [brotli, gzip] = ["br", "gzip"].map(|coding| HeaderMap::from_iter(of(coding)));
        let insert = |key: &'static str, tag: &'static str, body: Bytes| {
            let deps = CacheDeps {
                site: Arc::clone(&site),
                articles: Vec::new(),
                until: Timestamp::MAX,
            };
            let headers = HeaderMap::from_iter([(header::ETAG, HeaderValue::from_static(tag))]);
            cache.insert(&queue, (None, &brotli), key.into(), (deps, headers, body))
        };
        let one = insert("/?lang=a", "\"1\"", large("one ")).await;
        let same = insert("/?lang=b", "\"1\"", large("one ")).await;
        let other = insert("/?lang=c", "\"2\"", large("two ")).await;
        assert!(one.shares_content(&same) && !one.shares_content(&other));
        for response in [one, same, other] {
            assert!(response.pending_coding(&brotli).is_none());
            assert!(response.pending_coding(&gzip).is_some());
        }
        // A tag alone proves nothing.
        let forged = insert("/?lang=d", "\"1\"", large("ten ")).await;
        let first = insert("/?lang=e", "\"1\"", large("ten ")).await;
        assert!(forged.shares_content(&first));
        let pairs = (0..8).map(|_| insert("/?lang=f", "\"3\"", large("six ")));
        let at_once = futures_util::future::join_all(pairs).await;
        assert!(at_once.iter().all(|one| one.shares_content(&at_once[0])));
    }
}
