use std::collections::BTreeMap;

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

    /// Merges what a file knows of a site's hours.
    pub(in super::super) async fn import_site_hours(
        &self,
        line: &HoursLine,
    ) -> Result<(), StoreError> {
        let (Some(site), Some(day)) = (&line.site, Day::parse(&line.day)) else {
            return Ok(());
        };
        let known = self.stored_site_hours(site, &[day]).await?.pop().flatten();
        let known = known.unwrap_or_default();
        let mut merged = known.clone();
        for (metric, imported) in line.metrics() {
            let is_net = matches!(metric, Metric::Reaction(_));
            let hours = merged.entry(metric.name()).or_default();
            // The day's own number is not read: what its hours have more or less is in the unknown hour.
            *hours = merged_hours(hours, &imported, i64::MAX, is_net);
        }
        if merged == known {
            return Ok(());
        }
        self.list_site(site, None).await?;
        self.store_site_hours(site, day, &merged).await
    }

    fn site_hours_name(&self, site: &SiteId) -> SlottedName {
        self.names.standalone_key("hours", site.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
