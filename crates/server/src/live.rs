//! Live counts: subscriptions of readers to articles, updated at most once a second. It polls the store, so it is the
//! same for every engine, and every endpoint sends the same.

/// The response body of a subscription.
mod stream;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use config::{Config, Connections, Site};
use prometheus_client::metrics::gauge::Gauge;
use store::{ArticleCounts, CountsVersion, Store, StoreError};
use tokio::sync::watch;
use wire::{ArticleKey, SiteId, Tally};

use crate::room::{Place, Room};

pub use stream::watching;

/// Maximum number of articles per query of the store.
const AT_ONCE: usize = 1000;

/// All subscriptions.
pub struct Audience {
    room: Arc<Room>,
    watched: Mutex<HashMap<SiteId, HashMap<ArticleKey, Watched>>>,
}

/// An article with subscribers, or whose last one has just left.
struct Watched {
    /// Version of the tally that was sent last.
    version: CountsVersion,
    told: watch::Sender<Bytes>,
}

/// A subscription to an article; dropping it unsubscribes.
pub struct Watcher {
    told: watch::Receiver<Bytes>,
    _place: Place,
}

impl Audience {
    /// `room`: limits of concurrent subscriptions.
    pub fn new(room: Connections, watching: Gauge) -> Self {
        Self { room: Arc::new(Room::new(room, watching)), watched: Mutex::default() }
    }

    /// A permit for a subscriber in that network, unless a limit is reached.
    pub fn place(&self, network: Option<IpAddr>) -> Option<Place> {
        Room::take(&self.room, network)
    }

    /// Subscribes to an article.
    ///
    /// # Errors
    /// [`StoreError`] if the article's counts cannot be read.
    pub async fn join(
        &self,
        place: Place,
        store: &dyn Store,
        site: &Site,
        article: &ArticleKey,
    ) -> Result<Watcher, StoreError> {
        let watcher = |told: &watch::Sender<Bytes>| told.subscribe();
        let known =
            self.watched().get(&site.id).and_then(|articles| articles.get(article)).map(|one| watcher(&one.told));
        if let Some(told) = known {
            return Ok(Watcher { told, _place: place });
        }
        let counted = store.tallies(&site.id, std::slice::from_ref(article)).await?.pop();
        let Some(counted) = counted else { return Err(StoreError::Unavailable) };
        let mut watched = self.watched();
        // Another subscriber may have added the article meanwhile.
        let one = watched.entry(site.id.clone()).or_default().entry(article.clone()).or_insert_with(|| {
            let version = counted.version;
            Watched { version, told: watch::Sender::new(event(&rules::shown(counted.tally, site))) }
        });
        Ok(Watcher { told: watcher(&one.told), _place: place })
    }

    /// Sends the tallies that have changed since the last call, and drops articles without subscribers.
    pub async fn tell(&self, store: &dyn Store, config: &Config) {
        for (id, articles) in self.articles() {
            let Some(site) = config.site(&id).filter(|site| site.live) else {
                self.watched().remove(&id);
                continue;
            };
            for some in articles.chunks(AT_ONCE) {
                // The store logs its errors; the next tick retries.
                if let Ok(counted) = store.tallies(&id, some).await {
                    self.told(site, some, counted);
                }
            }
        }
    }

    /// Ends all subscriptions.
    pub fn close(&self) {
        self.watched().clear();
    }

    /// The articles with subscribers.
    fn articles(&self) -> Vec<(SiteId, Vec<ArticleKey>)> {
        let mut watched = self.watched();
        for articles in watched.values_mut() {
            articles.retain(|_, one| !one.told.is_closed());
        }
        watched.retain(|_, articles| !articles.is_empty());
        watched.iter().map(|(site, articles)| (site.clone(), articles.keys().cloned().collect())).collect()
    }

    fn told(&self, site: &Site, articles: &[ArticleKey], counted: Vec<ArticleCounts>) {
        let mut watched = self.watched();
        let Some(known) = watched.get_mut(&site.id) else { return };
        for (article, counted) in articles.iter().zip(counted) {
            if let Some(one) = known.get_mut(article)
                && one.version != counted.version
            {
                one.version = counted.version;
                one.told.send_replace(event(&rules::shown(counted.tally, site)));
            }
        }
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<SiteId, HashMap<ArticleKey, Watched>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tally as a server-sent event; its id is `rev`.
fn event(tally: &Tally) -> Bytes {
    // Compact JSON has no line breaks; a tally contains only text and numbers, so serialisation cannot fail.
    let data = serde_json::to_string(tally).unwrap_or_default();
    format!("id: {}\ndata: {data}\n\n", tally.rev).into()
}
