//! The store in Redis, on one server or a cluster, shared by any number of endpoints. All keys of an article share a
//! hash tag, so an event is one script in one slot. Acknowledged writes are on the disk of the slot's master and on
//! the required number of replicas. Every command is idempotent and may be retried.

/// The newsroom's accounts.
mod account_store;
/// Aliases: renaming and merging articles.
mod alias;
/// Full reads of an article.
mod article_dump;
/// Articles: copies, starting counts, removal.
mod articles;
/// Tables of marks, in linear-hash buckets.
mod buckets;
/// Consistency check.
mod check;
/// A reader's choice.
mod choice;
/// The cluster: slot map, redirections and retries.
mod cluster;
/// Commands and scripts.
mod command;
/// Checks at startup: versions, roles and scripts.
mod compatibility;
/// Stored copies of articles.
mod copy;
/// Durability checks at startup.
mod durability;
/// Erasure from the servers' files.
mod erasure;
/// Readers' events.
mod events;
/// Export, article by article.
mod export;
/// Deletion of a visitor's votes.
mod forgetting;
/// Hours of articles.
mod hours;
/// Import of an export.
mod import;
/// Keys of many articles, numbered.
mod key_table;
/// Key names.
mod keys;
/// Leases of articles.
mod lease;
/// The lists of a site's articles and aliases.
mod lists;
/// Migration flag.
mod migration_flag;
/// Queries of the newsroom's pages.
mod newsroom;
/// Connections to one server.
mod node;
/// Outage log.
mod outage;
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
/// Record cache.
mod record_cache;
/// Numbers of refused events.
mod refused;
/// Parsing of replies.
mod reply;
/// Sums of days and of longer spans.
mod rollups;
/// The current salts.
mod salts;
/// Scans of articles with recent counts.
mod scan;
/// Hash slots of a cluster.
mod slot;
/// `impl Store`.
mod store_impl;
/// The store's URL.
mod url;
/// Encoding of a stored vote.
mod vote;
/// The keys of the vote hashes.
mod vote_keys;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic::AtomicBool},
    time::Instant,
};

use futures_util::future::try_join_all;
use metrics::{Cause, StoreMetrics};
use store::{OpenError, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use self::{
    cluster::Cluster,
    command::Command,
    erasure::Rewriter,
    forgetting::Turns,
    keys::KeyNames,
    migration_flag::CachedFlag,
    newsroom::{KnownIndexes, KnownSums},
    readiness::ProbeCache,
    record::Found,
    record_cache::RecordCache,
    rollups::{NotedDays, RollupMaker},
    salts::CachedSalts,
    url::RedisUrl,
    vote_keys::VoteKeys,
};

/// Maximum number of aliases to follow; more is a cycle, which means corrupt data.
const MAX_HOPS: usize = 32;

/// Number of articles for which the last noted day is cached; others are noted again.
const MAX_NOTED_ARTICLES: usize = 20_000;

/// A store on servers that other endpoints may share.
pub struct Redis {
    cluster: Arc<Cluster>,
    names: KeyNames,
    metrics: StoreMetrics,
    records: RecordCache,
    migration_flag: CachedFlag,
    vote_keys: RwLock<Option<VoteKeys>>,
    salt_cache: Mutex<HashMap<SiteId, CachedSalts>>,
    /// Serialises reads of the salts: one read serves all who wait.
    salts_refresh: tokio::sync::Mutex<()>,
    /// Sites that are known to be in the list of sites.
    sites: Mutex<HashSet<SiteId>>,
    /// The latest day noted in the list of recently counted articles, by article.
    noted: quick_cache::sync::Cache<(SiteId, ArticleKey), Day>,
    /// Days of articles that were noted as changed.
    noted_days: Mutex<NotedDays>,
    rollup_maker: RollupMaker,
    indexes: KnownIndexes,
    known_sums: KnownSums,
    /// Serialises reads of many articles: one takes much memory, and the servers' time.
    scanning: tokio::sync::Mutex<()>,
    /// Whether data was deleted for which no flag is set yet.
    erased: AtomicBool,
    rewriter: tokio::sync::Mutex<Rewriter>,
    /// Serialises deletions of votes.
    turns: Turns,
    /// Result of the last readiness probe.
    last_probe: ProbeCache,
}

impl Redis {
    /// Parses the URL and checks the servers' configuration. Connections are opened on demand.
    ///
    /// # Errors
    /// [`OpenError`] names the cause and the remedy.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let url = RedisUrl::parse(url)?;
        durability::check_servers(&url)?;
        let names = KeyNames::new(&url.prefix);
        let metrics = StoreMetrics::default();
        Ok(Self {
            cluster: Arc::new(Cluster::new(url, metrics.clone())),
            names,
            metrics,
            records: RecordCache::default(),
            migration_flag: CachedFlag::default(),
            vote_keys: RwLock::default(),
            salt_cache: Mutex::default(),
            salts_refresh: tokio::sync::Mutex::default(),
            sites: Mutex::default(),
            noted: quick_cache::sync::Cache::new(MAX_NOTED_ARTICLES),
            noted_days: Mutex::default(),
            rollup_maker: RollupMaker::default(),
            indexes: KnownIndexes::default(),
            known_sums: KnownSums::default(),
            scanning: tokio::sync::Mutex::default(),
            erased: AtomicBool::default(),
            rewriter: tokio::sync::Mutex::default(),
            turns: Turns::default(),
            last_probe: ProbeCache::default(),
        })
    }

    /// The record, at most a second old.
    async fn find(&self, site: &SiteId, key: &ArticleKey) -> Result<Found, StoreError> {
        match self.records.get_fresh(site, key) {
            Some(found) => Ok(found),
            None => self.find_now(site, key).await,
        }
    }

    /// The current record.
    async fn find_now(&self, site: &SiteId, key: &ArticleKey) -> Result<Found, StoreError> {
        let names = self.names.article(site, key);
        let at = Instant::now();
        let found = Found::parse(
            &self
                .cluster
                .read(names.slot, Command::new("HGETALL").arg(names.record()))
                .await?,
        );
        self.records.insert(site, key, at, found.clone());
        Ok(found)
    }

    /// The key of the article that answers for this key: the same key, unless it is an alias.
    async fn resolve_key(&self, site: &SiteId, key: &ArticleKey) -> Result<ArticleKey, StoreError> {
        let mut key = key.clone();
        for _ in 0..MAX_HOPS {
            let found = match self.records.get_stale_ok(site, &key) {
                Some(cached) => cached.found,
                None => self.find_now(site, &key).await?,
            };
            match found {
                Found::Moved(to) => key = to,
                _ => return Ok(key),
            }
        }
        Err(self.corrupt_reply("keys that lead in a circle"))
    }

    /// Follows each key to its record; returns the final keys and records.
    async fn find_all(
        &self,
        site: &SiteId,
        keys: &[ArticleKey],
    ) -> Result<Vec<(ArticleKey, Found)>, StoreError> {
        try_join_all(keys.iter().map(async |key| {
            let mut key = key.clone();
            for _ in 0..MAX_HOPS {
                match self.find(site, &key).await? {
                    Found::Moved(to) => key = to,
                    found => return Ok((key, found)),
                }
            }
            Err(self.corrupt_reply("keys that lead in a circle"))
        }))
        .await
    }

    fn cached_vote_keys(&self) -> Option<VoteKeys> {
        self.vote_keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn cache_vote_keys(&self, vote_keys: VoteKeys) {
        *self
            .vote_keys
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(vote_keys);
    }

    fn salt_cache(&self) -> MutexGuard<'_, HashMap<SiteId, CachedSalts>> {
        self.salt_cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs a corrupt reply.
    fn corrupt_reply(&self, what: &str) -> StoreError {
        self.metrics.errors.add(Cause::Damaged);
        tracing::error!(
            what,
            prefix = self.cluster.url().prefix,
            "redis has data that gema cannot have written: run `gema check`"
        );
        StoreError::Unavailable
    }
}

/// Validates a URL.
pub fn check_url(url: &str) -> Result<(), OpenError> {
    RedisUrl::parse(url).map(drop)
}
