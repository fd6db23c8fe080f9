//! Outage log: one line when a server starts to fail, one per minute, and one when it recovers, independent of the
//! number of failed requests and of what other servers accept.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::slot::Slot;

/// Minimum interval between lines.
const SUMMARY_INTERVAL: Duration = Duration::from_mins(1);

/// How long without a failure until the outage is over.
const RECOVERY_QUIET_PERIOD: Duration = Duration::from_secs(2);

/// The current outage, if there is one.
#[derive(Default)]
pub(super) struct Outage(Mutex<Option<OngoingOutage>>);

struct OngoingOutage {
    began: Instant,
    /// Time of the last line.
    logged: Instant,
    /// Time of the last failure, in any slot.
    failed: Instant,
    /// Number of failed operations since it began.
    refused: u64,
    why: String,
    /// Slots with a failure and no success since, with the time of the last failure.
    slots: HashMap<Slot, Instant>,
}

/// A line for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutageSummary {
    pub(super) refused: u64,
    pub(super) lasts: Duration,
    pub(super) why: String,
}

impl Outage {
    /// Records a failure. Returns whether it starts an outage.
    pub(super) fn record_failure(&self, slot: Slot, why: &str, now: Instant) -> bool {
        let mut ongoing = self.ongoing();
        let begins = ongoing.is_none();
        let outage = ongoing.get_or_insert_with(|| OngoingOutage {
            began: now,
            logged: now,
            failed: now,
            refused: 0,
            why: String::new(),
            slots: HashMap::new(),
        });
        outage.refused += 1;
        outage.failed = now;
        why.clone_into(&mut outage.why);
        outage.slots.insert(slot, now);
        begins
    }

    /// The failing slots.
    pub(super) fn slots(&self) -> Vec<Slot> {
        self.ongoing()
            .as_ref()
            .map_or_else(Vec::new, |outage| outage.slots.keys().copied().collect())
    }

    /// Records a success, begun at that time, on the server of these slots.
    pub(super) fn record_success(&self, slots: &HashSet<Slot>, begun: Instant) {
        if let Some(outage) = self.ongoing().as_mut() {
            outage
                .slots
                .retain(|slot, failed| *failed >= begun || !slots.contains(slot));
        }
    }

    /// A line for the log, if one is due.
    pub(super) fn due_summary(&self, now: Instant) -> Option<OutageSummary> {
        let mut ongoing = self.ongoing();
        let outage = ongoing
            .as_mut()
            .filter(|outage| now.saturating_duration_since(outage.logged) >= SUMMARY_INTERVAL)?;
        outage.logged = now;
        Some(outage.summary(now))
    }

    /// The last line, if the outage is over.
    pub(super) fn end_if_over(&self, now: Instant) -> Option<OutageSummary> {
        let is_over = |outage: &mut OngoingOutage| {
            outage.slots.is_empty()
                && now.saturating_duration_since(outage.failed) >= RECOVERY_QUIET_PERIOD
        };
        let outage = self.ongoing().take_if(is_over)?;
        Some(outage.summary(outage.failed))
    }

    fn ongoing(&self) -> std::sync::MutexGuard<'_, Option<OngoingOutage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OngoingOutage {
    fn summary(&self, until: Instant) -> OutageSummary {
        let lasts = until.saturating_duration_since(self.began);
        OutageSummary {
            refused: self.refused,
            lasts,
            why: self.why.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn outage_logs_its_start_a_line_a_minute_and_its_end() {
        let outage = Outage::default();
        let start = Instant::now();
        let at = |second: u32| start + second * SECOND;
        let mut begins = 0;
        let mut minutes = 0;
        for second in 0..130 {
            begins += (0..1000)
                .filter(|_| outage.record_failure(Slot(7), "gone", at(second)))
                .count();
            // Meanwhile, another server keeps working.
            outage.record_success(&[Slot(8)].into(), at(second + 1));
            minutes += usize::from(outage.due_summary(at(second)).is_some());
            assert_eq!(outage.end_if_over(at(second)), None);
        }
        assert_eq!((begins, minutes), (1, 2));
        outage.record_success(&[Slot(7)].into(), at(128));
        assert_eq!(
            outage.slots(),
            [Slot(7)],
            "it was asked before something was refused"
        );
        outage.record_success(&[Slot(7)].into(), at(130));
        assert_eq!(
            outage.end_if_over(at(130)),
            None,
            "not yet: it may fail again at once"
        );
        let summary = OutageSummary {
            refused: 130_000,
            lasts: 129 * SECOND,
            why: "gone".into(),
        };
        assert_eq!(
            (outage.end_if_over(at(131)), outage.end_if_over(at(131))),
            (Some(summary), None)
        );
        assert!(
            outage.record_failure(Slot(7), "gone", at(140)),
            "that is another one"
        );
    }

    #[test]
    fn recovered_slot_leaves_the_outage() {
        let outage = Outage::default();
        let start = Instant::now();
        outage.record_failure(Slot(7), "gone", start);
        outage.record_failure(Slot(8), "gone", start + SECOND);
        outage.record_success(&[Slot(7), Slot(8)].into(), start + SECOND);
        assert_eq!(outage.slots(), [Slot(8)]);
    }
}
