//! The store in Redis, on one server or a cluster, shared by any number of endpoints. All keys of an article share a
//! hash tag, so an event is one script in one slot. Acknowledged writes are on the disk of the slot's master and on
//! the required number of replicas. Every command is idempotent and may be retried.

/// Aliases: renaming and merging articles.
mod alias;
/// Articles: copies, starting counts, removal.
mod articles;
/// Consistency check.
mod check;
/// A reader's choice.
mod choice;
/// The cluster: slot map, redirections and retries.
mod cluster;
/// Commands and scripts.
mod command;
/// Stored copies of articles.
mod copy;
/// Readers' events.
mod events;
/// Export, article by article.
mod export;
/// Checks at startup: versions, roles and scripts.
mod fitness;
/// Leases of articles.
mod held;
/// Import of an export.
mod import;
/// Key names.
mod keys;
/// Record cache.
mod known;
/// Connections to one server.
mod link;
/// The lists of a site's articles and aliases.
mod lists;
/// Migration flag.
mod notice;
/// Outage log.
mod outage;
/// The store's URL.
mod place;
/// Deletion of articles that only readers created.
mod prune;
/// Random ids, tokens and keys.
mod random;
/// Readiness probes, by part of the cluster.
mod readiness;
/// Daily changes of recent days.
mod recent;
/// The record of an article: its counts and metadata.
mod record;
/// Parsing of replies.
mod reply;
/// Durability checks at startup.
mod safety;
/// The current salts.
mod salts;
/// The keys of the vote hashes.
mod secrets;
/// Full reads of an article.
mod sheet;
/// Hash slots of a cluster.
mod slot;
/// Tables of marks, in linear-hash buckets.
mod table;
/// `impl Store`.
mod verbs;
/// Encoding of a stored vote.
mod vote;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use futures_util::future::try_join_all;
use metrics::{Cause, StoreMetrics};
use store::{OpenError, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use self::{
    cluster::Cluster, command::Command, keys::Names, known::Known, notice::Watch, place::Place, readiness::Tried,
    record::Found, salts::Turned, secrets::Secrets,
};

/// Maximum number of aliases to follow; more is a cycle, which means corrupt data.
const MAX_HOPS: usize = 32;

/// Number of articles for which the last noted day is cached; others are noted again.
const NOTED: usize = 20_000;

/// A store on servers that other endpoints may share.
pub struct Redis {
    cluster: Arc<Cluster>,
    names: Names,
    storing: StoreMetrics,
    known: Known,
    watch: Watch,
    secrets: RwLock<Option<Secrets>>,
    turned: Mutex<HashMap<SiteId, Turned>>,
    /// Serialises reads of the salts: one read serves all who wait.
    looking: tokio::sync::Mutex<()>,
    /// Sites that are known to be in the list of sites.
    sites: Mutex<HashSet<SiteId>>,
    /// The latest day noted in the list of recently counted articles, by article.
    noted: quick_cache::sync::Cache<(SiteId, ArticleKey), Day>,
    /// Data was deleted that must also disappear from the servers' append-only files.
    erased: AtomicBool,
    /// Result of the last readiness probe.
    tried: Tried,
}

impl Redis {
    /// Parses the URL and checks the servers' configuration. Connections are opened on demand.
    ///
    /// # Errors
    /// [`OpenError`] names the cause and the remedy.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        safety::look(&place)?;
        let (names, storing) = (Names::new(&place.prefix), StoreMetrics::default());
        Ok(Self {
            cluster: Arc::new(Cluster::new(place, storing.clone())),
            names,
            storing,
            known: Known::default(),
            watch: Watch::default(),
            secrets: RwLock::default(),
            turned: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            sites: Mutex::default(),
            noted: quick_cache::sync::Cache::new(NOTED),
            erased: AtomicBool::default(),
            tried: Tried::default(),
        })
    }

    /// The record, at most a second old.
    async fn find(&self, site: &SiteId, key: &ArticleKey) -> Result<Found, StoreError> {
        match self.known.fresh(site, key) {
            Some(found) => Ok(found),
            None => self.find_now(site, key).await,
        }
    }

    /// The current record.
    async fn find_now(&self, site: &SiteId, key: &ArticleKey) -> Result<Found, StoreError> {
        let (names, at) = (self.names.article(site, key), Instant::now());
        let found = Found::parse(&self.cluster.read(names.slot, Command::new("HGETALL").arg(names.record())).await?);
        self.known.hear(site, key, at, found.clone());
        Ok(found)
    }

    /// The key of the article that answers for this key: the same key, unless it is an alias.
    async fn leads_to(&self, site: &SiteId, key: &ArticleKey) -> Result<ArticleKey, StoreError> {
        let mut key = key.clone();
        for _ in 0..MAX_HOPS {
            let found = match self.known.usable(site, &key) {
                Some(heard) => heard.found,
                None => self.find_now(site, &key).await?,
            };
            match found {
                Found::Moved(to) => key = to,
                _ => return Ok(key),
            }
        }
        Err(self.nonsense("keys that lead in a circle"))
    }

    /// Follows each key to its record; returns the final keys and records.
    async fn find_all(&self, site: &SiteId, keys: &[ArticleKey]) -> Result<Vec<(ArticleKey, Found)>, StoreError> {
        try_join_all(keys.iter().map(async |key| {
            let mut key = key.clone();
            for _ in 0..MAX_HOPS {
                match self.find(site, &key).await? {
                    Found::Moved(to) => key = to,
                    found => return Ok((key, found)),
                }
            }
            Err(self.nonsense("keys that lead in a circle"))
        }))
        .await
    }

    fn known_secrets(&self) -> Option<Secrets> {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep_secrets(&self, secrets: Secrets) {
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = Some(secrets);
    }

    fn turned(&self) -> MutexGuard<'_, HashMap<SiteId, Turned>> {
        self.turned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Schedules a rewrite of the servers' append-only files.
    fn has_erased(&self) {
        self.erased.store(true, Ordering::Relaxed);
    }

    /// Logs a corrupt reply.
    fn nonsense(&self, what: &str) -> StoreError {
        self.storing.errors.add(Cause::Damaged);
        tracing::error!(
            what,
            prefix = self.cluster.place().prefix,
            "redis has data that gema cannot have written like this: run `gema check`"
        );
        StoreError::Unavailable
    }
}

/// Validates a URL.
pub fn check_url(url: &str) -> Result<(), OpenError> {
    Place::parse(url).map(drop)
}
