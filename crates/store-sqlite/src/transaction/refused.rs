use std::collections::BTreeMap;

use rusqlite::params;
use store::{
    ARTICLE_REFUSED_KEPT_DAYS, Days, REFUSED_KEPT_DAYS, Refused, RefusedByProcess, add_refused,
    sum_refused,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{super::failure::Failure, Transaction};

impl Transaction<'_> {
    /// Replaces the numbers of one process, and deletes those of old days.
    pub(in super::super) fn note_refused(
        &mut self,
        site: &SiteId,
        day: Day,
        by: &RefusedByProcess,
    ) -> Result<(), Failure> {
        self.note_refused_of_articles(site, day, by)?;
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

    /// Replaces the numbers of one process of the articles that exist, and deletes those of old days.
    fn note_refused_of_articles(
        &mut self,
        site: &SiteId,
        day: Day,
        by: &RefusedByProcess,
    ) -> Result<(), Failure> {
        let day = day.get();
        self.conn
            .prepare_cached("delete from article_refused where day <= ?1")?
            .execute([day - i32::from(ARTICLE_REFUSED_KEPT_DAYS)])?;
        self.fold_ended_processes_of_articles(day, by.process)?;
        // A process may have counted under two keys before they became one article's.
        let mut by_article: BTreeMap<i64, Vec<Refused>> = BTreeMap::new();
        for (key, refused) in &by.articles {
            let index = self.article_index(site, key);
            let Some(id) = self.articles[index].entry.as_ref().map(|entry| entry.id) else {
                continue;
            };
            let sums = by_article.entry(id).or_default();
            refused.iter().for_each(|one| add_refused(sums, *one));
        }
        for (id, refused) in by_article {
            let mut set = self.conn.prepare_cached(
                "insert into article_refused (article, day, process, kind, reason, count) \
                 values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do update set count = excluded.count",
            )?;
            for one in refused {
                let count = i64::try_from(one.count).unwrap_or(i64::MAX);
                let (kind, reason) = (one.kind.name(), one.reason.name());
                set.execute(params![id, day, by.process, kind, reason, count])?;
            }
        }
        Ok(())
    }

    /// As [`fold_ended_processes`](Self::fold_ended_processes), for the numbers by article.
    fn fold_ended_processes_of_articles(&self, day: i32, process: u32) -> Result<(), Failure> {
        self.conn
            .prepare_cached(
                "insert into article_refused (article, day, process, kind, reason, count) \
                 select article, day, 0, kind, reason, sum(count) from article_refused \
                 where day = ?1 and process not in (0, ?2) group by article, day, kind, reason \
                 on conflict do update set count = count + excluded.count",
            )?
            .execute(params![day, process])?;
        self.conn
            .prepare_cached(
                "delete from article_refused where day = ?1 and process not in (0, ?2)",
            )?
            .execute(params![day, process])?;
        Ok(())
    }

    /// Moves the numbers of an article that is merged into another.
    pub(super) fn merge_refused(&self, from: i64, to: i64) -> Result<(), Failure> {
        self.conn
            .prepare_cached(
                "insert into article_refused (article, day, process, kind, reason, count) \
                 select ?1, day, process, kind, reason, count from article_refused where article = ?2 \
                 on conflict do update set count = count + excluded.count",
            )?
            .execute(params![to, from])?;
        Ok(())
    }

    /// The numbers of an article on these days, of all processes.
    pub(in super::super) fn refused_of(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Vec<Refused>, Failure> {
        let index = self.article_index(site, key);
        let Some(id) = self.articles[index].entry.as_ref().map(|entry| entry.id) else {
            return Ok(Vec::new());
        };
        let mut select = self.conn.prepare_cached(
            "select kind, reason, count from article_refused where article = ?1 and day between ?2 and ?3",
        )?;
        let days = params![id, days.first.get(), days.last.get()];
        let rows = select.query_map(days, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let rows: Vec<(String, String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(summed(&rows))
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
        Ok(summed(&rows))
    }
}

fn summed(rows: &[(String, String, i64)]) -> Vec<Refused> {
    sum_refused(
        rows.iter()
            .map(|(kind, reason, count)| (kind.as_str(), reason.as_str(), count.unsigned_abs())),
    )
}
