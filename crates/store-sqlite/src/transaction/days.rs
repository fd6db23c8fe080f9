use rusqlite::{CachedStatement, Connection, params};

use super::{
    super::{count_log::HourChange, rollups::RolledDays},
    hours::HourlyChanges,
};

/// Changes by day and hour, as they are written to their tables.
pub(in super::super) struct DayChanges<'c> {
    add_to_day: CachedStatement<'c>,
    hours: HourlyChanges<'c>,
}

impl<'c> DayChanges<'c> {
    pub(in super::super) fn new(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            add_to_day: conn.prepare_cached(
                "insert into day (site, day, metric, article, source, change) values (?1, ?2, ?3, ?4, 0, ?5) \
                 on conflict do update set change = change + excluded.change",
            )?,
            hours: HourlyChanges::new(conn)?,
        })
    }

    /// Adds to the article's day and hour, and to the sum of the site's hour.
    pub(in super::super) fn add(
        &mut self,
        rolled_days: &mut RolledDays,
        (site, article): (i64, i64),
        HourChange {
            day,
            hour,
            metric,
            change,
        }: HourChange,
    ) -> rusqlite::Result<()> {
        if change == 0 {
            return Ok(());
        }
        self.add_to_day
            .execute(params![site, day.get(), metric, article, change])?;
        rolled_days.note_change(site, day);
        self.hours.add(site, (day, hour), article, metric, change)
    }

    /// Writes the sums of the sites.
    pub(in super::super) fn write(self) -> rusqlite::Result<()> {
        self.hours.write()
    }
}
