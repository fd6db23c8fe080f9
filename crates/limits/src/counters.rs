use std::{num::NonZeroU32, time::Duration};

use config::{Action, Amount, LIMITS, Limit, Rate};

use super::{
    days::{DailySketches, SketchId},
    rate,
    sketch::Sketch,
};

/// The limit that was exceeded and the wait until a retry; `None`: not before the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LimitExceeded {
    pub(super) limit: usize,
    pub(super) wait: Option<Duration>,
}

/// A charge against one limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charge {
    pub(super) limit: usize,
    pub(super) amount: Amount,
    /// Number of units.
    pub(super) many: NonZeroU32,
    /// Hash of the address, network, reader, article or site that the limit applies to.
    pub(super) key: u64,
    /// Hash of the site; 0 if the limit is not per site.
    pub(super) site: u64,
}

impl Charge {
    fn sketch_id(&self, day: i32) -> SketchId {
        SketchId {
            limit: self.limit,
            site: self.site,
            day,
        }
    }
}

/// Counters of all limits. Charges can be rolled back until they are settled.
pub(super) struct RateCounters {
    rates: [Option<Sketch<u64>>; LIMITS.len()],
    days: DailySketches,
    undo: Vec<Undo>,
    /// Scratch space: the new readings of the current charges.
    next: Vec<u64>,
}

/// Previous value of a cell.
struct Undo {
    sketch_id: SketchId,
    index: usize,
    old_value: OldValue,
}

enum OldValue {
    Rate(u64),
    Day(u32),
}

/// Capacity of the undo log that is kept between settlements.
const MAX_KEPT_UNDO_ENTRIES: usize = 4096;

/// The part of a shared limit (by article, by site) that a network may use, in quarters: all of it if the network has
/// used at most a thousandth of each of its own daily limits on the same action, three quarters if at most a
/// two-hundredth, else half. So heavy users leave room for light ones. A hundred networks that use a two-hundredth each
/// leave room in the third quarter: 100 times 50 of the 20,000 new articles of a site.
const QUARTERS_BY_OWN_USE: [(u64, u32); 2] = [(1_000, 4), (200, 3)];
const HEAVY_USER_QUARTERS: u32 = 2;

impl RateCounters {
    pub(super) fn new() -> Self {
        let rates = std::array::from_fn(|_| None);
        let days = DailySketches::new();
        Self {
            rates,
            days,
            undo: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Sketches of the daily limits.
    pub(super) fn days(&mut self) -> &mut DailySketches {
        &mut self.days
    }

    /// Charges all, or none if a limit would be exceeded.
    pub(super) fn charge(
        &mut self,
        charges: &[Charge],
        day: i32,
        now: Duration,
    ) -> Result<(), LimitExceeded> {
        self.next.clear();
        for charge in charges {
            let reading = self.reading(charge, day);
            let next = match self.allowed(charge, charges, day) {
                Amount::Rate(rate) => rate::next(rate, reading, charge.many, now).map_err(Some),
                Amount::Day(most) => {
                    let next = reading + u64::from(charge.many.get());
                    if next <= u64::from(most) {
                        Ok(next)
                    } else {
                        Err(None)
                    }
                }
            };
            self.next.push(next.map_err(|wait| LimitExceeded {
                limit: charge.limit,
                wait,
            })?);
        }
        let next = std::mem::take(&mut self.next);
        for (charge, next) in charges.iter().zip(&next) {
            self.raise(charge, day, *next);
        }
        self.next = next;
        Ok(())
    }

    /// The charge's amount, reduced to the network's part if the limit is shared: see [`QUARTERS_BY_OWN_USE`].
    fn allowed(&self, charge: &Charge, charges: &[Charge], day: i32) -> Amount {
        let limit = &LIMITS[charge.limit];
        if !limit.is_shared() {
            return charge.amount;
        }
        let is_own = |own: &&Charge| {
            let other = &LIMITS[own.limit];
            other.action == limit.action && !other.is_shared()
        };
        let mut quarters = 4;
        for own in charges.iter().filter(is_own) {
            let Amount::Day(most) = own.amount else {
                continue;
            };
            let used = self.days.estimate(&own.sketch_id(day), own.key);
            let part = QUARTERS_BY_OWN_USE
                .iter()
                .find(|(part, _)| used * part <= u64::from(most));
            let part = part.map_or(HEAVY_USER_QUARTERS, |(_, quarters)| *quarters);
            quarters = quarters.min(part);
        }
        charge.amount.quarters(quarters)
    }

    fn reading(&mut self, charge: &Charge, day: i32) -> u64 {
        match charge.amount {
            Amount::Rate(rate) => sketch_of(&mut self.rates, charge.limit, rate).get(charge.key),
            Amount::Day(_) => self.days.reading(&charge.sketch_id(day), charge.key),
        }
    }

    fn raise(&mut self, charge: &Charge, day: i32, to: u64) {
        let sketch_id = charge.sketch_id(day);
        let undo = &mut self.undo;
        match charge.amount {
            Amount::Rate(rate) => {
                let sketch = sketch_of(&mut self.rates, charge.limit, rate);
                sketch.raise(charge.key, to, |index, old| {
                    undo.push(Undo {
                        sketch_id,
                        index,
                        old_value: OldValue::Rate(old),
                    })
                });
            }
            Amount::Day(_) => {
                let to = u32::try_from(to).unwrap_or(u32::MAX);
                self.days.raise(sketch_id, charge.key, to, |index, old| {
                    undo.push(Undo {
                        sketch_id,
                        index,
                        old_value: OldValue::Day(old),
                    });
                });
            }
        }
    }

    /// Keeps or rolls back the charges since the last settlement.
    pub(super) fn settle(&mut self, stays: bool) {
        if !stays {
            for Undo {
                sketch_id,
                index,
                old_value,
            } in self.undo.drain(..).rev()
            {
                match old_value {
                    OldValue::Rate(old) => {
                        if let Some(sketch) = &mut self.rates[sketch_id.limit] {
                            sketch.restore(index, old);
                        }
                    }
                    OldValue::Day(old) => self.days.restore(&sketch_id, index, old),
                }
            }
        }
        self.undo.clear();
        self.undo.shrink_to(MAX_KEPT_UNDO_ENTRIES);
        self.days.grow_crowded();
    }

    /// Upper bound of the memory use, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let rates: usize = self.rates.iter().flatten().map(Sketch::bytes).sum();
        rates + self.days.bytes() + self.undo.capacity() * size_of::<Undo>()
    }
}

/// The sketch of a rate, created if it is missing.
fn sketch_of(
    rates: &mut [Option<Sketch<u64>>; LIMITS.len()],
    limit: usize,
    rate: Rate,
) -> &mut Sketch<u64> {
    rates[limit].get_or_insert_with(|| Sketch::new(cells_log2(&LIMITS[limit], rate)))
}

/// Number of cells of a rate's sketch, as a power of two, so that the endpoint's maximum throughput cannot fill it:
/// each charge raises four cells until one unit is regained. It also suffices for tens of thousands of keys at their
/// limit.
fn cells_log2(limit: &Limit, rate: Rate) -> u32 {
    let seconds = 3_600.0 / f64::from(rate.per_hour.get());
    let max_per_second = match limit.action {
        Action::Request | Action::OpaqueRequest | Action::Show => 80_000.0,
        Action::Article | Action::SignIn => 1_000.0,
        _ => 25_000.0,
    };
    let cells = 4.0 * max_per_second * seconds;
    (cells.log2().ceil().max(0.0) as u32).clamp(if limit.is_shared() { 13 } else { 15 }, 21)
}

#[cfg(test)]
mod tests;
