use std::collections::BTreeSet;

use store::{Metric, StoreError, export_format::ArticlePart, merged_hours};
use visitor::Day;

use super::super::{
    Redis, hours,
    lease::{Lease, WriteSet},
    record::Days,
    record::Record,
};

impl Redis {
    /// Merges what the file knows of the article's hours. `days`: the article's days after the import.
    pub(super) async fn import_hours(
        &self,
        lease: &Lease<'_>,
        record: &Record,
        days: &Days,
        part: &ArticlePart,
        writes: &mut WriteSet,
    ) -> Result<(), StoreError> {
        let lines = || {
            let lines = part.hours.iter();
            lines.filter_map(|line| Some((Day::parse(&line.day)?, line)))
        };
        let imported_days: BTreeSet<Day> = lines().map(|(day, _)| day).collect();
        let before = match lease.record() {
            Some(known) => {
                hours::move_first_days(&lease.names, known.first_day(), record.first_day(), writes);
                self.hours(&lease.names, &imported_days).await?
            }
            None => hours::Hours::new(),
        };
        let mut after = before.clone();
        for (day, line) in lines() {
            for (metric, imported) in line.metrics() {
                let name = metric.name();
                let of_day = days
                    .iter()
                    .filter(|((of, _, metric), _)| (*of, metric) == (day, &name));
                let total = of_day.map(|(_, change)| change).sum();
                let is_net = matches!(metric, Metric::Reaction(_));
                let known = after.entry((day, name)).or_default();
                *known = merged_hours(known, &imported, total, is_net);
            }
        }
        hours::write(&lease.names, record.first_day(), &before, &after, writes);
        Ok(())
    }
}
