//! Imports an export of another database, or of this one.
//!
//! A repeated import changes nothing, because each kind of data has an idempotent merge rule. Votes: the highest `seq`
//! of each mark wins. Reads and shares: the greater number of each day and source. Starting counts: the greater
//! number. Copy of an article: the existing one is kept.

/// Days and votes.
mod counts;
/// Resolves the article of an import, with its aliases.
mod place;

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};
use store::{
    Metric, Portion, Skipped, Taken,
    transfer::{ArticleLine, Part, SourceLine},
};
use visitor::{Day, key_name};

use super::{
    super::{
        memory::{MetricId, sources_of},
        secrets::{OWN, SecretId},
    },
    Failure, Work,
};

/// Where the days of a source are stored.
struct Origin {
    /// Row id of the source; 0: the article's own id.
    row: i64,
    /// Whether the source has a higher revision than at the last import.
    is_newer: bool,
}

/// Changes made by a part, by metric.
#[derive(Default)]
struct Added {
    /// Reads and shares added.
    counted: BTreeMap<MetricId, i64>,
    /// Net change of votes for each option.
    voted: BTreeMap<MetricId, i64>,
    /// Net change of the daily reaction counts.
    booked: BTreeMap<MetricId, i64>,
    /// Whether anything else changed.
    other: bool,
}

impl Work<'_> {
    /// Imports a batch. A dry run does the same work, then rolls it back.
    pub(in super::super) fn take(&mut self, portion: &Portion) -> Result<Taken, Failure> {
        // The import reads and changes the tables, so pending counts must be in them.
        self.write_counts()?;
        if !portion.dry_run {
            return self.take_parts(portion);
        }
        let before = (self.touched.clone(), self.places.clone(), self.moved.len());
        let (names, secrets) = (self.names.clone(), self.secrets.clone());
        self.conn.execute_batch("savepoint dry_run")?;
        let taken = self.take_parts(portion)?;
        self.conn.execute_batch("rollback to dry_run; release dry_run")?;
        (*self.names, *self.secrets) = (names, secrets);
        let moved;
        (self.touched, self.places, moved) = before;
        self.moved.truncate(moved);
        Ok(taken)
    }

    fn take_parts(&mut self, portion: &Portion) -> Result<Taken, Failure> {
        let mut taken = Taken::default();
        for part in &portion.parts {
            let skip = |why| Skipped { site: part.article.site.clone(), article: part.article.key.clone(), why };
            match self.place_for(portion, &part.article, &mut taken)? {
                Ok((place, is_new)) => self.take_part(portion, part, (place, is_new), &mut taken)?,
                Err(_) if part.continues => {}
                Err(why) => taken.skipped.push(skip(why)),
            }
        }
        Ok(taken)
    }

    fn take_part(
        &mut self,
        portion: &Portion,
        part: &Part,
        (place, is_new): (usize, bool),
        taken: &mut Taken,
    ) -> Result<(), Failure> {
        let line = &part.article;
        let Some(id) = self.touched[place].entry.as_ref().map(|entry| entry.id) else { return Ok(()) };
        let mut added = Added::default();
        let mut origins = Vec::with_capacity(line.sources.len());
        for source in &line.sources {
            // The first source is where the article originated.
            let is_home = is_new && origins.is_empty();
            origins.push(self.origin(portion, (place, id), source, is_home)?);
        }
        self.take_days(id, part, &origins, &mut added)?;
        self.take_votes(id, part, taken, &mut added)?;
        self.book(id, portion.day, &added)?;
        self.take_copy(place, id, line, &mut added)?;
        self.take_imported(place, line, &mut added)?;

        for (metric, count) in &added.counted {
            match self.names.named(*metric) {
                Some(Metric::Reads) => taken.reads += count.unsigned_abs(),
                Some(Metric::Share(_)) => taken.shares += count.unsigned_abs(),
                // Reactions are reported as votes.
                _ => {}
            }
        }
        let sources = sources_of(self.conn, self.secrets, id)?;
        let created = Day::parse(&line.created);
        let is_changed = added.is_something();
        let touched = &mut self.touched[place];
        let Some(entry) = &mut touched.entry else { return Ok(()) };
        entry.sources = sources;
        entry.put |= line.put || line.copy.is_some() || !line.imported.is_empty();
        for (metric, count) in added.counted.into_iter().chain(added.voted) {
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
        } else if is_changed {
            entry.rev = entry.rev.max(rev) + 1;
        }
        touched.changed = true;
        if !part.continues {
            *(match (is_new, is_changed) {
                (true, _) => &mut taken.new,
                (false, true) => &mut taken.changed,
                (false, false) => &mut taken.same,
            }) += 1;
        }
        Ok(())
    }

    /// Finds or inserts the row for the days of a source.
    fn origin(
        &mut self,
        portion: &Portion,
        (place, article): (usize, i64),
        source: &SourceLine,
        is_home: bool,
    ) -> Result<Origin, Failure> {
        let secret = self.secret_of(&source.of);
        if secret == Some(OWN) && source.id == article {
            self.touched[place].entry.as_mut().into_iter().for_each(|entry| entry.voted |= source.voted);
            return Ok(Origin { row: 0, is_newer: false });
        }
        let secret = match (secret, portion.secrets.get(&source.of)) {
            (Some(secret), _) => secret,
            (None, Some(key)) => self.secrets.learn(self.conn, &source.of, key)?,
            // Unreachable: the parser rejects a file that lacks this key.
            (None, None) => return Err(Failure::Panic),
        };
        let name = self.secrets.name(secret);
        let mut find = self.conn.prepare_cached("select id, rev from source where secret = ?1 and number = ?2")?;
        let found: Option<(i64, i64)> =
            find.query_row(params![name, source.id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((row, rev)) = found {
            self.conn
                .prepare_cached("update source set rev = max(rev, ?2), voted = max(voted, ?3) where id = ?1")?
                .execute(params![row, source.rev, source.voted])?;
            return Ok(Origin { row, is_newer: source.rev > rev });
        }
        let mut insert = self.conn.prepare_cached(
            "insert into source (article, secret, number, rev, until, voted, home) \
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7) returning id",
        )?;
        let values = params![article, name, source.id, source.rev, portion.day.get(), source.voted, is_home];
        Ok(Origin { row: insert.query_row(values, |row| row.get(0))?, is_newer: true })
    }

    /// Index of that database's vote key, if it is known.
    fn secret_of(&self, database: &str) -> Option<SecretId> {
        if key_name(self.secrets.get(OWN)) == database { Some(OWN) } else { self.secrets.id(database) }
    }

    /// Stores the copy unless the article has one.
    fn take_copy(&mut self, place: usize, id: i64, line: &ArticleLine, added: &mut Added) -> Result<(), Failure> {
        let Some(copy) = &line.copy else { return Ok(()) };
        if self.copy(id)?.is_some() {
            return Ok(());
        }
        self.set_copy(id, copy)?;
        if let Some(entry) = &mut self.touched[place].entry {
            entry.published = copy.published.as_deref().and_then(Day::parse);
        }
        added.other = true;
        Ok(())
    }

    /// Keeps the greater starting count.
    fn take_imported(&mut self, place: usize, line: &ArticleLine, added: &mut Added) -> Result<(), Failure> {
        for (name, imported) in &line.imported {
            let Some(metric) = Metric::parse(name) else { continue };
            let metric = self.names.metric(self.conn, &metric)?;
            let imported = i64::try_from(*imported).unwrap_or(i64::MAX);
            let Some(entry) = &mut self.touched[place].entry else { continue };
            let before = entry.counts.change(metric, |count| {
                let greater = imported.max(count.imported);
                std::mem::replace(&mut count.imported, greater)
            });
            added.other |= imported > before;
        }
        Ok(())
    }
}

impl Added {
    fn is_something(&self) -> bool {
        let all = self.counted.values().chain(self.voted.values()).chain(self.booked.values());
        self.other || all.into_iter().any(|count| *count != 0)
    }
}
