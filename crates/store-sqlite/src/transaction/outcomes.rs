use metrics::{Counters, Kind, Label, Outcome};

/// Outcomes of a transaction's events; added to the metrics after the commit.
#[derive(Default)]
pub(in super::super) struct Outcomes([[u64; Outcome::VALUES.len()]; Kind::VALUES.len()]);

impl Outcomes {
    /// Records the outcome of one event.
    pub(super) fn note(&mut self, kind: Kind, outcome: Outcome) {
        self.0[kind.index()][outcome.index()] += 1;
    }

    /// Adds them to the metrics.
    pub(in super::super) fn add_to(&self, events: &Counters<Kind, Outcome>) {
        for kind in [
            Kind::Read,
            Kind::React,
            Kind::Noscript,
            Kind::Share,
            Kind::Waline,
            Kind::GoatCounter,
            Kind::OpenHeart,
        ] {
            for outcome in [Outcome::Counted, Outcome::Repeated, Outcome::Refused] {
                let many = self.0[kind.index()][outcome.index()];
                if many > 0 {
                    events.add_pair(kind, outcome, many);
                }
            }
        }
    }
}
