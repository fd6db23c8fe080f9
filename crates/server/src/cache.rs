//! Response cache for responses that are the same for every reader, valid until their data changes or their
//! time is over; a most-read list only expires. A hit costs a comparison of a few numbers. Bounded in bytes. A response
//! is cacheable if its route adds a `CacheDeps`.

/// A cached response.
mod cached_response;
/// Compression.
mod coding;

use std::sync::Arc;

use axum::{body::Bytes, http::HeaderMap};
use config::Site;
use jiff::Timestamp;
use quick_cache::{Weighter, sync};
use store::CountsVersion;
use wire::ArticleKey;

use crate::work_queue::WorkQueue;
pub(crate) use cached_response::CachedResponse;

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
    cached: Arc<sync::Cache<Box<str>, Arc<CachedResponse>, ResponseWeighter>>,
}

#[derive(Clone)]
struct ResponseWeighter;

/// Estimated size of a response besides body, address and keys, in bytes; mostly headers.
const ENTRY_OVERHEAD_BYTES: u64 = 1024;

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
            cached: Arc::new(sync::Cache::with_weighter(64, bytes, ResponseWeighter)),
        }
    }

    /// Approximate size of the cached responses, in bytes.
    pub fn bytes(&self) -> u64 {
        self.cached.weight()
    }

    /// The cached response under this key.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<CachedResponse>> {
        self.cached.get(key)
    }

    /// Caches a response of these parts, and returns it as cached.
    pub(crate) async fn insert(
        &self,
        queue: &WorkQueue,
        key: Box<str>,
        (deps, headers, body): (CacheDeps, HeaderMap, Bytes),
    ) -> Arc<CachedResponse> {
        let cached = Arc::new(CachedResponse::new(deps, headers, body));
        // If the compression queue is full, it is cached uncompressed; the next hit compresses it.
        let cached = self
            .compressed(queue, &key, &cached)
            .await
            .unwrap_or(cached);
        self.cached.insert(key, Arc::clone(&cached));
        cached
    }

    /// The response with all compressed forms, if it is large. Concurrent requests for the same response compress it
    /// once. `None`: the queue for such work is full.
    async fn compressed(
        &self,
        queue: &WorkQueue,
        address: &str,
        new: &Arc<CachedResponse>,
    ) -> Option<Arc<CachedResponse>> {
        if !new.is_large() {
            return Some(Arc::clone(new));
        }
        let known = Arc::clone(&self.cached);
        let address = Box::<str>::from(address);
        let new = Arc::clone(new);
        let compress = move || match known
            .get(&*address)
            .filter(|known| known.is_same_and_compressed(&new))
        {
            Some(compressed) => compressed,
            None => {
                new.compress();
                // Insert here, so that the next queued request finds it.
                known.insert(address, Arc::clone(&new));
                new
            }
        };
        queue.run(compress).await
    }
}
