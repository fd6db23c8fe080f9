//! Live counts: subscriptions of readers to articles, updated at most once a second. It polls the store, so it is the
//! same for every engine, and every endpoint sends the same.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::sse::{Event, KeepAlive, Sse};
use config::{Config, ConnectionLimits, Site};
use futures_util::{Stream, StreamExt, future::join_all, stream};
use prometheus_client::metrics::gauge::Gauge;
use store::{ArticleCounts, CountsVersion, Store, StoreError};
use tokio::{sync::watch, time::timeout};
use tokio_stream::wrappers::WatchStream;
use wire::{ArticleKey, SiteId, Tally};

use crate::connection_limit::{ConnectionLimiter, Permit};

/// Maximum number of a site's articles that are read concurrently.
const MAX_CONCURRENT_READS: usize = 10_000;

/// Timeout of reading an article's counts. The next tick retries.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// Interval of SSE comments: they keep proxies from closing idle connections, and reveal broken ones.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(25);

/// All subscriptions.
pub struct SubscriptionHub {
    limiter: Arc<ConnectionLimiter>,
    watched: Mutex<HashMap<SiteId, HashMap<ArticleKey, WatchedArticle>>>,
}

/// An article with subscribers, or whose last one has just left.
struct WatchedArticle {
    /// Version of the tally that was sent last.
    version: CountsVersion,
    sender: watch::Sender<Event>,
}

/// A subscription to an article; dropping it unsubscribes.
pub struct Subscription {
    receiver: watch::Receiver<Event>,
    permit: Permit,
}

impl Subscription {
    /// The event stream: the current tally immediately, then each newer one. `retry`: reconnect delay of the browser; it
    /// should vary between readers.
    pub fn into_sse(self, retry: Duration) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let Self { receiver, permit } = self;
        let mut retry = Some(retry);
        let events = WatchStream::new(receiver).map(move |event| {
            // The stream owns the permit.
            let _ = &permit;
            Ok(match retry.take() {
                Some(retry) => event.retry(retry),
                None => event,
            })
        });
        Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT_INTERVAL))
    }
}

impl SubscriptionHub {
    /// `limits`: limits of concurrent subscriptions.
    pub fn new(limits: ConnectionLimits, gauge: Gauge) -> Self {
        Self {
            limiter: Arc::new(ConnectionLimiter::new(limits, gauge)),
            watched: Mutex::default(),
        }
    }

    /// A permit for a subscriber in that network, unless a limit is reached.
    pub fn try_acquire(&self, network: Option<IpAddr>) -> Option<Permit> {
        ConnectionLimiter::try_acquire(&self.limiter, network)
    }

    /// Subscribes to an article.
    ///
    /// # Errors
    /// [`StoreError`] if the article's counts cannot be read.
    pub async fn subscribe(
        &self,
        permit: Permit,
        store: &dyn Store,
        site: &Site,
        article: &ArticleKey,
    ) -> Result<Subscription, StoreError> {
        let subscribe = |sender: &watch::Sender<Event>| sender.subscribe();
        let known = self
            .watched()
            .get(&site.id)
            .and_then(|articles| articles.get(article))
            .map(|one| subscribe(&one.sender));
        if let Some(receiver) = known {
            return Ok(Subscription { receiver, permit });
        }
        let counted = store
            .tallies(&site.id, std::slice::from_ref(article))
            .await?
            .pop();
        let Some(counted) = counted else {
            return Err(StoreError::Unavailable);
        };
        let mut watched = self.watched();
        // Another subscriber may have added the article meanwhile.
        let one = watched
            .entry(site.id.clone())
            .or_default()
            .entry(article.clone())
            .or_insert_with(|| {
                let version = counted.version;
                WatchedArticle {
                    version,
                    sender: watch::Sender::new(event(&displayed(counted, site))),
                }
            });
        Ok(Subscription {
            receiver: subscribe(&one.sender),
            permit,
        })
    }

    /// Sends the tallies that have changed since the last call, and drops articles without subscribers. Each article is
    /// read by itself, because those in a part of the store that does not answer must not delay the others.
    pub async fn publish(&self, store: &dyn Store, config: &Config) {
        let publishing = self.articles().into_iter().map(async |(id, articles)| {
            let Some(site) = config.site(&id).filter(|site| site.live) else {
                self.watched().remove(&id);
                return;
            };
            stream::iter(articles)
                .for_each_concurrent(MAX_CONCURRENT_READS, async |article| {
                    self.publish_if_changed(store, site, &article).await;
                })
                .await;
        });
        join_all(publishing).await;
    }

    /// Sends the article's tally if it has changed.
    async fn publish_if_changed(&self, store: &dyn Store, site: &Site, article: &ArticleKey) {
        let reading = store.tallies(&site.id, std::slice::from_ref(article));
        // The store logs its errors; the next tick retries.
        let Ok(Ok(counted)) = timeout(READ_TIMEOUT, reading).await else {
            return;
        };
        let mut watched = self.watched();
        let known = watched.get_mut(&site.id).and_then(|of| of.get_mut(article));
        if let (Some(one), Some(counted)) = (known, counted.into_iter().next())
            && one.version != counted.version
        {
            one.version = counted.version;
            let _previous = one.sender.send_replace(event(&displayed(counted, site)));
        }
    }

    /// A site's articles that have subscribers, each with the number of its subscribers.
    pub fn watchers(&self, site: &SiteId) -> Vec<(ArticleKey, u64)> {
        let watched = self.watched();
        let articles = watched.get(site).into_iter().flatten();
        let articles = articles.map(|(key, one)| (key.clone(), one.sender.receiver_count() as u64));
        articles.filter(|(_, count)| *count > 0).collect()
    }

    /// Ends all subscriptions.
    pub fn close(&self) {
        self.watched().clear();
    }

    /// The articles with subscribers.
    fn articles(&self) -> Vec<(SiteId, Vec<ArticleKey>)> {
        let mut watched = self.watched();
        for articles in watched.values_mut() {
            articles.retain(|_, one| !one.sender.is_closed());
        }
        watched.retain(|_, articles| !articles.is_empty());
        watched
            .iter()
            .map(|(site, articles)| (site.clone(), articles.keys().cloned().collect()))
            .collect()
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<SiteId, HashMap<ArticleKey, WatchedArticle>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn displayed(counted: ArticleCounts, site: &Site) -> Tally {
    rules::displayed(counted.tally, site, counted.poll.as_deref())
}

/// A tally as a server-sent event; its id is `rev`.
fn event(tally: &Tally) -> Event {
    // Compact JSON has no line breaks; a tally contains only text and numbers, so serialisation cannot fail.
    let data = serde_json::to_string(tally).unwrap_or_default();
    Event::default().id(tally.rev.to_string()).data(data)
}
