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
mod tests {
    use super::*;
    use config::Amounts;

    fn charge(name: &str, key: u64) -> Charge {
        let amounts = Amounts::default();
        let (limit, _, amount) = amounts
            .iter()
            .find(|(_, limit, _)| limit.full_name == name)
            .unwrap();
        Charge {
            limit,
            amount,
            many: NonZeroU32::MIN,
            key,
            site: 1,
        }
    }

    /// A charge against the reads of an address: 2,500 a day.
    fn read(key: u64) -> Charge {
        charge("reads.per_address", key)
    }

    /// A charge against the new articles of an address: burst of 300.
    fn article(key: u64) -> Charge {
        charge("articles.per_address", key)
    }

    fn hash(number: u64) -> u64 {
        use std::hash::BuildHasher;
        std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(number)
    }

    const NOW: Duration = Duration::from_secs(7);

    #[test]
    fn all_is_charged_or_nothing() {
        let mut counters = RateCounters::new();
        for _ in 0..300 {
            counters.charge(&[article(1)], 1, NOW).unwrap();
        }
        for _ in 0..1000 {
            assert_eq!(
                counters
                    .charge(&[read(1), article(1)], 1, NOW)
                    .unwrap_err()
                    .limit,
                article(1).limit
            );
        }
        assert_eq!(
            (0..3000)
                .filter(|_| counters.charge(&[read(1)], 1, NOW).is_ok())
                .count(),
            2500
        );
    }

    #[test]
    fn rolled_back_charges_cost_nothing() {
        let mut counters = RateCounters::new();
        for _ in 0..3 {
            while counters.charge(&[read(1)], 1, NOW).is_ok() {}
            while counters.charge(&[article(1)], 1, NOW).is_ok() {}
            counters.settle(false);
        }
        for _ in 0..2500 {
            counters.charge(&[read(1)], 1, NOW).unwrap();
            counters.settle(true);
            counters.settle(false);
        }
        assert_eq!(
            counters.charge(&[read(1)], 1, NOW),
            Err(LimitExceeded {
                limit: read(1).limit,
                wait: None
            })
        );
        assert_eq!(
            counters.charge(&[read(1), article(1)], 2, NOW),
            Ok(()),
            "another day"
        );
    }

    #[test]
    fn several_at_once_are_charged_together_or_not_at_all() {
        let mut counters = RateCounters::new();
        let many = |charge: Charge, many| Charge {
            many: NonZeroU32::new(many).unwrap(),
            ..charge
        };
        counters
            .charge(&[many(article(1), 250), many(read(1), 2_400)], 1, NOW)
            .unwrap();
        assert_eq!(
            counters
                .charge(&[many(read(1), 50), many(article(1), 51)], 1, NOW)
                .unwrap_err()
                .limit,
            article(1).limit
        );
        assert_eq!(
            counters
                .charge(&[many(article(1), 50), many(read(1), 101)], 1, NOW)
                .unwrap_err()
                .limit,
            read(1).limit
        );
        counters
            .charge(&[many(article(1), 50), many(read(1), 100)], 1, NOW)
            .unwrap();
        assert!(
            counters.charge(&[article(1)], 1, NOW).is_err()
                && counters.charge(&[read(1)], 1, NOW).is_err()
        );
    }

    #[test]
    fn no_rates_meter_can_be_filled_by_all_that_the_endpoint_takes() {
        let amounts = Amounts::default();
        for (_, about, amount) in amounts.iter().filter(|(_, limit, _)| !limit.is_shared()) {
            let Amount::Rate(rate) = amount else { continue };
            let cells = f64::from(1_u32 << cells_log2(about, rate));
            let a_second = match about.action {
                // Passwords are verified one at a time.
                Action::Article | Action::SignIn => 1_000.0,
                _ => 25_000.0,
            };
            assert!(
                4.0 * a_second * 3_600.0 / f64::from(rate.per_hour.get()) <= cells,
                "{}",
                about.full_name
            );
        }
    }

    /// 100 networks create as many articles of one site as they can, then a network that has created none tries.
    #[test]
    fn heavy_networks_leave_shared_limits_to_light_ones() {
        let mut counters = RateCounters::new();
        let mut make = |network: u64, line: u64, now| {
            let names = [
                "articles.per_address",
                "articles.per_ipv6_network",
                "daily_articles.per_address",
            ];
            let names = names
                .into_iter()
                .chain(["daily_articles.per_ipv6_network", "articles.per_site"]);
            let key = |name: &str| match name {
                "articles.per_site" => 1,
                _ if name.ends_with("network") => hash(network),
                _ => hash(network << 32 | line),
            };
            let charges: Vec<_> = names.map(|name| charge(name, key(name))).collect();
            let charged = counters.charge(&charges, 1, now);
            counters.settle(true);
            charged
        };
        for minute in 0..60 {
            let now = Duration::from_secs(1_000_000 + 60 * minute);
            for network in 0..100 {
                (0..300)
                    .take_while(|line| make(network, *line, now).is_ok())
                    .count();
            }
            assert_eq!(make(1_000 + minute, 1, now), Ok(()), "minute {minute}");
        }
    }
}
