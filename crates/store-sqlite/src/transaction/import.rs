//! Imports an export of another database, or of this one.
//!
//! A repeated import changes nothing, because each kind of data has an idempotent merge rule. Votes: the highest `seq`
//! of each voter id wins. Reads and shares: the greater number of each day and source. Starting counts: the greater
//! number. Copy of an article: the existing one is kept. Hours: see [`store::merged_hours`].

/// Days and votes.
mod counts;
/// Hours.
mod hours;
/// Resolves the article of an import, with its aliases.
mod resolve;

use std::{collections::BTreeMap, sync::Arc};

use resolve::LineTarget;
use rusqlite::{OptionalExtension, params};
use store::{
    ImportBatch, ImportReport, Metric, Skipped,
    export_format::{ArticleLine, ArticlePart, SourceLine},
};
use visitor::{Day, database_id};

use super::{
    super::{
        read_model::{Entry, MetricId, load_sources},
        secrets::{OWN_VOTE_KEY, VoteKeyId},
    },
    Failure, Transaction,
};

/// Where the days of a source are stored.
struct SourceDays {
    /// Row id of the source; 0: the article's own id.
    row: i64,
    /// Whether the source has a higher revision than at the last import.
    is_newer: bool,
}

/// Changes made by a part, by metric.
#[derive(Default)]
struct ImportDelta {
    /// Reads and shares added.
    counted: BTreeMap<MetricId, i64>,
    /// Net change of votes for each option.
    voted: BTreeMap<MetricId, i64>,
    /// Net change of the daily reaction counts.
    day_changes: BTreeMap<MetricId, i64>,
    /// Whether anything else changed.
    other: bool,
}

impl Transaction<'_> {
    /// Imports a batch. A dry run does the same work, then rolls it back.
    pub(in super::super) fn import(
        &mut self,
        batch: &ImportBatch,
    ) -> Result<ImportReport, Failure> {
        // The import reads and changes the tables, so pending counts must be in them. Votes too: the end of a dry run would
        // take back their move if that came after the savepoint, but not that the log in memory has forgotten them.
        self.fold_votes()?;
        self.write_counts()?;
        if !batch.dry_run {
            return self.import_parts(batch);
        }
        let before = (
            self.articles.clone(),
            self.index_by_key.clone(),
            self.aliases.len(),
        );
        let interner = self.interner.clone();
        let secrets = self.secrets.clone();
        let rolled_days = self.rolled_days.clone();
        self.conn.execute_batch("savepoint dry_run")?;
        let report = self.import_parts(batch)?;
        self.conn
            .execute_batch("rollback to dry_run; release dry_run")?;
        *self.interner = interner;
        *self.secrets = secrets;
        *self.rolled_days = rolled_days;
        let (articles, index_by_key, alias_count) = before;
        self.articles = articles;
        self.index_by_key = index_by_key;
        self.aliases.truncate(alias_count);
        Ok(report)
    }

    fn import_parts(&mut self, batch: &ImportBatch) -> Result<ImportReport, Failure> {
        let mut report = ImportReport::default();
        for part in &batch.parts {
            let skip = |why| Skipped {
                site: part.article.site.to_string(),
                article: part.article.key.to_string(),
                why,
            };
            match self.resolve_article(batch, part, &mut report)? {
                LineTarget::Article { index, is_new } => {
                    self.import_part(batch, part, (index, is_new), &mut report)?
                }
                LineTarget::Skipped(_) if part.continues => {}
                LineTarget::Skipped(why) => report.skipped.push(skip(why)),
            }
        }
        for line in &batch.site_hours {
            self.import_site_hours(line)?;
        }
        Ok(report)
    }

    fn import_part(
        &mut self,
        batch: &ImportBatch,
        part: &ArticlePart,
        (index, is_new): (usize, bool),
        report: &mut ImportReport,
    ) -> Result<(), Failure> {
        let line = &part.article;
        let Some(id) = self.articles[index].entry.as_ref().map(|entry| entry.id) else {
            return Ok(());
        };
        let mut delta = ImportDelta::default();
        let mut source_days = Vec::with_capacity(line.sources.len());
        for source in &line.sources {
            // The first source is where the article originated.
            let is_home = is_new && source_days.is_empty();
            source_days.push(self.source_days(batch, (index, id), source, is_home)?);
        }
        self.import_days(id, part, &source_days, &mut delta)?;
        self.import_votes(id, part, report, &mut delta)?;
        self.balance_days((&line.site, id), batch.day, &delta)?;
        self.import_copy(index, id, line, &mut delta)?;
        self.import_baseline(index, line, &mut delta)?;
        let entry = self.articles[index].entry.as_ref();
        let first = entry.map_or(batch.day, |entry| {
            let created = Day::parse(&line.created).unwrap_or(entry.created);
            entry.published.unwrap_or(entry.created.min(created))
        });
        self.import_hours((id, first), part, is_new)?;

        for (metric, count) in &delta.counted {
            match self.interner.metric_of(*metric) {
                Some(Metric::Reads) => report.reads += count.unsigned_abs(),
                Some(Metric::Share(_)) => report.shares += count.unsigned_abs(),
                // Reactions are reported as votes.
                _ => {}
            }
        }
        let sources = load_sources(self.conn, self.secrets, id)?;
        let created = Day::parse(&line.created);
        self.import_poll(index, line, &mut delta);
        let is_changed = delta.has_changes();
        let interner = &*self.interner;
        let poll_opened = |entry: &Entry| entry.poll_opened(|id| interner.is_of_events(id));
        let article = &mut self.articles[index];
        let Some(entry) = &mut article.entry else {
            return Ok(());
        };
        let was_opened = poll_opened(entry);
        entry.sources = sources;
        entry.put |=
            line.put || line.poll.is_some() || line.copy.is_some() || !line.imported.is_empty();
        for (metric, count) in delta.counted.into_iter().chain(delta.voted) {
            entry.counts.change(metric, |sum| sum.counted += count);
        }
        if let Some(created) = created.filter(|created| *created < entry.created) {
            entry.created = created;
            self.conn
                .prepare_cached("update article set created = ?2 where id = ?1")?
                .execute(params![id, created.get()])?;
        }
        let rev = i64::try_from(line.rev).unwrap_or(i64::MAX);
        if is_new {
            entry.rev = entry.rev.max(rev);
        } else if is_changed || poll_opened(entry) != was_opened {
            // A poll that opened earlier may be closed by now.
            entry.rev = entry.rev.max(rev) + 1;
        }
        article.changed = true;
        if !part.continues {
            *(match (is_new, is_changed) {
                (true, _) => &mut report.new,
                (false, true) => &mut report.changed,
                (false, false) => &mut report.same,
            }) += 1;
        }
        Ok(())
    }

    /// Finds or inserts the row for the days of a source.
    fn source_days(
        &mut self,
        batch: &ImportBatch,
        (index, article): (usize, i64),
        source: &SourceLine,
        is_home: bool,
    ) -> Result<SourceDays, Failure> {
        let secret = self.secret_of(&source.of);
        if secret == Some(OWN_VOTE_KEY) && source.id == article {
            self.articles[index]
                .entry
                .as_mut()
                .into_iter()
                .for_each(|entry| entry.voted |= source.voted);
            return Ok(SourceDays {
                row: 0,
                is_newer: false,
            });
        }
        let secret = match (secret, batch.secrets.get(&source.of)) {
            (Some(secret), _) => secret,
            (None, Some(key)) => self.secrets.insert(self.conn, &source.of, key)?,
            // Unreachable: the parser rejects a file that lacks this key.
            (None, None) => return Err(Failure::Panic),
        };
        let name = self.secrets.name(secret);
        let mut find = self
            .conn
            .prepare_cached("select id, rev from source where secret = ?1 and number = ?2")?;
        let found: Option<(i64, i64)> = find
            .query_row(params![name, source.id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((row, rev)) = found {
            self.conn
                .prepare_cached(
                    "update source set rev = max(rev, ?2), voted = max(voted, ?3) where id = ?1",
                )?
                .execute(params![row, source.rev, source.voted])?;
            return Ok(SourceDays {
                row,
                is_newer: source.rev > rev,
            });
        }
        let mut insert = self.conn.prepare_cached(
            "insert into source (article, secret, number, rev, until, voted, home) \
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7) returning id",
        )?;
        let values = params![
            article,
            name,
            source.id,
            source.rev,
            batch.day.get(),
            source.voted,
            is_home
        ];
        Ok(SourceDays {
            row: insert.query_row(values, |row| row.get(0))?,
            is_newer: true,
        })
    }

    /// Index of that database's vote key, if it is known.
    fn secret_of(&self, database: &str) -> Option<VoteKeyId> {
        if database_id(self.secrets.get(OWN_VOTE_KEY)) == database {
            Some(OWN_VOTE_KEY)
        } else {
            self.secrets.id(database)
        }
    }

    /// Stores the copy unless the article has one.
    fn import_copy(
        &mut self,
        index: usize,
        id: i64,
        line: &ArticleLine,
        delta: &mut ImportDelta,
    ) -> Result<(), Failure> {
        let Some(copy) = &line.copy else {
            return Ok(());
        };
        if self.copy(id)?.is_some() {
            return Ok(());
        }
        self.set_copy(id, copy)?;
        if let Some(entry) = &mut self.articles[index].entry {
            entry.published = copy.published.as_deref().and_then(Day::parse);
        }
        delta.other = true;
        Ok(())
    }

    /// Sets what applies to the poll unless the article has that already.
    fn import_poll(&mut self, index: usize, line: &ArticleLine, delta: &mut ImportDelta) {
        if let (Some(poll), Some(entry)) = (&line.poll, &mut self.articles[index].entry)
            && entry.poll.is_none()
        {
            entry.poll = Some(Arc::new(poll.clone()));
            delta.other = true;
        }
    }

    /// Keeps the greater starting count.
    fn import_baseline(
        &mut self,
        index: usize,
        line: &ArticleLine,
        delta: &mut ImportDelta,
    ) -> Result<(), Failure> {
        for (name, imported) in &line.imported {
            let Some(metric) = Metric::parse(name) else {
                continue;
            };
            let metric = self.interner.metric(self.conn, &metric)?;
            let imported = i64::try_from(*imported).unwrap_or(i64::MAX);
            let Some(entry) = &mut self.articles[index].entry else {
                continue;
            };
            let before = entry.counts.change(metric, |count| {
                let greater = imported.max(count.imported);
                std::mem::replace(&mut count.imported, greater)
            });
            delta.other |= imported > before;
        }
        Ok(())
    }
}

impl ImportDelta {
    fn has_changes(&self) -> bool {
        let all = self
            .counted
            .values()
            .chain(self.voted.values())
            .chain(self.day_changes.values());
        self.other || all.into_iter().any(|count| *count != 0)
    }
}
