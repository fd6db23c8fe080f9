use std::collections::{BTreeMap, BTreeSet};

use store::{DayHours, Metric, StoreError, export_format::HoursLine, merged_hours};
use visitor::{Day, HOURS_PER_DAY};
use wire::SiteId;

use super::super::{
    Redis,
    command::Command,
    keys::SlottedName,
    reply::{list, pairs, text},
};

/// The known hours of a site on a day, by metric. They are stored before those of its articles expire.
pub(in super::super) type SiteHours = BTreeMap<String, DayHours>;

/// The stored form: the changes of each metric by hour.
type StoredHours = BTreeMap<String, BTreeMap<u8, i64>>;

fn encode(hours: &SiteHours) -> Vec<u8> {
    let stored: StoredHours = hours
        .iter()
        .map(|(metric, hours)| {
            let hours = (0..HOURS_PER_DAY).zip(*hours);
            (
                metric.clone(),
                hours.filter(|(_, change)| *change != 0).collect(),
            )
        })
        .collect();
    // Numbers and texts can always be written.
    serde_json::to_vec(&stored).unwrap_or_default()
}

fn decode(stored: &[u8]) -> SiteHours {
    let stored: StoredHours = serde_json::from_slice(stored).unwrap_or_default();
    let hours = |changes: BTreeMap<u8, i64>| {
        let mut hours = DayHours::default();
        for (hour, change) in changes {
            if let Some(known) = hours.get_mut(usize::from(hour)) {
                *known = change;
            }
        }
        hours
    };
    let stored = stored.into_iter();
    stored
        .map(|(metric, changes)| (metric, hours(changes)))
        .collect()
}

/// What is known with what a file knows. `sum`: what the day has of a metric.
fn merged(known: &SiteHours, line: &HoursLine, sum: impl Fn(&Metric) -> i64) -> SiteHours {
    let mut merged = known.clone();
    for (metric, imported) in line.metrics() {
        let hours = merged.entry(metric.name()).or_default();
        *hours = merged_hours(hours, &imported, sum(&metric), is_net(&metric));
    }
    merged
}

/// The stored hours of a day, as far as the day has so many. `sum`: what it has of a metric.
pub(in super::super) fn within_day(hours: SiteHours, sum: impl Fn(&str) -> i64) -> SiteHours {
    let bounded = |(name, hours): (String, DayHours)| {
        let is_net = Metric::parse(&name).is_some_and(|metric| is_net(&metric));
        let hours = merged_hours(&DayHours::default(), &hours, sum(&name), is_net);
        (name, hours)
    };
    hours.into_iter().map(bounded).collect()
}

/// Whether the metric's changes may be below 0.
fn is_net(metric: &Metric) -> bool {
    matches!(metric, Metric::Reaction(_))
}

impl Redis {
    /// The stored hours of these days, in their order.
    pub(in super::super) async fn stored_site_hours(
        &self,
        site: &SiteId,
        days: &[Day],
    ) -> Result<Vec<Option<SiteHours>>, StoreError> {
        if days.is_empty() {
            return Ok(Vec::new());
        }
        let (name, slot) = self.site_hours_name(site);
        let fields = days.iter().map(|day| day.get().to_string());
        let get = Command::new("HMGET").arg(name).args(fields);
        let stored = self.cluster.read(slot, get).await?;
        let stored = list(&stored).iter();
        Ok(stored.map(|stored| Some(decode(text(stored)?))).collect())
    }

    /// The stored hours of the days before `end`.
    pub(in super::super) async fn site_hours_before(
        &self,
        site: &SiteId,
        end: Day,
    ) -> Result<BTreeMap<Day, SiteHours>, StoreError> {
        let (name, slot) = self.site_hours_name(site);
        let stored = self
            .cluster
            .read(slot, Command::new("HGETALL").arg(name))
            .await?;
        let days = pairs(&stored).filter_map(|(day, hours)| {
            let day = Day::new(std::str::from_utf8(day).ok()?.parse().ok()?);
            (day < end).then(|| (day, decode(hours)))
        });
        Ok(days.collect())
    }

    pub(in super::super) async fn store_site_hours(
        &self,
        site: &SiteId,
        day: Day,
        hours: &SiteHours,
    ) -> Result<(), StoreError> {
        let (name, slot) = self.site_hours_name(site);
        let set = Command::new("HSET").arg(name).arg(day.get().to_string());
        self.cluster
            .write(slot, set.arg(encode(hours)))
            .await
            .map(drop)
    }

    /// Merges what a file knows of sites' hours, after its articles.
    pub(in super::super) async fn import_site_hours(
        &self,
        lines: &[HoursLine],
    ) -> Result<(), StoreError> {
        let mut differing: BTreeMap<&SiteId, Vec<(Day, SiteHours, &HoursLine)>> = BTreeMap::new();
        for line in lines {
            let (Some(site), Some(day)) = (&line.site, Day::parse(&line.day)) else {
                continue;
            };
            let known = self.stored_site_hours(site, &[day]).await?.pop().flatten();
            let known = known.unwrap_or_default();
            if merged(&known, line, |_| i64::MAX) != known {
                differing.entry(site).or_default().push((day, known, line));
            }
        }
        for (site, lines) in differing {
            self.list_site(site, None).await?;
            self.merge_site_hours(site, &lines).await?;
        }
        Ok(())
    }

    /// Merges hours of days, none of which gets more than it has. Where nothing is known of a day, what is too much is left
    /// out when it is read: to read its articles here would take as long as to read all.
    async fn merge_site_hours(
        &self,
        site: &SiteId,
        lines: &[(Day, SiteHours, &HoursLine)],
    ) -> Result<(), StoreError> {
        let known = lines.iter().filter(|(_, known, _)| !known.is_empty());
        let days: BTreeSet<Day> = known.map(|(day, ..)| *day).collect();
        let sums = self.sums_of_days(site, &days).await?;
        for (day, known, line) in lines {
            let sum = |metric: &Metric| match known.is_empty() {
                true => i64::MAX,
                false => sums.get(&(*day, metric.name())).copied().unwrap_or(0),
            };
            let merged = merged(known, line, sum);
            self.store_site_hours(site, *day, &merged).await?;
        }
        Ok(())
    }

    fn site_hours_name(&self, site: &SiteId) -> SlottedName {
        self.names.standalone_key("hours", site.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_a_site_are_no_more_than_its_day() {
        let mut reads = DayHours::default();
        (reads[1], reads[9]) = (7, 4);
        let stored = SiteHours::from([("reads".to_owned(), reads)]);
        let shown = within_day(stored.clone(), |_| 8);
        assert_eq!((shown["reads"][1], shown["reads"][9]), (7, 1));
        assert_eq!(within_day(stored.clone(), |_| 11), stored);
    }

    #[test]
    fn stored_site_hours_are_read_as_written() {
        let mut reads = DayHours::default();
        (reads[0], reads[23]) = (7, -2);
        let hours = SiteHours::from([("reads".to_owned(), reads)]);
        assert_eq!(encode(&hours), br#"{"reads":{"0":7,"23":-2}}"#);
        assert_eq!(decode(&encode(&hours)), hours);
        assert_eq!(
            decode(b"{\"reads\":{\"24\":7}}")["reads"],
            DayHours::default()
        );
    }
}
