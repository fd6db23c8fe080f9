//! Counts in Redis, on one server or a cluster, for any number of endpoints. Every key of an article has its tag, so that an event
//! is one script in one slot; what is acknowledged is on the disk of the slot's master and has reached replicas. Everything that is
//! sent may be sent again.

/// Articles that move from one key to another.
mod alias;
/// Articles: copies, starting counts, removal.
mod articles;
/// Whether everything adds up.
mod check;
/// What a reader has chosen.
mod choice;
/// All servers as one.
mod cluster;
/// What is asked of a server.
mod command;
/// The endpoint's copy of an article.
mod copy;
/// Readers' events.
mod events;
/// All that may leave, article by article.
mod export;
/// Whether servers can do what is asked of them.
mod fitness;
/// An article for one caller alone.
mod held;
/// What another store has counted.
mod import;
/// What servers call things.
mod keys;
/// What was last heard of articles.
mod known;
/// One server.
mod link;
/// The lists of a site's articles and aliases.
mod lists;
/// Whether everything moves to another store.
mod notice;
/// Since when some server does not do what is asked.
mod outage;
/// Where the servers are.
mod place;
/// Articles that only strangers made.
mod prune;
/// Random numbers, of the system's.
mod random;
/// Which parts take events.
mod readiness;
/// What was counted in the last days.
mod recent;
/// An article's numbers.
mod record;
/// What servers answer.
mod reply;
/// Whether servers keep what they acknowledge.
mod safety;
/// The live salts.
mod salts;
/// The keys of the votes' hashes.
mod secrets;
/// Everything that is kept of one article.
mod sheet;
/// The parts of a cluster.
mod slot;
/// Tables of marks.
mod table;
/// The verbs of the domain.
mod verbs;
/// A reader's choice, packed.
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
use metrics::{Cause, Storing};
use store::{OpenError, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use self::{
    cluster::Cluster, command::Command, keys::Names, known::Known, notice::Watch, place::Place, readiness::Tried,
    record::Found, salts::Turned, secrets::Secrets,
};

/// How many keys may lead on to another until it is a circle, which cannot be.
const MAX_HOPS: usize = 32;

/// Of how many articles it is remembered that they are noted; of others it is noted again.
const NOTED: usize = 20_000;

/// A store on servers that others use too.
pub struct Redis {
    cluster: Arc<Cluster>,
    names: Names,
    storing: Storing,
    known: Known,
    watch: Watch,
    secrets: RwLock<Option<Secrets>>,
    turned: Mutex<HashMap<SiteId, Turned>>,
    /// One reads salts again, for all who wait.
    looking: tokio::sync::Mutex<()>,
    /// Sites that are in the list of sites.
    sites: Mutex<HashSet<SiteId>>,
    /// Of which day it was last noted of an article that something was counted.
    noted: quick_cache::sync::Cache<(SiteId, ArticleKey), Day>,
    /// Something was deleted that must not live on in a server's files.
    erased: AtomicBool,
    /// Which parts took writes when that was last tried.
    tried: Tried,
}

impl Redis {
    /// Reads the URL, and looks whether the servers keep what they acknowledge. Connects anew when something is asked.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        safety::look(&place)?;
        let (names, storing) = (Names::new(&place.prefix), Storing::default());
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

    /// What is there, as it was at most a second ago.
    async fn find(&self, site: &SiteId, key: &ArticleKey) -> Result<Found, StoreError> {
        match self.known.fresh(site, key) {
            Some(found) => Ok(found),
            None => self.find_now(site, key).await,
        }
    }

    /// What is there now.
    async fn find_now(&self, site: &SiteId, key: &ArticleKey) -> Result<Found, StoreError> {
        let (names, at) = (self.names.article(site, key), Instant::now());
        let found = Found::parse(&self.cluster.read(names.slot, Command::new("HGETALL").arg(names.record())).await?);
        self.known.hear(site, key, at, found.clone());
        Ok(found)
    }

    /// The key of the article that answers for this one: itself, unless it has moved.
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

    /// What each key leads to, with the key where that is.
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

    /// Notes that something was deleted that must not live on in a server's files.
    fn has_erased(&self) {
        self.erased.store(true, Ordering::Relaxed);
    }

    /// The servers hold something that gema has not written so.
    fn nonsense(&self, what: &str) -> StoreError {
        self.storing.errors.add(Cause::Damaged);
        tracing::error!(
            what,
            prefix = self.cluster.place().prefix,
            "redis holds what gema has not written so: look with `gema check`"
        );
        StoreError::Unavailable
    }
}

/// Whether a URL says where servers are.
pub fn check_url(url: &str) -> Result<(), OpenError> {
    Place::parse(url).map(drop)
}
