//! Counts that readers watch while they change: who watches which article, and what they are all told, at most once a second.
//! Asks the store, like everybody: so it is the same for every engine, and several endpoints tell the same.

/// An answer that never ends.
mod stream;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use config::{Config, Connections, Site};
use prometheus_client::metrics::gauge::Gauge;
use store::{Counted, Edition, Store, StoreError};
use tokio::sync::watch;
use wire::{ArticleKey, SiteId, Tally};

use crate::room::{Place, Room};

pub use stream::watching;

/// The most articles that the store is asked for at once.
const AT_ONCE: usize = 1000;

/// Everybody who watches.
pub struct Audience {
    room: Arc<Room>,
    watched: Mutex<HashMap<SiteId, HashMap<ArticleKey, Watched>>>,
}

/// An article that somebody watches, or has until now.
struct Watched {
    /// Which of its tallies was told last.
    edition: Edition,
    told: watch::Sender<Bytes>,
}

/// Somebody who watches an article, until this is dropped.
pub struct Watcher {
    told: watch::Receiver<Bytes>,
    _place: Place,
}

impl Audience {
    /// Nobody yet, and room for so many.
    pub fn new(room: Connections, watching: Gauge) -> Self {
        Self { room: Arc::new(Room::new(room, watching)), watched: Mutex::default() }
    }

    /// A place for somebody of that network, if there is one.
    pub fn place(&self, network: Option<IpAddr>) -> Option<Place> {
        Room::take(&self.room, network)
    }

    /// Takes the place, to watch this article.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot say what there is to be seen.
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
        // Somebody else may have come to it meanwhile.
        let one = watched.entry(site.id.clone()).or_default().entry(article.clone()).or_insert_with(|| {
            let edition = counted.edition;
            Watched { edition, told: watch::Sender::new(event(&rules::shown(counted.tally, site))) }
        });
        Ok(Watcher { told: watcher(&one.told), _place: place })
    }

    /// Tells what has changed since the last time, and forgets what nobody watches any more.
    pub async fn tell(&self, store: &dyn Store, config: &Config) {
        for (id, articles) in self.articles() {
            let Some(site) = config.site(&id).filter(|site| site.live) else {
                self.watched().remove(&id);
                continue;
            };
            for some in articles.chunks(AT_ONCE) {
                // If the store cannot say it, it has logged why, and is asked again in a second.
                if let Ok(counted) = store.tallies(&id, some).await {
                    self.told(site, some, counted);
                }
            }
        }
    }

    /// Nobody is told anything any more: all of them may go.
    pub fn close(&self) {
        self.watched().clear();
    }

    /// What is watched at this moment.
    fn articles(&self) -> Vec<(SiteId, Vec<ArticleKey>)> {
        let mut watched = self.watched();
        for articles in watched.values_mut() {
            articles.retain(|_, one| !one.told.is_closed());
        }
        watched.retain(|_, articles| !articles.is_empty());
        watched.iter().map(|(site, articles)| (site.clone(), articles.keys().cloned().collect())).collect()
    }

    fn told(&self, site: &Site, articles: &[ArticleKey], counted: Vec<Counted>) {
        let mut watched = self.watched();
        let Some(known) = watched.get_mut(&site.id) else { return };
        for (article, counted) in articles.iter().zip(counted) {
            if let Some(one) = known.get_mut(article)
                && one.edition != counted.edition
            {
                one.edition = counted.edition;
                one.told.send_replace(event(&rules::shown(counted.tally, site)));
            }
        }
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<SiteId, HashMap<ArticleKey, Watched>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tally as a server-sent event; `rev` is its id.
fn event(tally: &Tally) -> Bytes {
    // JSON that nobody has indented has no line breaks; and it has text and numbers only, which serialise always.
    let data = serde_json::to_string(tally).unwrap_or_default();
    format!("id: {}\ndata: {data}\n\n", tally.rev).into()
}
