use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use config::{Action, Amount, Amounts, Key, LIMITS};

use super::{rate, sketch::Sketch};

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

/// Identifies a sketch. Sketches of rates have neither site nor day: their keys include the site, and their readings
/// expire with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Meter {
    pub(super) limit: usize,
    pub(super) site: u64,
    pub(super) day: i32,
}

/// Counters of all limits. Charges can be rolled back until they are settled.
pub(super) struct Meters {
    rates: [Option<Sketch<u64>>; LIMITS.len()],
    /// One per site, so that no site fills another's.
    days: HashMap<Meter, Sketch<u32>>,
    /// Sketches to grow at the next settlement, when nothing can be rolled back.
    crowded: Vec<Meter>,
    undo: Vec<Undo>,
    /// Scratch space: the new readings of the current charges.
    next: Vec<u64>,
    /// Number of sites that share the memory.
    sites: usize,
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

/// Initial and maximum number of cells of a day's sketch, as powers of two: 16 KB, and 8 MB, or 2 MB for networks. A
/// site would need a thousand million different reads in a day before a reader without any reads is refused.
const DAY_ROOM: u32 = 12;
const MAX_DAY_ROOM: u32 = 21;
const MAX_NETWORK_ROOM: u32 = 19;

/// Maximum memory of all sketches of days, in bytes. Each site gets an equal share for each of the days kept, but at
/// least the last figure for each sketch.
const MAX_BYTES: usize = 128 << 20;
const DAYS_KEPT: usize = 2;
const MIN_SKETCH_BYTES: usize = 4 << 14;

/// The part of a shared limit (by article, by site) that a network may use, in quarters: all of it if the network has
/// used at most a thousandth of each of its own daily limits on the same action, three quarters if at most a
/// hundredth, else half. So heavy users leave room for light ones.
const PARTS: [(u64, u32); 2] = [(1_000, 4), (100, 3)];
const MOST_USED: u32 = 2;

impl Meters {
    pub(super) fn new() -> Self {
        let (rates, days, crowded) = (std::array::from_fn(|_| None), HashMap::new(), Vec::new());
        Self { rates, days, crowded, undo: Vec::new(), next: Vec::new(), sites: 1 }
    }

    /// Sets the number of sites that share the memory.
    pub(super) fn share_among(&mut self, sites: usize) {
        self.sites = sites.max(1);
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
    fn allowed(&mut self, charge: &Charge, charges: &[Charge], day: i32) -> Amount {
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
            let used = self.days.get(&own.meter(day)).map_or(0, |sketch| sketch.estimate(own.key));
            let part = PARTS.iter().find(|(part, _)| used * part <= u64::from(most));
            let part = part.map_or(MOST_USED, |(_, quarters)| *quarters);
            quarters = quarters.min(part);
        }
        charge.amount.quarters(quarters)
    }

    fn reading(&mut self, charge: &Charge, day: i32) -> u64 {
        match charge.amount {
            Amount::Rate(_) => self.rate(charge).get(charge.key),
            Amount::Day(_) => self.days.get(&charge.meter(day)).map_or(0, |sketch| sketch.get(charge.key).into()),
        }
    }

    fn raise(&mut self, charge: &Charge, day: i32, to: u64) {
        let meter = charge.meter(day);
        match charge.amount {
            Amount::Rate(_) => {
                let mut changed = Vec::new();
                self.rate(charge).raise(charge.key, to, |place, was| changed.push((place, was)));
                self.undo.extend(changed.into_iter().map(|(place, was)| Undo { meter, place, was: Was::Rate(was) }));
            }
            Amount::Day(_) => self.raise_day(meter, charge.key, u32::try_from(to).unwrap_or(u32::MAX)),
        }
    }

    fn raise_day(&mut self, meter: Meter, key: u64, to: u32) {
        if !self.days.contains_key(&meter) {
            // The current days of two sites differ by at most two (Kiribati and Samoa), those of one site by at most
            // one.
            self.days.retain(|known, _| known.day.abs_diff(meter.day) <= if known.site == meter.site { 1 } else { 2 });
        }
        let sketch = self.days.entry(meter).or_insert_with(|| Sketch::new(DAY_ROOM));
        sketch.raise(key, to, |place, was| self.undo.push(Undo { meter, place, was: Was::Day(was) }));
        if sketch.is_crowded() && !self.crowded.contains(&meter) {
            self.crowded.push(meter);
        }
    }

    /// The sketch of a rate, created if it is missing.
    fn rate(&mut self, charge: &Charge) -> &mut Sketch<u64> {
        self.rates[charge.limit].get_or_insert_with(|| Sketch::new(room(charge)))
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
                    Was::Day(was) => {
                        if let Some(sketch) = self.days.get_mut(&meter) {
                            sketch.restore(place, was);
                        }
                    }
                }
            }
        }
        self.undo.clear();
        self.undo.shrink_to(KEPT_UNDO);
        while let Some(meter) = self.crowded.pop() {
            self.grow(meter);
        }
    }

    /// Doubles a sketch, if memory allows. Yesterday's sketches do not count against today's share.
    fn grow(&mut self, meter: Meter) {
        let is_beside = |known: &Meter| (known.site, known.day) == (meter.site, meter.day);
        let beside = self.days.iter().filter(|(known, _)| is_beside(known));
        let used: usize = beside.map(|(_, sketch)| sketch.bytes()).sum();
        let Some(sketch) = self.days.get_mut(&meter) else { return };
        let bytes = sketch.bytes();
        let is_within = used + bytes <= MAX_BYTES / DAYS_KEPT / self.sites || bytes < MIN_SKETCH_BYTES;
        let is_of_networks =
            LIMITS.get(meter.limit).is_some_and(|limit| matches!(limit.key, Key::Ipv4Network | Key::Ipv6Network));
        let most = if is_of_networks { MAX_NETWORK_ROOM } else { MAX_DAY_ROOM };
        if is_within && bytes < size_of::<u32>() << most {
            sketch.grow();
        }
    }

    /// Fill level of each day's sketch: the reading of a key that was never charged, relative to the limit's amount.
    pub(super) fn fills(&self, amounts: &Amounts) -> Vec<(Meter, f64)> {
        let most = |limit| match amounts.iter().nth(limit) {
            Some((.., Amount::Day(most))) => Some(f64::from(most.max(1))),
            _ => None,
        };
        self.days.iter().filter_map(|(meter, sketch)| Some((*meter, sketch.level() / most(meter.limit)?))).collect()
    }

    /// Upper bound of the memory use, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let rates = self.rates.iter().flatten().map(Sketch::bytes);
        let days = self.days.values().map(Sketch::bytes);
        rates.chain(days).sum::<usize>() + self.undo.capacity() * size_of::<Undo>()
    }
}

/// Number of cells of a rate's sketch, as a power of two, so that the endpoint's maximum throughput cannot fill it:
/// each charge raises four cells until one unit is regained. It also suffices for tens of thousands of keys at their
/// limit.
fn room(charge: &Charge) -> u32 {
    let Amount::Rate(rate) = charge.amount else { return DAY_ROOM };
    let (limit, seconds) = (&LIMITS[charge.limit], 3_600.0 / f64::from(rate.per_hour.get()));
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

    fn charge(name: &str, key: u64) -> Charge {
        of_site(name, key, 1)
    }

    fn of_site(name: &str, key: u64, site: u64) -> Charge {
        let amounts = Amounts::default();
        let (limit, _, amount) = amounts.iter().find(|(_, limit, _)| limit.full_name == name).unwrap();
        Charge { limit, amount, many: NonZeroU32::MIN, key, site }
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
    fn days_that_are_over_are_no_memory() {
        let mut meters = Meters::new();
        for day in [100, 101, 100, 99] {
            meters.charge(&[read(1)], day, NOW).unwrap();
            meters.settle(true);
        }
        let before = meters.bytes();
        for day in (102..150).chain([3, 4]) {
            meters.charge(&[read(1)], day, NOW).unwrap();
            meters.settle(true);
        }
        assert!(meters.bytes() <= before, "{} {before}", meters.bytes());
    }

    #[test]
    fn what_fills_one_sites_meters_is_not_felt_on_another() {
        let mut meters = Meters::new();
        meters.share_among(2);
        for number in 0..200_000 {
            meters.charge(&[read(hash(number))], 1, NOW).unwrap();
            meters.settle(true);
        }
        let reads = (0..).take_while(|_| meters.charge(&[of_site("reads.per_address", 5, 2)], 1, NOW).is_ok()).count();
        assert_eq!(reads, 2500);
        let fresh = (0..).take_while(|_| meters.charge(&[read(hash(300_000))], 1, NOW).is_ok()).count();
        assert!(fresh >= 2495, "{fresh}: nor on the site itself");
        assert!(meters.bytes() < 8 << 20, "{}", meters.bytes());
    }

    #[test]
    fn a_flood_of_yesterday_leaves_today_its_meters() {
        const SITES: usize = 64;
        let mut meters = Meters::new();
        meters.share_among(SITES);
        let mut flood = |day| {
            for number in 0..80_000 {
                meters.charge(&[read(hash(number))], day, NOW).unwrap();
                meters.settle(true);
            }
            let (_, sketch) = meters.days.iter().find(|(meter, _)| meter.day == day).unwrap();
            (sketch.level(), sketch.bytes())
        };
        let days = [1, 2, 3].map(&mut flood);
        assert!(days.iter().all(|(level, bytes)| *level < 3.0 && *bytes > MIN_SKETCH_BYTES), "{days:?}");
        let kept: usize = meters.days.values().map(Sketch::bytes).sum();
        assert!(meters.days.len() == DAYS_KEPT && kept <= MAX_BYTES / SITES, "{kept}");
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
    fn sites_share_the_memory_evenly() {
        let mut meters = Meters::new();
        meters.share_among(4096);
        for number in 0..100_000 {
            meters.charge(&[read(hash(number))], 1, NOW).unwrap();
            meters.settle(true);
        }
        let sketch = meters.days.values().next().unwrap();
        assert_eq!(sketch.bytes(), MIN_SKETCH_BYTES);
        let [(_, fill)] = meters.fills(&Amounts::default())[..] else { panic!("one sketch") };
        assert!((0.002..0.012).contains(&fill), "100,000 reads, each in up to 4 of 16,384 cells, of 2,500: {fill}");
    }

    #[test]
    fn no_rates_meter_can_be_filled_by_all_that_the_endpoint_takes() {
        let amounts = Amounts::default();
        for (limit, about, amount) in amounts.iter().filter(|(_, limit, _)| !limit.is_shared()) {
            let Amount::Rate(rate) = amount else { continue };
            let cells = f64::from(1_u32 << room(&Charge { limit, amount, many: NonZeroU32::MIN, key: 0, site: 0 }));
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
