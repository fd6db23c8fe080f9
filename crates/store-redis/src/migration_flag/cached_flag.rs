use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use store::{StoreError, WritesBlocked};
use tokio::time::timeout;

use super::{Redis, Slot, parse_flag};

/// How long a check that found no flag is valid, counted from its start.
pub(super) const FLAG_VALID_FOR: Duration = Duration::from_secs(3);

/// How long a refusal is repeated without another check.
const REFUSAL_VALID_FOR: Duration = Duration::from_millis(500);

/// Timeout of the first reply, and of the others once there is one.
const FIRST_REPLY_TIMEOUT: Duration = Duration::from_millis(2500);
const OTHER_REPLIES_TIMEOUT: Duration = Duration::from_millis(200);

/// Cached view of the migration flag. Uses a clock that is never set, and that runs while the machine is suspended.
#[derive(Default)]
pub(in super::super) struct CachedFlag {
    state: Mutex<FlagState>,
    /// Serialises checks: one check serves all who wait.
    refresh: tokio::sync::Mutex<()>,
}

struct FlagState {
    /// Start of the last check that found no flag.
    clear_since: Option<Duration>,
    /// End and result of the last check.
    last: Option<(Duration, Result<(), WritesBlocked>)>,
    /// State that was last logged.
    logged: Result<(), WritesBlocked>,
}

impl Default for FlagState {
    fn default() -> Self {
        Self {
            clear_since: None,
            last: None,
            logged: Ok(()),
        }
    }
}

impl FlagState {
    /// Whether no copying can have begun: a migration that set its flag after the check waits longer than this
    /// validity.
    fn is_known_clear(&self, now: Duration) -> bool {
        self.clear_since
            .is_some_and(|began| now.saturating_sub(began) < FLAG_VALID_FOR)
    }

    fn is_clear(&self, now: Duration) -> bool {
        self.is_known_clear(now)
            && !matches!(
                self.last,
                Some((
                    _,
                    Err(WritesBlocked::Migrating | WritesBlocked::Migrated(_))
                ))
            )
    }

    /// The result of a check that ended after `now`, or of a recent refusal.
    fn known(&self, now: Duration) -> Option<Result<(), WritesBlocked>> {
        let (ended, found) = self.last.as_ref()?;
        let valid_for = if found.is_ok() {
            Duration::ZERO
        } else {
            REFUSAL_VALID_FOR
        };
        (*ended + valid_for >= now).then(|| found.clone())
    }

    /// Records the result of a check. Returns whether the state changed; a failed check does not change it.
    fn record(
        &mut self,
        began: Duration,
        ended: Duration,
        found: &Result<(), WritesBlocked>,
    ) -> bool {
        if found.is_ok() {
            self.clear_since = Some(began);
        }
        self.last = Some((ended, found.clone()));
        if matches!(found, Err(WritesBlocked::Unknown(_))) {
            return false;
        }
        std::mem::replace(&mut self.logged, found.clone()) != *found
    }
}

impl CachedFlag {
    pub(in super::super) fn is_clear(&self) -> bool {
        self.state().is_clear(now())
    }

    pub(in super::super) fn is_known_clear(&self) -> bool {
        self.state().is_known_clear(now())
    }

    fn state(&self) -> MutexGuard<'_, FlagState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Redis {
    /// Checks the flag, or waits for a check that is running.
    pub(in super::super) async fn refresh_flag(&self) -> Result<(), WritesBlocked> {
        let requested = now();
        let _one_refresh = self.migration_flag.refresh.lock().await;
        if let Some(result) = self.migration_flag.state().known(requested) {
            return result;
        }
        let began = now();
        let found = self.read_flags().await;
        if matches!(found, Err(WritesBlocked::Unknown(_))) {
            let slot = self
                .flag_keys()
                .first()
                .map_or_else(Slot::default, |(_, slot)| *slot);
            self.cluster
                .record_failure(slot, "no server says whether all counts move");
        }
        let is_new = self.migration_flag.state().record(began, now(), &found);
        if is_new {
            self.log_state(&found);
        }
        found
    }

    /// One reply without a flag is enough, because a migration must set all of them before it copies. Still, use other
    /// replies that arrive soon, so that a completed migration is not overlooked.
    async fn read_flags(&self) -> Result<(), WritesBlocked> {
        let flag_keys = self.flag_keys();
        let mut reads: FuturesUnordered<_> = flag_keys
            .iter()
            .map(|(name, slot)| self.read_flag(name, *slot))
            .collect();
        let mut found = Err(WritesBlocked::Unknown(StoreError::Unavailable));
        while let Ok(Some(reply)) = timeout(
            if found.is_ok() {
                OTHER_REPLIES_TIMEOUT
            } else {
                FIRST_REPLY_TIMEOUT
            },
            reads.next(),
        )
        .await
        {
            match reply.map(|text| parse_flag(text.as_deref().unwrap_or_default())) {
                Ok(Some(blocked)) => return Err(blocked),
                Ok(None) => found = Ok(()),
                Err(_) => {}
            }
        }
        found
    }

    fn log_state(&self, found: &Result<(), WritesBlocked>) {
        match found {
            Ok(()) => tracing::info!("events are accepted again"),
            Err(WritesBlocked::Migrating) => {
                tracing::warn!(
                    "events are refused, and browsers keep them, while all counts are migrated to another database"
                );
            }
            Err(WritesBlocked::Migrated(to)) => tracing::error!(
                to,
                "all counts were migrated, and no event is accepted here any more: restart gema with the new database, or let \
                 this one count on with `gema migrate --undo`"
            ),
            // The outage log covers this.
            Err(WritesBlocked::Unknown(_)) => {}
        }
    }
}

/// Monotonic time. The standard library's clock stops while the machine is suspended.
#[cfg(target_os = "linux")]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

#[cfg(not(target_os = "linux"))]
fn now() -> Duration {
    static PROCESS_START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    PROCESS_START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn cached_flag_is_valid_from_the_start_of_the_check() {
        let mut state = FlagState::default();
        assert!(!state.is_clear(SECOND), "before anybody has looked");
        assert!(
            !state.record(SECOND, 2 * SECOND, &Ok(())),
            "as it should be is no news"
        );
        assert!(
            state.is_clear(4 * SECOND - Duration::from_nanos(1)) && !state.is_clear(4 * SECOND)
        );
        state.record(2 * SECOND, 2 * SECOND, &Ok(()));
        state.record(
            2 * SECOND,
            3 * SECOND,
            &Err(WritesBlocked::Unknown(StoreError::Unavailable)),
        );
        assert!(
            state.is_clear(3 * SECOND),
            "a look that sees nothing does not end what another has seen"
        );
        assert!(state.record(3 * SECOND, 3 * SECOND, &Err(WritesBlocked::Migrating)));
        assert!(!state.is_clear(3 * SECOND), "a notice ends it at once");
        assert!(
            state.is_known_clear(4 * SECOND),
            "but what was written is in time"
        );
        assert!(!state.is_known_clear(5 * SECOND));
        assert!(
            !state.record(4 * SECOND, 4 * SECOND, &Err(WritesBlocked::Migrating)),
            "that is no news"
        );
        assert!(state.record(5 * SECOND, 5 * SECOND, &Ok(())) && state.is_clear(5 * SECOND));
    }

    #[test]
    fn waiting_callers_share_a_check_and_refusals_repeat() {
        let mut state = FlagState::default();
        state.record(SECOND, 2 * SECOND, &Ok(()));
        assert_eq!(
            (state.known(SECOND), state.known(3 * SECOND)),
            (Some(Ok(())), None)
        );
        state.record(3 * SECOND, 4 * SECOND, &Err(WritesBlocked::Migrating));
        assert_eq!(
            state.known(4 * SECOND + REFUSAL_VALID_FOR),
            Some(Err(WritesBlocked::Migrating))
        );
        assert_eq!(state.known(5 * SECOND), None);
    }
}
