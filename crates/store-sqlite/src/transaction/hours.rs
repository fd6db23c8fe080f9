use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::ARTICLE_HOURS_DAYS;
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::SiteId;

use super::{
    super::{
        count_changes::{ADD_TO_SITE_HOUR, HourlyChanges},
        read_model::MetricId,
    },
    Failure, Transaction,
};

/// Adds a change whose hour is not known to the site's hours.
pub(super) fn add_to_unknown_hour(
    conn: &Connection,
    site: i64,
    day: Day,
    metric: MetricId,
    change: i64,
) -> Result<(), Failure> {
    let hour = Hour::UNKNOWN.get();
    conn.prepare_cached(ADD_TO_SITE_HOUR)?.execute(params![
        site,
        day.get(),
        hour,
        metric,
        change
    ])?;
    Ok(())
}

impl Transaction<'_> {
    /// Subtracts an article, which will be deleted, from the site's hours: by its own hours, and what they lack of its
    /// days from the unknown hour.
    pub(super) fn remove_hours(&mut self, site: &SiteId, article: i64) -> Result<(), Failure> {
        let site = self.interner.site(self.conn, site)?;
        let mut rest = self.days_of(article)?;
        let days: Vec<Day> = days(&rest);
        days.iter()
            .for_each(|day| self.rolled_days.note_change(site, *day));
        let mut subtract = self.conn.prepare_cached(ADD_TO_SITE_HOUR)?;
        for day in days {
            for (hour, metric, change) in self.take_article_hours(site, day, article)? {
                subtract.execute(params![site, day.get(), hour.get(), metric, -change])?;
                *rest.entry((day, metric)).or_default() -= change;
            }
        }
        for ((day, metric), change) in rest.into_iter().filter(|(_, change)| *change != 0) {
            add_to_unknown_hour(self.conn, site, day, metric, -change)?;
        }
        Ok(())
    }

    /// Moves an article's hours to the one that it is merged into.
    pub(super) fn merge_article_hours(
        &mut self,
        site: &SiteId,
        from: i64,
        to: i64,
    ) -> Result<(), Failure> {
        let site = self.interner.site(self.conn, site)?;
        let days = days(&self.days_of(from)?);
        days.iter()
            .for_each(|day| self.rolled_days.note_change(site, *day));
        let mut add = HourlyChanges::new(self.conn)?.add_to_article;
        for day in days {
            for (hour, metric, change) in self.take_article_hours(site, day, from)? {
                add.execute(params![site, day.get(), hour.get(), to, metric, change])?;
            }
        }
        Ok(())
    }

    /// Deletes hours of articles that are older than their first eight days and the site's last eight. At most one day
    /// of each site, so that events do not wait long.
    pub(super) fn prune_article_hours(&mut self, today: Day) -> Result<(), Failure> {
        // One day of slack covers every time zone.
        let keep_from = today.get() - ARTICLE_HOURS_DAYS - 1;
        let sites: Vec<i64> = self.interner.sites().map(|(_, site)| site).collect();
        for site in sites {
            let Some(day) = self.oldest_unpruned(site)?.filter(|day| *day < keep_from) else {
                continue;
            };
            self.conn
                .prepare_cached(
                    "delete from article_hour where site = ?1 and day = ?2 and article not in \
                     (select id from article where site = ?1 and coalesce(published, created) > ?2 - ?3)",
                )?
                .execute(params![site, day, ARTICLE_HOURS_DAYS])?;
            self.conn
                .prepare_cached(
                    "insert or replace into article_hours_from (site, day) values (?1, ?2)",
                )?
                .execute(params![site, day + 1])?;
        }
        Ok(())
    }

    /// The first day with hours of articles that was not pruned.
    fn oldest_unpruned(&self, site: i64) -> Result<Option<i32>, Failure> {
        let mut from = self.conn.prepare_cached(
            "select min(day) from article_hour where site = ?1 \
             and day >= coalesce((select day from article_hours_from where site = ?1), -1000000)",
        )?;
        Ok(from
            .query_row([site], |row| row.get(0))
            .optional()?
            .flatten())
    }

    /// The article's changes by day and metric.
    fn days_of(&self, article: i64) -> Result<BTreeMap<(Day, MetricId), i64>, Failure> {
        let mut select = self.conn.prepare_cached(
            "select day, metric, sum(change) from day where article = ?1 group by day, metric",
        )?;
        let rows = select.query_map([article], |row| {
            Ok(((Day::new(row.get(0)?), row.get(1)?), row.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Deletes and returns the article's hours of a day.
    fn take_article_hours(
        &self,
        site: i64,
        day: Day,
        article: i64,
    ) -> Result<Vec<(Hour, MetricId, i64)>, Failure> {
        let mut take = self.conn.prepare_cached(
            "delete from article_hour where site = ?1 and day = ?2 and hour = ?3 and article = ?4 \
             returning metric, change",
        )?;
        let mut taken = Vec::new();
        for hour in (0..=HOURS_PER_DAY).map(Hour::new) {
            let rows = take.query_map(params![site, day.get(), hour.get(), article], |row| {
                Ok((hour, row.get(0)?, row.get(1)?))
            })?;
            for row in rows {
                taken.push(row?);
            }
        }
        Ok(taken)
    }
}

/// The days, each once.
fn days(changes: &BTreeMap<(Day, MetricId), i64>) -> Vec<Day> {
    let mut days: Vec<Day> = changes.keys().map(|(day, _)| *day).collect();
    days.dedup();
    days
}
