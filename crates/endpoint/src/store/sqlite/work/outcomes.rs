use crate::metrics::{Counters, Kind, Label, Outcome};

/// What became of a transaction's events: counted for the operator when it is durable, and not before.
#[derive(Default)]
pub(in super::super) struct Outcomes([[u64; 2]; Kind::VALUES.len()]);

impl Outcomes {
    /// Whether it was new.
    pub(super) fn note(&mut self, kind: Kind, new: bool) {
        self.0[kind.index()][usize::from(new)] += 1;
    }

    /// Adds them to all that were before.
    pub(in super::super) fn add_to(&self, events: &Counters<Kind, Outcome>) {
        for kind in [Kind::Read, Kind::React, Kind::Share] {
            let [repeated, counted] = self.0[kind.index()];
            for (outcome, many) in [(Outcome::Repeated, repeated), (Outcome::Counted, counted)] {
                if many > 0 {
                    events.add_pair(kind, outcome, many);
                }
            }
        }
    }
}
