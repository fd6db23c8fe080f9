//! Outage log: one line when a server starts to fail, one per minute, and one when it recovers, independent of the
//! number of failed requests and of what other servers accept.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::slot::Slot;

/// Minimum interval between lines.
const REST: Duration = Duration::from_mins(1);

/// How long without a failure until the outage is over.
const QUIET: Duration = Duration::from_secs(2);

/// The current outage, if there is one.
#[derive(Default)]
pub(super) struct Outage(Mutex<Option<Running>>);

struct Running {
    began: Instant,
    /// Time of the last line.
    told: Instant,
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
pub(super) struct News {
    pub(super) refused: u64,
    pub(super) lasts: Duration,
    pub(super) why: String,
}

impl Outage {
    /// Records a failure. Returns whether it starts an outage.
    pub(super) fn fails(&self, slot: Slot, why: &str, now: Instant) -> bool {
        let mut running = self.running();
        let begins = running.is_none();
        let outage = running.get_or_insert_with(|| Running {
            began: now,
            told: now,
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
        self.running().as_ref().map_or_else(Vec::new, |outage| outage.slots.keys().copied().collect())
    }

    /// Records a success, begun at that time, on the server of these slots.
    pub(super) fn works(&self, slots: &HashSet<Slot>, begun: Instant) {
        if let Some(outage) = self.running().as_mut() {
            outage.slots.retain(|slot, failed| *failed >= begun || !slots.contains(slot));
        }
    }

    /// A line for the log, if one is due.
    pub(super) fn goes_on(&self, now: Instant) -> Option<News> {
        let mut running = self.running();
        let outage = running.as_mut().filter(|outage| now.saturating_duration_since(outage.told) >= REST)?;
        outage.told = now;
        Some(outage.news(now))
    }

    /// The last line, if the outage is over.
    pub(super) fn ends(&self, now: Instant) -> Option<News> {
        let is_over =
            |outage: &mut Running| outage.slots.is_empty() && now.saturating_duration_since(outage.failed) >= QUIET;
        let outage = self.running().take_if(is_over)?;
        Some(outage.news(outage.failed))
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn news(&self, until: Instant) -> News {
        let lasts = until.saturating_duration_since(self.began);
        News { refused: self.refused, lasts, why: self.why.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_outage_has_a_beginning_a_line_a_minute_and_an_end() {
        let (outage, start) = (Outage::default(), Instant::now());
        let at = |second: u32| start + second * SECOND;
        let (mut begins, mut minutes) = (0, 0);
        for second in 0..130 {
            begins += (0..1000).filter(|_| outage.fails(Slot(7), "gone", at(second))).count();
            // Another server works all the time.
            outage.works(&[Slot(8)].into(), at(second + 1));
            minutes += usize::from(outage.goes_on(at(second)).is_some());
            assert_eq!(outage.ends(at(second)), None);
        }
        assert_eq!((begins, minutes), (1, 2));
        outage.works(&[Slot(7)].into(), at(128));
        assert_eq!(outage.slots(), [Slot(7)], "it was asked before something was refused");
        outage.works(&[Slot(7)].into(), at(130));
        assert_eq!(outage.ends(at(130)), None, "not yet: it may fail again at once");
        let news = News { refused: 130_000, lasts: 129 * SECOND, why: "gone".into() };
        assert_eq!((outage.ends(at(131)), outage.ends(at(131))), (Some(news), None));
        assert!(outage.fails(Slot(7), "gone", at(140)), "that is another one");
    }

    #[test]
    fn a_part_that_works_is_out_of_it_while_another_one_fails() {
        let (outage, start) = (Outage::default(), Instant::now());
        outage.fails(Slot(7), "gone", start);
        outage.fails(Slot(8), "gone", start + SECOND);
        outage.works(&[Slot(7), Slot(8)].into(), start + SECOND);
        assert_eq!(outage.slots(), [Slot(8)]);
    }
}
