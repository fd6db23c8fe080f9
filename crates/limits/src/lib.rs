//! Rate and daily limits: how much one client can add to the counts, whatever it claims to be. Counters of all limits,
//! in bounded memory. Addresses, readers and articles are known only as hashes, with a random key per process.

/// Admission of the events of one request.
mod admission;
/// Client identity, as hashes.
mod client_id;
/// Charging limits, with rollback.
mod counters;
/// Sketches of daily limits, and the allocation of their memory.
mod days;
/// Rate arithmetic (GCRA).
mod rate;
/// Counters of refusals, by limit.
mod refusals;
/// Count-min sketches.
mod sketch;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use admission::RequestLimiter;
use client_id::ClientId;
use config::{Action, Amounts, LIMITS};
use counters::{Charge, LimitExceeded, RateCounters};
use days::SketchId;
use metrics::{Counters, Gauges, Reason};
pub use refusals::LimitId;
use refusals::Refusals;
use rules::Rejection;
use visitor::Day;
use wire::SiteId;

/// The counters of all limits. They survive a reload of the configuration.
pub struct Limits {
    hasher: RandomState,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    /// Limits on requests, checked before any work is done.
    request_limits: Mutex<RateCounters>,
    /// Limits on events, checked by the store, which alone knows which events are new.
    event_limits: Mutex<RateCounters>,
    refusals: Refusals,
    /// Fill level of the fullest meter of each limit.
    meters: Arc<Gauges<LimitId>>,
    /// Sketches that are at least half full and have been logged.
    logged: Mutex<HashSet<SketchId>>,
}

/// Fill level of a limit's meter for one site and day.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    /// The limit.
    pub limit: LimitId,
    /// The site.
    pub site: SiteId,
    /// Fill level; at 1, the limit refuses everybody.
    pub part: f64,
    /// Whether the level has just passed one half, so that it should be logged.
    pub is_newly_half_full: bool,
}

impl Limits {
    /// `clock`: a monotonic clock with any start.
    pub fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let request_limits = Mutex::new(RateCounters::new());
        let event_limits = Mutex::new(RateCounters::new());
        let refusals = Refusals::new();
        let logged = Mutex::default();
        let meters = Gauges::new(
            "gema_meter_fill",
            "How full a limit's meter is today, on the fullest site; 1 refuses everybody",
        );
        let hasher = RandomState::new();
        let clock = Box::new(clock);
        Self {
            hasher,
            clock,
            request_limits,
            event_limits,
            refusals,
            meters: Arc::new(meters),
            logged,
        }
    }

    /// Charges a request's actions, `many` times at once: all of them, or none.
    ///
    /// # Errors
    /// The limit that was exceeded, and when all of them would be admitted.
    pub fn admit(
        &self,
        amounts: &Amounts,
        address: IpAddr,
        actions: &[Action],
        many: NonZeroU32,
    ) -> Result<(), Rejection> {
        let client = ClientId::new(address, None, |part| self.hash(part));
        let charges = amounts
            .iter()
            .filter(|(_, limit, _)| actions.contains(&limit.action));
        let charges = charges.filter_map(|(limit, of, amount)| {
            Some(Charge {
                limit,
                amount,
                many,
                key: client.key(of.key)?,
                site: 0,
            })
        });
        let charges: Vec<_> = charges.collect();
        let mut request_limits = locked(&self.request_limits);
        let admitted = request_limits.charge(&charges, 0, (self.clock)());
        request_limits.settle(true);
        admitted.map_err(|over| self.refuse(over))
    }

    /// Number of refusals by limit.
    pub fn refusals(&self) -> Arc<Counters<LimitId>> {
        Arc::clone(&self.refusals.counts)
    }

    /// A log line about refusals since the last call; `None` if there were none.
    pub fn drain_refusals(&self) -> Option<String> {
        self.refusals.drain_refusals()
    }

    /// The gauge of fill levels, set by [`Self::fills`].
    pub fn meters(&self) -> Arc<Gauges<LimitId>> {
        Arc::clone(&self.meters)
    }

    /// Fill levels of the daily meters of these sites, for their current day. A full meter refuses everybody.
    pub fn fills<'s>(
        &self,
        amounts: &Amounts,
        sites: impl Iterator<Item = (&'s SiteId, Day)>,
    ) -> Vec<Fill> {
        let today: HashMap<u64, _> = sites
            .map(|(site, day)| (self.hash(site.as_str()), (site, day.get())))
            .collect();
        let fills = locked(&self.event_limits).days().fills(amounts);
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        logged.retain(|known| fills.iter().any(|(sketch_id, _)| sketch_id == known));
        let named = fills.into_iter().filter_map(|(sketch_id, part)| {
            let (site, day) = *today.get(&sketch_id.site)?;
            // Sketches of the day before no longer refuse anything.
            (sketch_id.day == day).then_some((sketch_id, part, site))
        });
        let fill = named.map(|(sketch_id, part, site)| {
            let is_newly_half_full = part >= 0.5 && logged.insert(sketch_id);
            Fill {
                limit: LimitId(sketch_id.limit),
                site: site.clone(),
                part,
                is_newly_half_full,
            }
        });
        fill.collect()
    }

    /// Memory use of the meters, in bytes.
    pub fn bytes(&self) -> usize {
        locked(&self.request_limits).bytes() + locked(&self.event_limits).bytes()
    }

    fn refuse(&self, LimitExceeded { limit, wait }: LimitExceeded) -> Rejection {
        self.refusals.counts.add(LimitId(limit));
        let name = LIMITS[limit].full_name;
        let when = if wait.is_some() { "" } else { " for this day" };
        let reason = format!("is over the limit `{name}`{when}: see `limits` in gema.toml");
        let retry_after = wait.map(|wait| Duration::from_secs(wait.as_secs().saturating_add(1)));
        Rejection {
            retry_after,
            ..Rejection::new("type", reason).with_reason(Reason::Limit)
        }
    }

    fn hash(&self, what: impl Hash) -> u64 {
        self.hasher.hash_one(what)
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limits(…)")
    }
}

/// Recover from poisoning: cells are independent, so a panic leaves none of them half-written.
fn locked(counters: &Mutex<RateCounters>) -> MutexGuard<'_, RateCounters> {
    counters.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
