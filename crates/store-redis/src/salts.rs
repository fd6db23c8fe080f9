//! A site's current salts. Every event needs them, and they are all in one slot, so they are cached for their day:
//! only a day's first salt requires a write, and later reads may fail.

use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use redis::Value;
use store::StoreError;
use tokio::time::timeout;
use visitor::{Day, HashKey, Salt};
use wire::SiteId;

use super::{
    Redis,
    cluster::Access,
    command::{Command, Script},
    keys::Name,
    reply::{list, number, pairs, utf8},
    slot::Slot,
};

/// Expiry of salts and deduplication digests, in seconds: two days, one of which may be an hour longer, and an hour of
/// margin.
pub(super) const SALT_TTL_SECONDS: u32 = 50 * 3600;

/// How long cached salts are assumed to be complete: an endpoint whose clock is ahead may start the next window.
const SALTS_VALID_FOR: Duration = Duration::from_secs(1);

/// How long an event waits for a refresh before it uses the cached salts.
const SALTS_READ_TIMEOUT: Duration = Duration::from_millis(100);

/// A site's cached salts.
#[derive(Clone)]
pub(super) struct CachedSalts {
    /// The day whose salt is durable: no failover replaces it, so all endpoints use the same one.
    day: Day,
    refreshed: Instant,
    /// The salt of the day is first.
    salts: Vec<Salt>,
}

/// The salts of a site, as stored.
struct StoredSalts {
    /// The salts of the day and its neighbours; the salt of the day is first.
    salts: Vec<Salt>,
    /// The latest day whose salt an endpoint knows to be on replicas.
    durable: Option<Day>,
}

impl StoredSalts {
    fn of_day(&self, day: Day) -> Option<&Salt> {
        self.salts.first().filter(|salt| salt.day == day)
    }
}

impl Redis {
    /// Starts the site's window for that day if necessary; returns the current salts, the day's first.
    pub(super) async fn salts(&self, site: &SiteId, day: Day) -> Result<Vec<Salt>, StoreError> {
        let Some(known) = self.cached_salts(site, day) else {
            return self.begin_window(site, day).await;
        };
        if known.refreshed.elapsed() < SALTS_VALID_FOR {
            return Ok(known.salts);
        }
        let wait = if self.cluster.is_unavailable(self.names_of_salts(site).2) {
            Duration::ZERO
        } else {
            SALTS_READ_TIMEOUT
        };
        match timeout(wait, self.refresh_salts(site, day)).await {
            Ok(Ok(Some(salts))) => Ok(salts),
            Ok(Ok(None)) => self.rotate_salt(site, day).await,
            Ok(Err(_)) | Err(_) => {
                // Skip the refresh for a while: the salt of the day is known.
                self.postpone_refresh(site);
                Ok(known.salts)
            }
        }
    }

    /// The cached salts, if they include the day's.
    fn cached_salts(&self, site: &SiteId, day: Day) -> Option<CachedSalts> {
        self.salt_cache()
            .get(site)
            .filter(|known| known.day == day)
            .cloned()
    }

    /// Refreshes the cached salts, once for concurrent callers. `None`: the stored salt of the day differs from the
    /// cached one.
    async fn refresh_salts(
        &self,
        site: &SiteId,
        day: Day,
    ) -> Result<Option<Vec<Salt>>, StoreError> {
        let _one_refresh = self.salts_refresh.lock().await;
        let Some(known) = self.cached_salts(site, day) else {
            return Ok(None);
        };
        if known.refreshed.elapsed() < SALTS_VALID_FOR {
            return Ok(Some(known.salts));
        }
        let StoredSalts { salts, .. } = self.read_salts(site, day).await?;
        if salts.first() != known.salts.first() {
            return Ok(None);
        }
        Ok(Some(self.cache_salts(site, day, salts)))
    }

    /// Reads the day's salt if another endpoint has made it durable; else starts the window.
    async fn begin_window(&self, site: &SiteId, day: Day) -> Result<Vec<Salt>, StoreError> {
        // This also works while a replica is down and writes are refused.
        if let Ok(Ok(stored)) = timeout(SALTS_READ_TIMEOUT, self.read_salts(site, day)).await
            && stored.durable == Some(day)
            && stored.of_day(day).is_some()
        {
            return Ok(self.cache_salts(site, day, stored.salts));
        }
        self.rotate_salt(site, day).await
    }

    /// Starts the window, and waits until its salt is durable. Restores the cached salt if a failover lost it.
    async fn rotate_salt(&self, site: &SiteId, day: Day) -> Result<Vec<Salt>, StoreError> {
        let known = self
            .cached_salts(site, day)
            .and_then(|known| Some(known.salts.first()?.key.clone()));
        let fresh = match known {
            Some(key) => key,
            None => super::random::key()?,
        };
        let (name, durable, slot) = self.names_of_salts(site);
        let rotate = Command::script(Script::RotateSalt, [name, durable.clone()])
            .arg(day.get().to_string())
            .arg(HEXLOWER.encode(&fresh.0));
        let answer = self
            .cluster
            .write(slot, rotate.arg(SALT_TTL_SECONDS.to_string()))
            .await
            .inspect_err(|_| {
                // The script may have run, and then this endpoint is the only one to know that digests were deleted.
                if self
                    .salt_cache()
                    .get(site)
                    .is_some_and(|known| known.day != day)
                {
                    self.note_erasure_later();
                }
            })?;
        let [is_rotated, fields] = list(&answer) else {
            return Err(self.corrupt_reply("the salts"));
        };
        let salts = live(fields, day);
        if salts.first().is_none_or(|salt| salt.day != day) {
            return Err(self.corrupt_reply("the salts"));
        }
        if number(is_rotated) == Some(1) {
            self.note_erasure_later();
        }
        // Record that the salt is on replicas, so that other endpoints need not wait for that. The note is in the same
        // slot as the salt, so replication cannot deliver it first; if it is lost, they wait.
        let note = Command::new("SET")
            .arg(durable)
            .arg(day.get().to_string())
            .arg("EX")
            .arg(SALT_TTL_SECONDS.to_string());
        self.cluster.send_in_background(slot, note);
        Ok(self.cache_salts(site, day, salts))
    }

    async fn read_salts(&self, site: &SiteId, day: Day) -> Result<StoredSalts, StoreError> {
        let (name, durable, slot) = self.names_of_salts(site);
        let commands = vec![
            Command::new("HGETALL").arg(name),
            Command::new("GET").arg(durable),
        ];
        let answers = self.cluster.request(Access::Read, slot, commands).await?;
        let [fields, durable] = answers.as_slice() else {
            return Err(self.corrupt_reply("the salts"));
        };
        let durable = utf8(durable).and_then(|day| Some(Day::new(day.parse().ok()?)));
        Ok(StoredSalts {
            salts: live(fields, day),
            durable,
        })
    }

    fn cache_salts(&self, site: &SiteId, day: Day, salts: Vec<Salt>) -> Vec<Salt> {
        self.salt_cache().insert(
            site.clone(),
            CachedSalts {
                day,
                refreshed: Instant::now(),
                salts: salts.clone(),
            },
        );
        salts
    }

    fn postpone_refresh(&self, site: &SiteId) {
        if let Some(known) = self.salt_cache().get_mut(site) {
            known.refreshed = Instant::now();
        }
    }

    /// Drops cached salts that are not live on that day, whether or not their slot is reachable.
    pub(super) fn drop_ended_salts(&self, site: &SiteId, day: Day) {
        let mut cache = self.salt_cache();
        if let Some(known) = cache.get_mut(site) {
            known.salts.retain(|salt| is_live(salt, day));
            if known.salts.is_empty() {
                cache.remove(site);
            }
        }
    }

    /// Drops such salts of all sites that are not served.
    pub(super) fn drop_unserved_salts(&self, served: &[SiteId], today: Day) {
        let gone: Vec<_> = self
            .salt_cache()
            .keys()
            .filter(|site| !served.contains(site))
            .cloned()
            .collect();
        gone.iter()
            .for_each(|site| self.drop_ended_salts(site, today));
    }

    /// Keys of the salts and of the durability note, and their slot.
    fn names_of_salts(&self, site: &SiteId) -> (Name, Name, Slot) {
        let (name, slot) = self.names.standalone_key("salts", site.as_str());
        (
            name,
            self.names.standalone_key("durable-salt", site.as_str()).0,
            slot,
        )
    }
}

fn is_live(salt: &Salt, day: Day) -> bool {
    salt.day.since(day).abs() <= 1
}

/// The live salts of a hash; the day's salt is first.
fn live(fields: &Value, day: Day) -> Vec<Salt> {
    let mut salts: Vec<_> = pairs(fields)
        .filter_map(|(day, key)| salt(day, key))
        .collect();
    salts.retain(|salt| is_live(salt, day));
    salts.sort_by_key(|salt| (salt.day != day, std::cmp::Reverse(salt.day)));
    salts
}

fn salt(day: &[u8], key: &[u8]) -> Option<Salt> {
    let day = Day::new(std::str::from_utf8(day).ok()?.parse().ok()?);
    Some(Salt {
        day,
        key: HashKey(HEXLOWER.decode(key).ok()?.try_into().ok()?),
    })
}
