use std::{collections::BTreeMap, fmt::Write};

use data_encoding::HEXLOWER;
use wire::SiteId;

use super::{Day, HashKey};

/// The salts of the current windows of every site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salts {
    sites: BTreeMap<SiteId, Vec<Salt>>,
}

/// The salt of one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salt {
    /// The day of the window.
    pub day: Day,
    /// The key for its hashes.
    pub key: HashKey,
}

impl Salts {
    /// The site's current salts, newest first, including that of the day passed to the last [`rotate`](Self::rotate).
    pub fn live(&self, site: &SiteId) -> &[Salt] {
        self.sites.get(site).map_or(&[], Vec::as_slice)
    }

    /// Starts the site's window for that day with a fresh salt, if it has not started. Keeps the salt of one adjacent
    /// day (the day before, or the day after if a clock was set back), and deletes all others. Returns whether
    /// anything changed.
    pub fn rotate(&mut self, site: &SiteId, day: Day, fresh: impl FnOnce() -> HashKey) -> bool {
        let salts = self.sites.entry(site.clone()).or_default();
        let before = salts.len();
        salts.retain(|salt| salt.day.since(day).abs() <= 1);
        let mut changed = salts.len() != before;
        if !salts.iter().any(|salt| salt.day == day) {
            salts.push(Salt { day, key: fresh() });
            salts.sort_by_key(|salt| std::cmp::Reverse(salt.day));
            salts.truncate(2);
            changed = true;
        }
        changed
    }

    /// For sites that are not served, deletes all salts except those of that day and its neighbours. Returns whether
    /// anything changed.
    pub fn prune(&mut self, served: &[SiteId], today: Day) -> bool {
        let count =
            |sites: &BTreeMap<SiteId, Vec<Salt>>| sites.values().map(Vec::len).sum::<usize>();
        let before = count(&self.sites);
        for (_, salts) in self
            .sites
            .iter_mut()
            .filter(|(site, _)| !served.contains(site))
        {
            salts.retain(|salt| salt.day.since(today).abs() <= 1);
        }
        self.sites.retain(|_, salts| !salts.is_empty());
        count(&self.sites) != before
    }

    /// The salts as text, one per line.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (site, salts) in &self.sites {
            for salt in salts {
                let key = HEXLOWER.encode(&salt.key.0);
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{site} {} {key}", salt.day.get());
            }
        }
        text
    }

    /// Parses the output of [`to_text`](Self::to_text); `None` if it is invalid.
    pub fn parse(text: &str) -> Option<Self> {
        let mut salts = Self::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            let site = SiteId::parse(words.next()?).ok()?;
            let day = Day::new(words.next()?.parse().ok()?);
            let key = HashKey(
                HEXLOWER
                    .decode(words.next()?.as_bytes())
                    .ok()?
                    .try_into()
                    .ok()?,
            );
            salts.sites.entry(site).or_default().push(Salt { day, key });
        }
        Some(salts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn site() -> SiteId {
        SiteId::parse("demo").unwrap()
    }

    fn days(salts: &Salts) -> Vec<i32> {
        salts
            .live(&site())
            .iter()
            .map(|salt| salt.day.get())
            .collect()
    }

    /// Salts after rotations through these days; the first byte of each key is its day.
    fn rotated(through: &[i32]) -> Salts {
        let mut salts = Salts::default();
        for day in through {
            salts.rotate(&site(), Day::new(*day), || HashKey([*day as u8; 32]));
        }
        salts
    }

    #[test]
    fn rotate_keeps_two_live_windows() {
        assert_eq!(days(&rotated(&[1])), [1]);
        assert_eq!(days(&rotated(&[1, 2])), [2, 1]);
        assert_eq!(days(&rotated(&[1, 2, 3])), [3, 2]);
        assert_eq!(days(&rotated(&[1, 2, 5])), [5]);
    }

    #[test]
    fn rotate_drops_future_salts_after_clock_change() {
        assert_eq!(days(&rotated(&[10, 9])), [10, 9]);
        assert_eq!(days(&rotated(&[1, 2, 400, 3])), [3]);
    }

    #[test]
    fn rotate_keeps_the_salt_of_a_started_window() {
        let mut salts = rotated(&[1, 2]);
        assert!(!salts.rotate(&site(), Day::new(2), || unreachable!("it has one")));
        assert!(!salts.rotate(&site(), Day::new(1), || unreachable!("it has one")));
    }

    proptest! {
        #[test]
        fn rotate_keeps_at_most_two_salts_and_that_of_the_day(through in proptest::collection::vec(0..6_i32, 1..20)) {
            let salts = rotated(&through);
            let live = days(&salts);
            prop_assert!(live.len() <= 2);
            prop_assert!(live.contains(through.last().unwrap()));
            prop_assert!(live.is_sorted_by(|a, b| a > b));
            prop_assert_eq!(Salts::parse(&salts.to_text()), Some(salts));
        }
    }

    #[test]
    fn prune_deletes_ended_salts_of_unserved_sites() {
        let served = [site()];
        let mut salts = rotated(&[1, 2]);
        let gone = SiteId::parse("gone").unwrap();
        salts.rotate(&gone, Day::new(2), || HashKey([2; 32]));
        assert!(!salts.prune(&served, Day::new(3)));
        assert!(salts.prune(&served, Day::new(4)));
        assert_eq!((salts.live(&gone), days(&salts)), (&[][..], vec![2, 1]));
    }

    #[test]
    fn salts_parse_rejects_invalid_text() {
        for text in ["x", "demo 1", "demo one aa", "demo 1 zz", "DEMO 1 00"] {
            assert_eq!(Salts::parse(text), None, "{text}");
        }
    }
}
