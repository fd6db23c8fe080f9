use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, params};
use store::{ImportReport, Metric, export_format::ArticlePart};
use visitor::Day;
use wire::SiteId;

use super::{
    super::super::vote_log::SET_VOTE, super::hours::add_to_unknown_hour, Failure, ImportDelta,
    MetricId, SourceDays, Transaction,
};

impl Transaction<'_> {
    /// Merges the daily counts. Reads and shares: the greater number of each day and source. Reactions: if the source
    /// is newer, its days replace the stored ones; days of the article's own id change only with votes.
    pub(super) fn import_days(
        &mut self,
        id: i64,
        part: &ArticlePart,
        source_days: &[SourceDays],
        delta: &mut ImportDelta,
    ) -> Result<(), Failure> {
        if part.continues {
            return Ok(());
        }
        for source in source_days
            .iter()
            .filter(|source| source.row != 0 && source.is_newer)
        {
            self.delete_reaction_days(id, source.row, &mut delta.day_changes)?;
        }
        let site = self.interner.site(self.conn, &part.article.site)?;
        let mut raise = self.conn.prepare_cached(
            "insert into day (site, day, metric, article, source, change) values (?1, ?2, ?3, ?4, ?5, ?6) \
             on conflict do update set change = excluded.change",
        )?;
        let mut find = self.conn.prepare_cached(
            "select change from day where site = ?1 and day = ?2 and metric = ?3 and article = ?4 and source = ?5",
        )?;
        for line in &part.days {
            let (Some(day), Some(source)) = (Day::parse(&line.day), source_days.get(line.source))
            else {
                continue;
            };
            for (name, change) in &line.counts {
                let Some(metric) = Metric::parse(name) else {
                    continue;
                };
                let is_net = matches!(metric, Metric::Reaction(_));
                let metric = self.interner.metric(self.conn, &metric)?;
                let here = params![site, day.get(), metric, id, source.row];
                let known: i64 = find
                    .query_row(here, |row| row.get(0))
                    .optional()?
                    .unwrap_or(0);
                let (to, sums) = match (is_net, source.row != 0 && source.is_newer) {
                    (false, _) => (known.max(*change), &mut delta.counted),
                    // `delete_reaction_days` has deleted the source's old rows.
                    (true, true) => (known + change, &mut delta.day_changes),
                    (true, false) => continue,
                };
                if to != known {
                    raise.execute(params![site, day.get(), metric, id, source.row, to])?;
                    self.rolled_days.note_change(site, day);
                    add_to_unknown_hour(self.conn, site, day, metric, to - known)?;
                    *sums.entry(metric).or_default() += to - known;
                }
            }
        }
        Ok(())
    }

    /// Deletes the daily reaction counts of a source, and subtracts them from `day_changes`.
    fn delete_reaction_days(
        &mut self,
        id: i64,
        source: i64,
        day_changes: &mut BTreeMap<MetricId, i64>,
    ) -> Result<(), Failure> {
        let mut delete = self.conn.prepare_cached(
            "delete from day where article = ?1 and source = ?2 \
             and metric in (select id from metric where name like 'reaction:%') returning metric, change, site, day",
        )?;
        let mut rows = delete.query(params![id, source])?;
        while let Some(row) = rows.next()? {
            let metric = row.get(0)?;
            let change: i64 = row.get(1)?;
            *day_changes.entry(metric).or_default() -= change;
            let (site, day) = (row.get(2)?, Day::new(row.get(3)?));
            self.rolled_days.note_change(site, day);
            add_to_unknown_hour(self.conn, site, day, metric, -change)?;
        }
        Ok(())
    }

    /// Merges the votes: the highest `seq` of each voter id wins.
    pub(super) fn import_votes(
        &mut self,
        id: i64,
        part: &ArticlePart,
        report: &mut ImportReport,
        delta: &mut ImportDelta,
    ) -> Result<(), Failure> {
        self.fold_votes()?;
        self.vote_log.forget_voters(id);
        let mut find = self
            .conn
            .prepare_cached("select reaction, seq from vote where article = ?1 and voter = ?2")?;
        let mut set = self.conn.prepare_cached(SET_VOTE)?;
        for vote in &part.votes {
            let known: Option<(Option<MetricId>, i64)> = find
                .query_row(params![id, vote.mark.0], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let seq = i64::try_from(vote.seq).unwrap_or(i64::MAX);
            if known.is_some_and(|(_, known)| known >= seq) {
                continue;
            }
            *(if known.is_some() {
                &mut report.newer_votes
            } else {
                &mut report.votes
            }) += 1;
            let new = match &vote.reaction {
                Some(reaction) => Some(
                    self.interner
                        .metric(self.conn, &Metric::Reaction(reaction.clone()))?,
                ),
                None => None,
            };
            set.execute(params![id, vote.mark.0, new, seq])?;
            delta.other = true;
            if let Some(old) = known.and_then(|(old, _)| old) {
                *delta.voted.entry(old).or_default() -= 1;
            }
            if let Some(new) = new {
                *delta.voted.entry(new).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Keeps the sum of days equal to the votes: any difference is added on the day of the export.
    pub(super) fn balance_days(
        &mut self,
        (site, id): (&SiteId, i64),
        day: Day,
        delta: &ImportDelta,
    ) -> Result<(), Failure> {
        let site = self.interner.site(self.conn, site)?;
        let mut add = self.conn.prepare_cached(
            "insert into day (site, day, metric, article, source, change) values (?1, ?2, ?3, ?4, 0, ?5) \
             on conflict do update set change = change + excluded.change",
        )?;
        let mut clear = self.conn.prepare_cached(
            "delete from day where site = ?1 and day = ?2 and metric = ?3 and article = ?4 and source = 0 and change = 0",
        )?;
        let metrics: BTreeSet<_> = delta.voted.keys().chain(delta.day_changes.keys()).collect();
        for metric in metrics {
            let of = |sums: &BTreeMap<MetricId, i64>| sums.get(metric).copied().unwrap_or(0);
            let rest = of(&delta.voted) - of(&delta.day_changes);
            if rest != 0 {
                add.execute(params![site, day.get(), metric, id, rest])?;
                clear.execute(params![site, day.get(), metric, id])?;
                self.rolled_days.note_change(site, day);
                add_to_unknown_hour(self.conn, site, day, *metric, rest)?;
            }
        }
        Ok(())
    }
}
