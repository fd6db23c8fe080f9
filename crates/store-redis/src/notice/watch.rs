use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use store::{Closed, StoreError};
use tokio::time::timeout;

use super::{Redis, Slot, reads};

/// How long a check that found no flag is valid, counted from its start.
pub(super) const BELIEVED: Duration = Duration::from_secs(3);

/// How long a refusal is repeated without another check.
const REPEATED: Duration = Duration::from_millis(500);

/// Timeout of the first reply, and of the others once there is one.
const FIRST: Duration = Duration::from_millis(2500);
const OTHERS: Duration = Duration::from_millis(200);

/// Cached view of the migration flag. Uses a clock that is never set, and that runs while the machine is suspended.
#[derive(Default)]
pub(in super::super) struct Watch {
    seen: Mutex<Seen>,
    /// Serialises checks: one check serves all who wait.
    turn: tokio::sync::Mutex<()>,
}

struct Seen {
    /// Start of the last check that found no flag.
    open: Option<Duration>,
    /// End and result of the last check.
    last: Option<(Duration, Result<(), Closed>)>,
    /// State that was last logged.
    told: Result<(), Closed>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { open: None, last: None, told: Ok(()) }
    }
}

impl Seen {
    /// Whether no copying can have begun: a migration that set its flag after the check waits longer than this
    /// validity.
    fn is_believed(&self, now: Duration) -> bool {
        self.open.is_some_and(|began| now.saturating_sub(began) < BELIEVED)
    }

    fn is_open(&self, now: Duration) -> bool {
        self.is_believed(now) && !matches!(self.last, Some((_, Err(Closed::Moving | Closed::Moved(_)))))
    }

    /// The result of a check that ended after `now`, or of a recent refusal.
    fn known(&self, now: Duration) -> Option<Result<(), Closed>> {
        let (ended, found) = self.last.as_ref()?;
        let may_repeat = if found.is_ok() { Duration::ZERO } else { REPEATED };
        (*ended + may_repeat >= now).then(|| found.clone())
    }

    /// Records the result of a check. Returns whether the state changed; a failed check does not change it.
    fn hear(&mut self, began: Duration, ended: Duration, found: &Result<(), Closed>) -> bool {
        if found.is_ok() {
            self.open = Some(began);
        }
        self.last = Some((ended, found.clone()));
        if matches!(found, Err(Closed::Unknown(_))) {
            return false;
        }
        std::mem::replace(&mut self.told, found.clone()) != *found
    }
}

impl Watch {
    pub(in super::super) fn is_open(&self) -> bool {
        self.seen().is_open(now())
    }

    pub(in super::super) fn is_believed(&self) -> bool {
        self.seen().is_believed(now())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Redis {
    /// Checks the flag, or waits for a check that is running.
    pub(in super::super) async fn watch_notice(&self) -> Result<(), Closed> {
        let asked = now();
        let _turn = self.watch.turn.lock().await;
        if let Some(told) = self.watch.seen().known(asked) {
            return told;
        }
        let began = now();
        let found = self.find_notice().await;
        if matches!(found, Err(Closed::Unknown(_))) {
            let slot = self.places().first().map_or_else(Slot::default, |(_, slot)| *slot);
            self.cluster.gave_up(slot, "no server says whether all counts move");
        }
        let is_new = self.watch.seen().hear(began, now(), &found);
        if is_new {
            self.tell(&found);
        }
        found
    }

    /// One reply without a flag is enough, because a migration must set all of them before it copies. Still, use other
    /// replies that arrive soon, so that a completed migration is not overlooked.
    async fn find_notice(&self) -> Result<(), Closed> {
        let places = self.places();
        let mut looks: FuturesUnordered<_> = places.iter().map(|(name, slot)| self.hangs(name, *slot)).collect();
        let mut found = Err(Closed::Unknown(StoreError::Unavailable));
        while let Ok(Some(hangs)) = timeout(if found.is_ok() { OTHERS } else { FIRST }, looks.next()).await {
            match hangs.map(|text| reads(text.as_deref().unwrap_or_default())) {
                Ok(Some(closed)) => return Err(closed),
                Ok(None) => found = Ok(()),
                Err(_) => {}
            }
        }
        found
    }

    fn tell(&self, found: &Result<(), Closed>) {
        match found {
            Ok(()) => tracing::info!("events are taken again"),
            Err(Closed::Moving) => {
                tracing::warn!("events are refused, and browsers keep them, while all counts move to another database");
            }
            Err(Closed::Moved(to)) => tracing::error!(
                to,
                "all counts have moved, and no event is taken here any more: restart gema with the new database, or let \
                 this one count on with `gema migrate --undo`"
            ),
            // The outage log covers this.
            Err(Closed::Unknown(_)) => {}
        }
    }
}

/// Monotonic time. The standard library's clock stops while the machine is suspended.
#[cfg(target_os = "linux")]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(target_os = "linux"))]
fn now() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_was_seen_is_believed_for_a_while_from_when_the_look_began() {
        let mut seen = Seen::default();
        assert!(!seen.is_open(SECOND), "before anybody has looked");
        assert!(!seen.hear(SECOND, 2 * SECOND, &Ok(())), "as it should be is no news");
        assert!(seen.is_open(4 * SECOND - Duration::from_nanos(1)) && !seen.is_open(4 * SECOND));
        seen.hear(2 * SECOND, 2 * SECOND, &Ok(()));
        seen.hear(2 * SECOND, 3 * SECOND, &Err(Closed::Unknown(StoreError::Unavailable)));
        assert!(seen.is_open(3 * SECOND), "a look that sees nothing does not end what another has seen");
        assert!(seen.hear(3 * SECOND, 3 * SECOND, &Err(Closed::Moving)));
        assert!(!seen.is_open(3 * SECOND), "a notice ends it at once");
        assert!(seen.is_believed(4 * SECOND), "but what was written is in time");
        assert!(!seen.is_believed(5 * SECOND));
        assert!(!seen.hear(4 * SECOND, 4 * SECOND, &Err(Closed::Moving)), "that is no news");
        assert!(seen.hear(5 * SECOND, 5 * SECOND, &Ok(())) && seen.is_open(5 * SECOND));
    }

    #[test]
    fn who_has_waited_for_a_look_is_told_and_a_refusal_is_repeated_for_a_moment() {
        let mut seen = Seen::default();
        seen.hear(SECOND, 2 * SECOND, &Ok(()));
        assert_eq!((seen.known(SECOND), seen.known(3 * SECOND)), (Some(Ok(())), None));
        seen.hear(3 * SECOND, 4 * SECOND, &Err(Closed::Moving));
        assert_eq!(seen.known(4 * SECOND + REPEATED), Some(Err(Closed::Moving)));
        assert_eq!(seen.known(5 * SECOND), None);
    }
}
