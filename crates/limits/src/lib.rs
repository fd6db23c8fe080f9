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
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use config::{Config, Overrides};
    use store::{Admission, NewEvent, NewEventKind};

    /// A site that an address reads, an article once a day, and its limits.
    struct Reads {
        limits: Arc<Limits>,
        config: Arc<Config>,
        _dir: tempfile::TempDir,
    }

    impl Reads {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("gema.toml");
            let text = "[limits.reads]\nper_address = 1\n[sites.news]\norigins = [\"https://news.example\"]\n";
            std::fs::write(&file, text).unwrap();
            let config = Arc::new(Config::load(Some(&file), Overrides::default()).unwrap());
            Self {
                limits: Arc::new(Limits::new(|| Duration::from_secs(1))),
                config,
                _dir: dir,
            }
        }

        fn read(&self, day: Day, address: u32) {
            let site = Arc::clone(self.config.sites.values().next().unwrap());
            let limits = Arc::clone(&self.limits);
            let config = Arc::clone(&self.config);
            let article = wire::ArticleKey::parse("a").unwrap();
            let limiter = RequestLimiter::new(
                limits,
                config,
                site,
                day,
                Ipv4Addr::from(address).into(),
                None,
            );
            limiter.admits(
                0,
                &NewEvent {
                    article: &article,
                    is_first: false,
                    kind: NewEventKind::Read,
                },
            );
            limiter.commit();
        }

        fn fills(&self, today: Day) -> Vec<Fill> {
            let sites = self.config.sites.keys().map(|site| (site, today));
            self.limits
                .fills(self.config.limits.as_ref().unwrap(), sites)
        }

        fn fullest(&self, today: Day) -> Fill {
            self.fills(today)
                .into_iter()
                .max_by(|a, b| a.part.total_cmp(&b.part))
                .unwrap()
        }
    }

    #[test]
    fn a_half_full_meter_is_logged_once_and_exported() {
        let site = Reads::new();
        let today = Day::new(1);
        site.read(today, 0);
        assert!(
            site.fills(today)
                .iter()
                .all(|fill| !fill.is_newly_half_full && fill.part < 0.01)
        );
        (0..30_000).for_each(|address| site.read(today, address));
        let Fill {
            limit,
            site: of,
            part,
            is_newly_half_full,
        } = site.fullest(today);
        assert_eq!(
            (limit.name(), of.as_str(), is_newly_half_full),
            ("reads.per_address", "news", true)
        );
        assert!((0.5..1.0).contains(&part), "{part}");
        assert!(!site.fullest(today).is_newly_half_full);
    }

    #[test]
    fn yesterdays_meters_do_not_affect_todays_fill() {
        let site = Reads::new();
        let [yesterday, today] = [1, 2].map(Day::new);
        (0..30_000).for_each(|address| site.read(yesterday, address));
        assert!(site.fullest(yesterday).part > 0.5);
        assert_eq!(site.fills(today), [], "nothing has been counted");
        site.read(today, 0);
        let Fill {
            part,
            is_newly_half_full,
            ..
        } = site.fullest(today);
        assert!(part < 0.01 && !is_newly_half_full, "{part}");
        (0..30_000).for_each(|address| site.read(today, address));
        assert!(
            site.fullest(today).is_newly_half_full,
            "another day is logged again"
        );
    }

    #[test]
    fn admit_charges_all_actions_or_none() {
        let limits = Limits::new(|| Duration::from_secs(1));
        let amounts = Amounts::default();
        let asks = |actions: &[Action], many| {
            limits.admit(
                &amounts,
                Ipv4Addr::new(192, 0, 2, 1).into(),
                actions,
                NonZeroU32::new(many).unwrap(),
            )
        };
        asks(&[Action::Request], 5_950).unwrap();
        for _ in 0..100 {
            // 51 requests are regained at 120,000 an hour.
            assert_eq!(
                asks(&[Action::Request], 101).unwrap_err().retry_after,
                Some(Duration::from_secs(2))
            );
        }
        asks(&[Action::Show], 6_000).unwrap();
        asks(&[Action::Request], 50).unwrap();
        assert!(asks(&[Action::Request], 1).is_err() && asks(&[Action::Show], 1).is_err());
        assert!(
            asks(&[Action::OpaqueRequest], 601).is_ok(),
            "more than a burst is as dear as a burst"
        );
    }

    /// Limits with a clock that the test moves.
    fn with_clock() -> (Limits, Arc<std::sync::atomic::AtomicU64>) {
        let seconds = Arc::new(std::sync::atomic::AtomicU64::new(1));
        let time = Arc::clone(&seconds);
        (
            Limits::new(move || {
                Duration::from_secs(time.load(std::sync::atomic::Ordering::Relaxed))
            }),
            seconds,
        )
    }

    #[test]
    fn an_office_that_opens_many_uncached_articles_is_never_refused() {
        let (limits, seconds) = with_clock();
        let office = Ipv4Addr::new(192, 0, 2, 1).into();
        let miss = || {
            limits.admit(
                &Amounts::default(),
                office,
                &[Action::CacheMiss],
                NonZeroU32::MIN,
            )
        };
        // 2,000 readers open an article in the same minute, each with two answers, then a hundred articles in an hour.
        assert!((0..4_000).all(|_| miss().is_ok()));
        for _ in 0..60 {
            seconds.fetch_add(60, std::sync::atomic::Ordering::Relaxed);
            assert!((0..2_000 * 100 / 60).all(|_| miss().is_ok()));
        }
    }

    #[test]
    fn uncached_answers_of_an_address_and_of_a_network_are_bounded() {
        let (limits, _) = with_clock();
        let miss = |address: &str| {
            let address = address.parse().unwrap();
            limits.admit(
                &Amounts::default(),
                address,
                &[Action::CacheMiss],
                NonZeroU32::MIN,
            )
        };
        let many = |address: &str| (0..7_000).filter(|_| miss(address).is_ok()).count();
        assert_eq!((many("192.0.2.1"), many("192.0.2.2")), (6_000, 6_000));
        assert!(
            miss("192.0.2.1")
                .unwrap_err()
                .reason
                .contains("cache_misses.per_address")
        );
        let of_line = (0..11).map(|line| many(&format!("2001:db8:1:{line}::1")));
        assert_eq!(
            of_line.collect::<Vec<_>>(),
            [&[6_000; 10][..], &[0]].concat(),
            "a /48 has ten lines' worth"
        );
        assert!(
            miss("2001:db8:1:99::1")
                .unwrap_err()
                .reason
                .contains("cache_misses.per_ipv6_network")
        );
        assert!(miss("2001:db8:2::1").is_ok());
    }
}
