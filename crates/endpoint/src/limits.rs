//! How much one script can add to the counts, whatever it calls itself: the readings of all limits, in memory that never
//! grows. Knows addresses, readers and articles only as hashes with a key that dies with the process.

/// What is charged, and taken back.
mod meters;
/// What one request may still add.
mod pass;
/// A rate's arithmetic.
mod rate;
/// What was refused, by reason.
mod refusals;
/// Readings of any number of keys in memory that never grows.
mod sketch;

/// Who is limited, as hashes.
mod who;

use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use meters::{Charge, Meters, Over};
pub use pass::Pass;
pub use refusals::Limited;
use refusals::Refusals;
use who::Who;

use crate::{
    config::{Action, Amounts, LIMITS},
    metrics::{Counters, Reason},
    rules::Refused,
};

/// All meters of a process. They go on through a reload.
pub struct Limits {
    hasher: RandomState,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    /// Of requests, judged before anything is done for them.
    door: Mutex<Meters>,
    /// Of what is counted, judged by the store, which alone knows what is new.
    book: Mutex<Meters>,
    refusals: Refusals,
}

impl Limits {
    /// By a clock that never goes back, from any beginning.
    pub fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let (door, book) = (Mutex::new(Meters::new()), Mutex::new(Meters::new()));
        Self { hasher: RandomState::new(), clock: Box::new(clock), door, book, refusals: Refusals::new() }
    }

    /// Whether a request is taken that would change something. `is_opaque`: it does not say from which page it comes.
    ///
    /// # Errors
    /// By which limit not, and when again.
    pub fn admit(&self, amounts: &Amounts, address: IpAddr, is_opaque: bool) -> Result<(), Refused> {
        let who = Who::new(address, None, |part| self.hash(part));
        let asks = |action| action == Action::Request || is_opaque && action == Action::OpaqueRequest;
        let charges = amounts.iter().filter(|(_, limit, _)| asks(limit.action));
        let charges = charges.filter_map(|(limit, of, amount)| Some(Charge { limit, amount, key: who.part(of.key)? }));
        let charges: Vec<_> = charges.collect();
        let mut door = locked(&self.door);
        let admitted = door.charge(&charges, 0, (self.clock)());
        door.settle(true);
        admitted.map_err(|over| self.refuse(over))
    }

    /// How often each limit has refused something.
    pub fn refusals(&self) -> Arc<Counters<Limited>> {
        Arc::clone(&self.refusals.counts)
    }

    /// What limits have refused since this was last asked, as a line for the log; nothing if that is nothing.
    pub fn news(&self) -> Option<String> {
        self.refusals.news()
    }

    /// How much memory the meters take, in bytes: a few MB, however many there are that are measured.
    pub fn bytes(&self) -> usize {
        locked(&self.door).bytes() + locked(&self.book).bytes()
    }

    fn refuse(&self, Over { limit, wait }: Over) -> Refused {
        self.refusals.counts.add(Limited(limit));
        let name = LIMITS[limit].full_name;
        let when = if wait.is_some() { "" } else { " for this day" };
        let reason = format!("is over the limit `{name}`{when}: see `limits` in gema.toml");
        let retry_after = wait.map(|wait| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1));
        Refused { retry_after, ..Refused::new("type", reason).because(Reason::Limit) }
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

/// Meters are whole whatever panics: no cell depends on another.
fn locked(meters: &Mutex<Meters>) -> MutexGuard<'_, Meters> {
    meters.lock().unwrap_or_else(PoisonError::into_inner)
}
