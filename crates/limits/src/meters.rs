use std::{num::NonZeroU32, time::Duration};

use config::{Action, Amount, LIMITS, Limit, Rate};

use super::{
    days::{DayMeters, Meter},
    rate,
    sketch::Sketch,
};

/// The limit that was exceeded and the wait until a retry; `None`: not before the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over {
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
    fn meter(&self, day: i32) -> Meter {
        Meter { limit: self.limit, site: self.site, day }
    }
}

/// Counters of all limits. Charges can be rolled back until they are settled.
pub(super) struct Meters {
    rates: [Option<Sketch<u64>>; LIMITS.len()],
    days: DayMeters,
    undo: Vec<Undo>,
    /// Scratch space: the new readings of the current charges.
    next: Vec<u64>,
}

/// Previous value of a cell.
struct Undo {
    meter: Meter,
    place: usize,
    was: Was,
}

enum Was {
    Rate(u64),
    Day(u32),
}

/// Capacity of the undo log that is kept between settlements.
const KEPT_UNDO: usize = 4096;

/// The part of a shared limit (by article, by site) that a network may use, in quarters: all of it if the network has
/// used at most a thousandth of each of its own daily limits on the same action, three quarters if at most a
/// hundredth, else half. So heavy users leave room for light ones.
const PARTS: [(u64, u32); 2] = [(1_000, 4), (100, 3)];
const MOST_USED: u32 = 2;

impl Meters {
    pub(super) fn new() -> Self {
        let (rates, days) = (std::array::from_fn(|_| None), DayMeters::new());
        Self { rates, days, undo: Vec::new(), next: Vec::new() }
    }

    /// Meters of the daily limits.
    pub(super) fn days(&mut self) -> &mut DayMeters {
        &mut self.days
    }

    /// Charges all, or none if a limit would be exceeded.
    pub(super) fn charge(&mut self, charges: &[Charge], day: i32, now: Duration) -> Result<(), Over> {
        self.next.clear();
        for charge in charges {
            let reading = self.reading(charge, day);
            let next = match self.allowed(charge, charges, day) {
                Amount::Rate(rate) => rate::next(rate, reading, charge.many, now).map_err(Some),
                Amount::Day(most) => {
                    let next = reading + u64::from(charge.many.get());
                    if next <= u64::from(most) { Ok(next) } else { Err(None) }
                }
            };
            self.next.push(next.map_err(|wait| Over { limit: charge.limit, wait })?);
        }
        let next = std::mem::take(&mut self.next);
        for (charge, next) in charges.iter().zip(&next) {
            self.raise(charge, day, *next);
        }
        self.next = next;
        Ok(())
    }

    /// The charge's amount, reduced to the network's part if the limit is shared: see [`PARTS`].
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
            let Amount::Day(most) = own.amount else { continue };
            let used = self.days.estimate(&own.meter(day), own.key);
            let part = PARTS.iter().find(|(part, _)| used * part <= u64::from(most));
            let part = part.map_or(MOST_USED, |(_, quarters)| *quarters);
            quarters = quarters.min(part);
        }
        charge.amount.quarters(quarters)
    }

    fn reading(&mut self, charge: &Charge, day: i32) -> u64 {
        match charge.amount {
            Amount::Rate(rate) => sketch_of(&mut self.rates, charge.limit, rate).get(charge.key),
            Amount::Day(_) => self.days.reading(&charge.meter(day), charge.key),
        }
    }

    fn raise(&mut self, charge: &Charge, day: i32, to: u64) {
        let (meter, undo) = (charge.meter(day), &mut self.undo);
        match charge.amount {
            Amount::Rate(rate) => {
                let sketch = sketch_of(&mut self.rates, charge.limit, rate);
                sketch.raise(charge.key, to, |place, was| undo.push(Undo { meter, place, was: Was::Rate(was) }));
            }
            Amount::Day(_) => {
                let to = u32::try_from(to).unwrap_or(u32::MAX);
                self.days.raise(meter, charge.key, to, |place, was| {
                    undo.push(Undo { meter, place, was: Was::Day(was) });
                });
            }
        }
    }

    /// Keeps or rolls back the charges since the last settlement.
    pub(super) fn settle(&mut self, stays: bool) {
        if !stays {
            for Undo { meter, place, was } in self.undo.drain(..).rev() {
                match was {
                    Was::Rate(was) => {
                        if let Some(sketch) = &mut self.rates[meter.limit] {
                            sketch.restore(place, was);
                        }
                    }
                    Was::Day(was) => self.days.restore(&meter, place, was),
                }
            }
        }
        self.undo.clear();
        self.undo.shrink_to(KEPT_UNDO);
        self.days.grow_crowded();
    }

    /// Upper bound of the memory use, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let rates: usize = self.rates.iter().flatten().map(Sketch::bytes).sum();
        rates + self.days.bytes() + self.undo.capacity() * size_of::<Undo>()
    }
}

/// The sketch of a rate, created if it is missing.
fn sketch_of(rates: &mut [Option<Sketch<u64>>; LIMITS.len()], limit: usize, rate: Rate) -> &mut Sketch<u64> {
    rates[limit].get_or_insert_with(|| Sketch::new(room(&LIMITS[limit], rate)))
}

/// Number of cells of a rate's sketch, as a power of two, so that the endpoint's maximum throughput cannot fill it:
/// each charge raises four cells until one unit is regained. It also suffices for tens of thousands of keys at their
/// limit.
fn room(limit: &Limit, rate: Rate) -> u32 {
    let seconds = 3_600.0 / f64::from(rate.per_hour.get());
    let most_a_second = match limit.action {
        Action::Request | Action::OpaqueRequest | Action::Show => 80_000.0,
        Action::Article => 1_000.0,
        _ => 25_000.0,
    };
    let cells = 4.0 * most_a_second * seconds;
    (cells.log2().ceil().max(0.0) as u32).clamp(if limit.is_shared() { 13 } else { 15 }, 21)
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Amounts;

    fn charge(name: &str, key: u64) -> Charge {
        let amounts = Amounts::default();
        let (limit, _, amount) = amounts.iter().find(|(_, limit, _)| limit.full_name == name).unwrap();
        Charge { limit, amount, many: NonZeroU32::MIN, key, site: 1 }
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
        let mut meters = Meters::new();
        for _ in 0..300 {
            meters.charge(&[article(1)], 1, NOW).unwrap();
        }
        for _ in 0..1000 {
            assert_eq!(meters.charge(&[read(1), article(1)], 1, NOW).unwrap_err().limit, article(1).limit);
        }
        assert_eq!((0..3000).filter(|_| meters.charge(&[read(1)], 1, NOW).is_ok()).count(), 2500);
    }

    #[test]
    fn what_never_was_costs_nothing() {
        let mut meters = Meters::new();
        for _ in 0..3 {
            while meters.charge(&[read(1)], 1, NOW).is_ok() {}
            while meters.charge(&[article(1)], 1, NOW).is_ok() {}
            meters.settle(false);
        }
        for _ in 0..2500 {
            meters.charge(&[read(1)], 1, NOW).unwrap();
            meters.settle(true);
            meters.settle(false);
        }
        assert_eq!(meters.charge(&[read(1)], 1, NOW), Err(Over { limit: read(1).limit, wait: None }));
        assert_eq!(meters.charge(&[read(1), article(1)], 2, NOW), Ok(()), "another day");
    }

    #[test]
    fn several_at_once_are_charged_together_or_not_at_all() {
        let mut meters = Meters::new();
        let many = |charge: Charge, many| Charge { many: NonZeroU32::new(many).unwrap(), ..charge };
        meters.charge(&[many(article(1), 250), many(read(1), 2_400)], 1, NOW).unwrap();
        assert_eq!(
            meters.charge(&[many(read(1), 50), many(article(1), 51)], 1, NOW).unwrap_err().limit,
            article(1).limit
        );
        assert_eq!(
            meters.charge(&[many(article(1), 50), many(read(1), 101)], 1, NOW).unwrap_err().limit,
            read(1).limit
        );
        meters.charge(&[many(article(1), 50), many(read(1), 100)], 1, NOW).unwrap();
        assert!(meters.charge(&[article(1)], 1, NOW).is_err() && meters.charge(&[read(1)], 1, NOW).is_err());
    }

    #[test]
    fn no_rates_meter_can_be_filled_by_all_that_the_endpoint_takes() {
        let amounts = Amounts::default();
        for (_, about, amount) in amounts.iter().filter(|(_, limit, _)| !limit.is_shared()) {
            let Amount::Rate(rate) = amount else { continue };
            let cells = f64::from(1_u32 << room(about, rate));
            let a_second = if about.action == Action::Article { 1_000.0 } else { 25_000.0 };
            assert!(4.0 * a_second * 3_600.0 / f64::from(rate.per_hour.get()) <= cells, "{}", about.full_name);
        }
    }

    /// 100 networks create as many articles of one site as they can, then a network that has created none tries.
    #[test]
    fn networks_that_make_much_leave_something_to_those_that_make_little() {
        let mut meters = Meters::new();
        let mut make = |network: u64, line: u64, now| {
            let names = ["articles.per_address", "articles.per_ipv6_network", "daily_articles.per_address"];
            let names = names.into_iter().chain(["daily_articles.per_ipv6_network", "articles.per_site"]);
            let key = |name: &str| match name {
                "articles.per_site" => 1,
                _ if name.ends_with("network") => hash(network),
                _ => hash(network << 32 | line),
            };
            let charges: Vec<_> = names.map(|name| charge(name, key(name))).collect();
            let charged = meters.charge(&charges, 1, now);
            meters.settle(true);
            charged
        };
        for minute in 0..60 {
            let now = Duration::from_secs(1_000_000 + 60 * minute);
            for network in 0..100 {
                (0..300).take_while(|line| make(network, *line, now).is_ok()).count();
            }
            assert_eq!(make(1_000 + minute, 1, now), Ok(()), "minute {minute}");
        }
    }
}
