use std::time::Duration;

use super::{rate, sketch::Sketch};
use crate::config::{Amount, LIMITS};

/// Why something may not be now: by which limit, and when again. `None`: not in this day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over {
    pub(super) limit: usize,
    pub(super) wait: Option<Duration>,
}

/// One limit that something counts against: its place in the table, what is left of it, and of whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charge {
    pub(super) limit: usize,
    pub(super) amount: Amount,
    /// The hash of whoever or whatever it is that has the limit.
    pub(super) key: u64,
}

/// What all limits read. What was charged can be taken back until it is settled.
pub(super) struct Meters {
    /// For each limit, by day; those that have no days have day 0.
    sketches: [Vec<(i32, Sketch)>; LIMITS.len()],
    undo: Vec<Undo>,
    /// The readings after what is being judged.
    next: Vec<u64>,
}

/// What a cell was.
struct Undo {
    limit: usize,
    day: i32,
    place: usize,
    was: u64,
}

/// Room for undoing that is kept from one settlement to the next.
const KEPT_UNDO: usize = 4096;

impl Meters {
    pub(super) fn new() -> Self {
        Self { sketches: std::array::from_fn(|_| Vec::new()), undo: Vec::new(), next: Vec::new() }
    }

    /// Charges all of it, or nothing if one limit is reached.
    pub(super) fn charge(&mut self, charges: &[Charge], day: i32, now: Duration) -> Result<(), Over> {
        self.next.clear();
        for charge in charges {
            let day = period(charge.amount, day);
            let reading = sketch(&mut self.sketches[charge.limit], charge.limit, day).get(charge.key);
            let next = match charge.amount {
                Amount::Rate(rate) => rate::next(rate, reading, now).map_err(Some),
                Amount::Day(most) if reading < u64::from(most) => Ok(reading + 1),
                Amount::Day(_) => Err(None),
            };
            self.next.push(next.map_err(|wait| Over { limit: charge.limit, wait })?);
        }
        for (charge, next) in charges.iter().zip(&self.next) {
            let (limit, day) = (charge.limit, period(charge.amount, day));
            let undo = |place, was| self.undo.push(Undo { limit, day, place, was });
            sketch(&mut self.sketches[limit], limit, day).raise(charge.key, *next, undo);
        }
        Ok(())
    }

    /// What was charged since the last settlement stays, or never was.
    pub(super) fn settle(&mut self, stays: bool) {
        for Undo { limit, day, place, was } in self.undo.drain(..).rev() {
            if !stays {
                sketch(&mut self.sketches[limit], limit, day).restore(place, was);
            }
        }
        self.undo.shrink_to(KEPT_UNDO);
    }

    /// How much memory it takes at most.
    pub(super) fn bytes(&self) -> usize {
        let sketches = self.sketches.iter().flatten().map(|(_, sketch)| sketch.bytes());
        sketches.sum::<usize>() + self.undo.capacity() * size_of::<Undo>()
    }
}

fn period(amount: Amount, day: i32) -> i32 {
    match amount {
        Amount::Rate(_) => 0,
        Amount::Day(_) => day,
    }
}

/// The sketch of that day, made if there is none. Sites are at most two days apart (Kiribati and Samoa): older ones go.
fn sketch(days: &mut Vec<(i32, Sketch)>, limit: usize, day: i32) -> &mut Sketch {
    let place = days.iter().position(|(known, _)| *known == day).unwrap_or_else(|| {
        days.retain(|(known, _)| known.abs_diff(day) <= 2);
        days.push((day, Sketch::new(LIMITS[limit].room)));
        days.len() - 1
    });
    &mut days[place].1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Amounts;

    /// Of the limit on reads of an address: 500 a day.
    fn read(key: u64) -> Charge {
        let amounts = Amounts::default();
        let (limit, _, amount) = amounts.iter().find(|(_, limit, _)| limit.full_name == "reads.per_address").unwrap();
        Charge { limit, amount, key }
    }

    /// Of the limit on articles of an address: 300 at once.
    fn article(key: u64) -> Charge {
        let amounts = Amounts::default();
        let (limit, _, amount) =
            amounts.iter().find(|(_, limit, _)| limit.full_name == "articles.per_address").unwrap();
        Charge { limit, amount, key }
    }

    const NOW: Duration = Duration::from_secs(7);

    #[test]
    fn all_is_charged_or_nothing() {
        let mut meters = Meters::new();
        for _ in 0..300 {
            meters.charge(&[article(1)], 1, NOW).unwrap();
        }
        for _ in 0..1000 {
            assert_eq!(meters.charge(&[read(1), article(1)], 1, NOW).unwrap_err().limit, article(1).limit);
        }
        assert_eq!((0..1000).filter(|_| meters.charge(&[read(1)], 1, NOW).is_ok()).count(), 500);
    }

    #[test]
    fn what_never_was_costs_nothing() {
        let mut meters = Meters::new();
        for _ in 0..10 {
            while meters.charge(&[read(1)], 1, NOW).is_ok() {}
            while meters.charge(&[article(1)], 1, NOW).is_ok() {}
            meters.settle(false);
        }
        for _ in 0..500 {
            meters.charge(&[read(1)], 1, NOW).unwrap();
            meters.settle(true);
            meters.settle(false);
        }
        assert_eq!(meters.charge(&[read(1)], 1, NOW), Err(Over { limit: read(1).limit, wait: None }));
        assert_eq!(meters.charge(&[read(1), article(1)], 2, NOW), Ok(()), "another day");
    }

    #[test]
    fn days_that_are_over_are_no_memory() {
        let mut meters = Meters::new();
        for day in [100, 101, 100, 99] {
            meters.charge(&[read(1)], day, NOW).unwrap();
        }
        let three = meters.bytes();
        for day in (102..150).chain([3, 4]) {
            meters.charge(&[read(1)], day, NOW).unwrap();
            meters.settle(true);
        }
        assert!(meters.bytes() < three, "{} {three}", meters.bytes());
    }
}
