use rusqlite::{OptionalExtension, params};
use visitor::Day;
use wire::SiteId;

use super::{super::newsroom::NewRollups, Failure, Transaction};

impl Transaction<'_> {
    /// Roll-ups of days before `end` are being made: what changes these days is counted from now on. Returns the sites.
    pub(in super::super) fn begin_rollups(&mut self, end: Day) -> Vec<SiteId> {
        let last = Day::new(end.get() - 1);
        let sites: Vec<_> = self
            .interner
            .sites()
            .map(|(site, id)| (site.clone(), id))
            .collect();
        for (_, id) in &sites {
            self.rolled_days.begin(*id, last);
        }
        sites.into_iter().map(|(site, _)| site).collect()
    }

    /// Stores roll-ups, unless one of the site's days was changed since they were made.
    pub(in super::super) fn store_rollups(&mut self, new: &NewRollups) -> Result<bool, Failure> {
        // Pending changes may be of their days.
        self.write_counts()?;
        let changes: Option<i64> = self
            .conn
            .prepare_cached("select changes from rollup_changes where site = ?1")?
            .query_row([new.site], |row| row.get(0))
            .optional()?;
        if changes.unwrap_or(0) != new.changes {
            return Ok(false);
        }
        let mut insert = self.conn.prepare_cached(
            "insert or replace into rollup (site, first, last, days, articles) values (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (span, rollup) in &new.rollups {
            insert.execute(params![
                new.site,
                span.first.get(),
                span.last.get(),
                rollup.days,
                rollup.articles
            ])?;
        }
        Ok(true)
    }
}
