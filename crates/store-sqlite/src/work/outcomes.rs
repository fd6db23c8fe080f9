use metrics::{Counters, Kind, Label, Outcome};

/// What became of a transaction's events: counted for the operator when it is durable, and not before.
#[derive(Default)]
pub(in super::super) struct Outcomes([[u64; Outcome::VALUES.len()]; Kind::VALUES.len()]);

impl Outcomes {
    /// What became of one.
    pub(super) fn note(&mut self, kind: Kind, outcome: Outcome) {
        self.0[kind.index()][outcome.index()] += 1;
    }

    /// Adds them to all that were before.
    pub(in super::super) fn add_to(&self, events: &Counters<Kind, Outcome>) {
        for kind in [Kind::Read, Kind::React, Kind::Noscript, Kind::Share] {
            for outcome in [Outcome::Counted, Outcome::Repeated, Outcome::Refused] {
                let many = self.0[kind.index()][outcome.index()];
                if many > 0 {
                    events.add_pair(kind, outcome, many);
                }
            }
        }
    }
}
