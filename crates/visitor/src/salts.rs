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
mod tests;
