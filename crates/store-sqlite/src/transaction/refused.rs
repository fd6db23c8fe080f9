use rusqlite::params;
use store::{REFUSED_KEPT_DAYS, Refused, RefusedByProcess, sum_refused};
use visitor::Day;
use wire::SiteId;

use super::{super::failure::Failure, Transaction};

impl Transaction<'_> {
    /// Replaces the numbers of one process, and deletes those of old days.
    pub(in super::super) fn note_refused(
        &mut self,
        site: &SiteId,
        day: Day,
        by: &RefusedByProcess,
    ) -> Result<(), Failure> {
        let site = self.interner.site(self.conn, site)?;
        let day = day.get();
        self.conn
            .prepare_cached("delete from refused where site = ?1 and day < ?2")?
            .execute(params![site, day - REFUSED_KEPT_DAYS])?;
        self.fold_ended_processes(site, day, by.process)?;
        let mut set = self.conn.prepare_cached(
            "insert into refused (site, day, process, kind, reason, count) values (?1, ?2, ?3, ?4, ?5, ?6) \
             on conflict do update set count = excluded.count",
        )?;
        for Refused {
            kind,
            reason,
            count,
        } in &by.refused
        {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            set.execute(params![
                site,
                day,
                by.process,
                kind.name(),
                reason.name(),
                count
            ])?;
        }
        Ok(())
    }

    /// One process at a time has the database, so all other processes have ended: their numbers become one row of each
    /// kind and reason. So restarts add no rows.
    fn fold_ended_processes(&self, site: i64, day: i32, process: u32) -> Result<(), Failure> {
        self.conn
            .prepare_cached(
                "insert into refused (site, day, process, kind, reason, count) \
                 select site, day, 0, kind, reason, sum(count) from refused \
                 where site = ?1 and day = ?2 and process not in (0, ?3) group by site, day, kind, reason \
                 on conflict do update set count = count + excluded.count",
            )?
            .execute(params![site, day, process])?;
        self.conn
            .prepare_cached(
                "delete from refused where site = ?1 and day = ?2 and process not in (0, ?3)",
            )?
            .execute(params![site, day, process])?;
        Ok(())
    }

    /// The numbers of a day, of all processes.
    pub(in super::super) fn refused(
        &mut self,
        site: &SiteId,
        day: Day,
    ) -> Result<Vec<Refused>, Failure> {
        let mut select = self.conn.prepare_cached(
            "select kind, reason, count from refused where day = ?2 \
             and site = (select id from site where name = ?1)",
        )?;
        let rows = select.query_map(params![site.as_str(), day.get()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let rows: Vec<(String, String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(sum_refused(rows.iter().map(|(kind, reason, count)| {
            (kind.as_str(), reason.as_str(), count.unsigned_abs())
        })))
    }
}
