//! Answers that are the same for every reader, kept whole until what they tell has changed: a front page's rush costs a look
//! at a few numbers. Bounded in bytes. Decides nothing by itself: an answer that may be kept says what it was made of.

/// How an answer is compressed.
mod coding;
/// One answer, and how it is sent again.
mod kept;

use std::sync::Arc;

use axum::{body::Bytes, http::HeaderMap};
use config::Site;
use jiff::Timestamp;
use quick_cache::{Weighter, sync};
use store::Edition;
use wire::ArticleKey;

use crate::aside::Aside;
pub(crate) use kept::Kept;

/// What an answer was made of: it stands as long as all of this does. Put into the answer's extensions by its route.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    /// As configured when it was made.
    pub(crate) site: Arc<Site>,
    /// The articles that it tells of.
    pub(crate) articles: Vec<(ArticleKey, Edition)>,
    /// When the day it was made on ends.
    pub(crate) until: Timestamp,
}

/// The kept answers, by path and query.
pub struct Cache {
    kept: Arc<sync::Cache<Box<str>, Arc<Kept>, Bytesize>>,
}

#[derive(Clone)]
struct Bytesize;

/// What a kept answer takes beside its body, its address and its articles' keys: headers, mostly.
const OVERHEAD: u64 = 1024;

impl Weighter<Box<str>, Arc<Kept>> for Bytesize {
    fn weight(&self, address: &Box<str>, kept: &Arc<Kept>) -> u64 {
        let keys: usize =
            kept.basis.articles.iter().map(|(key, _)| key.as_str().len() + size_of::<Edition>() + 32).sum();
        (address.len() + keys + kept.bytes()) as u64 + OVERHEAD
    }
}

impl Cache {
    /// Room for so many bytes.
    pub fn new(bytes: u64) -> Self {
        // The number of answers that are expected only sizes the first table.
        Self { kept: Arc::new(sync::Cache::with_weighter(64, bytes, Bytesize)) }
    }

    /// Bytes that are kept, about.
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// The answer that was kept under this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Kept>> {
        self.kept.get(name)
    }

    /// Keeps an answer made of that: as it may be given from now on.
    pub(crate) async fn keep(
        &self,
        aside: &Aside,
        name: Box<str>,
        (basis, headers, body): (Basis, HeaderMap, Bytes),
    ) -> Arc<Kept> {
        let kept = Arc::new(Kept::new(basis, headers, body));
        // Where too much waits to be packed, the next request for it tries again.
        let kept = self.packed(aside, &name, &kept).await.unwrap_or(kept);
        self.kept.insert(name, Arc::clone(&kept));
        kept
    }

    /// The answer with every form that takes long to make. One that is asked for several times at once is packed once. `None`: too much waits
    /// to be packed.
    async fn packed(&self, aside: &Aside, address: &str, new: &Arc<Kept>) -> Option<Arc<Kept>> {
        if !new.is_large() {
            return Some(Arc::clone(new));
        }
        let (known, address, new) = (Arc::clone(&self.kept), Box::<str>::from(address), Arc::clone(new));
        let pack = move || match known.get(&*address).filter(|known| known.is_the_same(&new)) {
            Some(packed) => packed,
            None => {
                new.pack();
                // Here, so that the next one that waits finds it.
                known.insert(address, Arc::clone(&new));
                new
            }
        };
        aside.run(pack).await
    }
}
