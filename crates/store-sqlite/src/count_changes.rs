//! Changes of counts by day and hour, and how they are written to their tables.

use std::collections::BTreeMap;

use rusqlite::{CachedStatement, Connection, params};
use visitor::{Day, Hour};

use super::{read_model::MetricId, rollups::RolledDays};

/// A change of one metric in one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HourChange {
    pub(super) day: Day,
    pub(super) hour: Hour,
    pub(super) metric: MetricId,
    pub(super) change: i64,
}

impl HourChange {
    /// Adds it to these, of which each has another hour or metric.
    pub(super) fn add_to(self, all: &mut Vec<Self>) {
        let place = |change: &Self| (change.day, change.hour, change.metric);
        match all.iter_mut().find(|known| place(known) == place(&self)) {
            Some(known) => known.change += self.change,
            None => all.push(self),
        }
    }
}

/// Changes by day and hour, as they are written to their tables.
pub(super) struct DayChanges<'c> {
    add_to_day: CachedStatement<'c>,
    hours: HourlyChanges<'c>,
}

impl<'c> DayChanges<'c> {
    pub(super) fn new(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            add_to_day: conn.prepare_cached(
                "insert into day (site, day, metric, article, source, change) values (?1, ?2, ?3, ?4, 0, ?5) \
                 on conflict do update set change = change + excluded.change",
            )?,
            hours: HourlyChanges::new(conn)?,
        })
    }

    /// Adds to the article's day and hour, and to the sum of the site's hour.
    pub(super) fn add(
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
    pub(super) fn write(self) -> rusqlite::Result<()> {
        self.hours.write()
    }
}

/// Site, day, hour and metric.
pub(super) type SiteHour = (i64, Day, Hour, MetricId);

/// Changes by hour of one transaction. Those of sites are summed first, because all articles share their rows.
pub(super) struct HourlyChanges<'c> {
    pub(super) add_to_article: CachedStatement<'c>,
    add_to_site: CachedStatement<'c>,
    of_sites: BTreeMap<SiteHour, i64>,
}

impl<'c> HourlyChanges<'c> {
    pub(super) fn new(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            add_to_article: conn.prepare_cached(
                "insert into article_hour (site, day, hour, article, metric, change) values (?1, ?2, ?3, ?4, ?5, ?6) \
                 on conflict do update set change = change + excluded.change",
            )?,
            add_to_site: conn.prepare_cached(ADD_TO_SITE_HOUR)?,
            of_sites: BTreeMap::new(),
        })
    }

    /// Adds to the article's hour, and to the sum of the site's.
    pub(super) fn add(
        &mut self,
        site: i64,
        (day, hour): (Day, Hour),
        article: i64,
        metric: MetricId,
        change: i64,
    ) -> rusqlite::Result<()> {
        let values = params![site, day.get(), hour.get(), article, metric, change];
        self.add_to_article.execute(values)?;
        self.add_to_site((site, day, hour, metric), change);
        Ok(())
    }

    /// Adds to the sum of the site's hour alone.
    pub(super) fn add_to_site(&mut self, hour: SiteHour, change: i64) {
        *self.of_sites.entry(hour).or_default() += change;
    }

    /// Writes the sums of the sites.
    pub(super) fn write(mut self) -> rusqlite::Result<()> {
        for ((site, day, hour, metric), change) in self.of_sites {
            let values = params![site, day.get(), hour.get(), metric, change];
            self.add_to_site.execute(values)?;
        }
        Ok(())
    }
}

/// Adds to the sum of a site's hour.
pub(super) const ADD_TO_SITE_HOUR: &str = "insert into hour (site, day, hour, metric, change) values (?1, ?2, ?3, ?4, ?5) \
     on conflict do update set change = change + excluded.change";
