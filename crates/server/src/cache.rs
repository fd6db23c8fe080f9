//! Response cache for responses that are the same for every reader, valid until their data changes: a hit costs a
//! comparison of a few numbers. Bounded in bytes. A response is cacheable if its route adds a `Basis`.

/// Compression.
mod coding;
/// A cached response.
mod kept;

use std::sync::Arc;

use axum::{body::Bytes, http::HeaderMap};
use config::Site;
use jiff::Timestamp;
use quick_cache::{Weighter, sync};
use store::CountsVersion;
use wire::ArticleKey;

use crate::work_queue::WorkQueue;
pub(crate) use kept::Kept;

/// What a response depends on: it is valid while all of this is unchanged. Added to the response's extensions by its
/// route.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    /// The site's configuration.
    pub(crate) site: Arc<Site>,
    /// The articles, with the versions of their counts.
    pub(crate) articles: Vec<(ArticleKey, CountsVersion)>,
    /// End of the day on which it was made.
    pub(crate) until: Timestamp,
}

/// The cached responses, by path and query.
pub struct Cache {
    kept: Arc<sync::Cache<Box<str>, Arc<Kept>, Bytesize>>,
}

#[derive(Clone)]
struct Bytesize;

/// Estimated size of a response besides body, address and keys, in bytes; mostly headers.
const OVERHEAD: u64 = 1024;

impl Weighter<Box<str>, Arc<Kept>> for Bytesize {
    fn weight(&self, address: &Box<str>, kept: &Arc<Kept>) -> u64 {
        let keys: usize =
            kept.basis.articles.iter().map(|(key, _)| key.as_str().len() + size_of::<CountsVersion>() + 32).sum();
        (address.len() + keys + kept.bytes()) as u64 + OVERHEAD
    }
}

impl Cache {
    /// `bytes`: capacity.
    pub fn new(bytes: u64) -> Self {
        // The expected number of entries only determines the initial table size.
        Self { kept: Arc::new(sync::Cache::with_weighter(64, bytes, Bytesize)) }
    }

    /// Approximate size of the cached responses, in bytes.
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// The cached response under this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Kept>> {
        self.kept.get(name)
    }

    /// Caches a response of these parts, and returns it as cached.
    pub(crate) async fn keep(
        &self,
        queue: &WorkQueue,
        name: Box<str>,
        (basis, headers, body): (Basis, HeaderMap, Bytes),
    ) -> Arc<Kept> {
        let kept = Arc::new(Kept::new(basis, headers, body));
        // If the compression queue is full, it is cached uncompressed; the next hit compresses it.
        let kept = self.packed(queue, &name, &kept).await.unwrap_or(kept);
        self.kept.insert(name, Arc::clone(&kept));
        kept
    }

    /// The response with all compressed forms, if it is large. Concurrent requests for the same response compress it
    /// once. `None`: the queue for such work is full.
    async fn packed(&self, queue: &WorkQueue, address: &str, new: &Arc<Kept>) -> Option<Arc<Kept>> {
        if !new.is_large() {
            return Some(Arc::clone(new));
        }
        let (known, address, new) = (Arc::clone(&self.kept), Box::<str>::from(address), Arc::clone(new));
        let pack = move || match known.get(&*address).filter(|known| known.is_the_same(&new)) {
            Some(packed) => packed,
            None => {
                new.pack();
                // Insert here, so that the next queued request finds it.
                known.insert(address, Arc::clone(&new));
                new
            }
        };
        queue.run(pack).await
    }
}
