//! Imports an export of another store, or of this one, article by article, with the same merge rules as the SQLite
//! store. Votes: the highest `seq` of each mark wins. Reads and shares: the greater number of each day and source.
//! Starting counts: the greater number. Copy of an article: the existing one is kept.

/// Days and votes.
mod counts;
/// Resolves the article of an import, with its aliases.
mod place;

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use store::{
    Metric, Portion, Skipped, StoreError, Taken,
    transfer::{ArticleLine, Part, SourceLine},
};
use visitor::Day;
use wire::ArticleKey;

use super::{
    Redis,
    command::Command,
    copy,
    held::{Held, Writes},
    record::{OWN_DAYS, Record, Source},
    secrets::Secrets,
};

/// Articles imported concurrently.
const AT_ONCE: usize = 32;

/// Where the days of a source are stored.
struct Origin {
    /// Label of the days.
    label: String,
    /// Whether the source has a higher revision than at the last import.
    is_newer: bool,
}

/// Changes made by a part, by metric.
#[derive(Default)]
struct Added {
    /// Reads and shares added.
    counted: BTreeMap<String, i64>,
    /// Net change of votes for each option.
    voted: BTreeMap<String, i64>,
    /// Net change of the daily reaction counts.
    booked: BTreeMap<String, i64>,
    /// Whether anything else changed.
    other: bool,
}

impl Redis {
    /// Imports a batch. Each article is imported atomically; after an error, those before it stay.
    pub(super) async fn take(&self, portion: &Portion) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        for some in portion.parts.chunks(AT_ONCE) {
            let parts = try_join_all(some.iter().map(|part| self.take_part(portion, part))).await?;
            parts.into_iter().for_each(|part| taken.add(part));
        }
        Ok(taken)
    }

    async fn take_part(&self, portion: &Portion, part: &Part) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        let skip = |why| Skipped { site: part.article.site.clone(), article: part.article.key.clone(), why };
        loop {
            let goal = match self.goal_of(portion, &part.article, &mut taken).await? {
                Ok(goal) => goal,
                Err(why) => {
                    taken.skipped.extend((!part.continues).then(|| skip(why)));
                    return Ok(taken);
                }
            };
            if let Some(part) = self.take_into(&goal, portion, part).await? {
                taken.add(part);
                return Ok(taken);
            }
            taken.skipped.clear();
        }
    }

    /// Imports into one article. `None`: retry, because the state changed.
    async fn take_into(&self, goal: &ArticleKey, portion: &Portion, part: &Part) -> Result<Option<Taken>, StoreError> {
        let line = &part.article;
        let held = self.hold(&line.site, goal).await?;
        if held.key != *goal {
            held.release().await?;
            return Ok(None);
        }
        let known = held.record().cloned();
        let (created, is_new) = (Day::parse(&line.created).unwrap_or(portion.day), known.is_none());
        let mut record = match &known {
            Some(record) => record.clone(),
            None => Record { own: false, ..Record::new(super::random::id()?, created) },
        };
        let (mut taken, mut added) = (Taken::default(), Added::default());
        let mut writes = Writes::default();
        let secrets = self.secrets_of(Some(&record)).await?;
        let mut origins = Vec::with_capacity(line.sources.len());
        for source in &line.sources {
            // The first source is where the article originated.
            let is_home = is_new && origins.is_empty();
            origins.push(self.origin(portion, &secrets, &mut record, source, is_home).await?);
        }
        if known.as_ref().is_some_and(|known| known.sources != record.sources) {
            record.shape += 1;
        }
        let noted = self.note_aliases(line, goal, &mut record).await?;
        let before = self.days(&held.names).await?;
        let mut days = before.clone();
        counts::take_days(&mut days, part, &origins, &mut added);
        self.take_votes(&held, portion, part, &mut taken, &mut added, &mut writes).await?;
        counts::book(&mut days, portion.day, &added);
        counts::write_days(&held.names, &before, &days, &mut writes);
        self.take_copy(&held, line, &mut record, &mut added, &mut writes).await?;
        take_imported(line, &mut record, &mut added);

        for (metric, count) in &added.counted {
            match Metric::parse(metric) {
                Some(Metric::Reads) => taken.reads += count.unsigned_abs(),
                Some(Metric::Share(_)) => taken.shares += count.unsigned_abs(),
                // Reactions are reported as votes.
                _ => {}
            }
        }
        for (metric, count) in added.counted.iter().chain(&added.voted) {
            record.count(metric).counted += count;
        }
        record.created = record.created.min(created);
        record.put |= line.put || line.copy.is_some() || !line.imported.is_empty();
        let (rev, is_changed) = (i64::try_from(line.rev).unwrap_or(i64::MAX), added.is_something());
        if is_new {
            record.rev = record.rev.max(rev);
        } else if is_changed {
            record.rev = record.rev.max(rev) + 1;
        }
        if !part.continues {
            *(match (is_new, is_changed) {
                (true, _) => &mut taken.new,
                (false, true) => &mut taken.changed,
                (false, false) => &mut taken.same,
            }) += 1;
        }
        let is_done = self.put_down(held, portion, &known, &record, writes, &noted).await?;
        Ok(is_done.then_some(taken))
    }

    async fn put_down(
        &self,
        held: Held<'_>,
        portion: &Portion,
        known: &Option<Record>,
        record: &Record,
        writes: Writes,
        noted: &[ArticleKey],
    ) -> Result<bool, StoreError> {
        let (site, key) = (held.site.clone(), held.key.clone());
        if portion.dry_run || (writes.is_empty() && known.as_ref() == Some(record)) {
            held.release().await?;
        } else if !held.commit(record, writes).await? {
            return Ok(false);
        }
        if portion.dry_run {
            return Ok(true);
        }
        if !record.is_listed {
            self.list(&site, &key, record.id).await?;
        }
        self.note_recent(&site, &key, portion.day).await;
        for alias in noted {
            if !self.lead_away(&site, alias, &key).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds or adds the source in the record.
    async fn origin(
        &self,
        portion: &Portion,
        secrets: &Secrets,
        record: &mut Record,
        source: &SourceLine,
        is_home: bool,
    ) -> Result<Origin, StoreError> {
        if source.of == secrets.own_name() && source.id == record.id {
            record.voted |= source.voted;
            return Ok(Origin { label: OWN_DAYS.into(), is_newer: false });
        }
        if let Some(known) =
            record.sources.iter_mut().find(|known| (&known.of, known.number) == (&source.of, source.id))
        {
            let is_newer = source.rev > known.rev;
            (known.rev, known.voted) = (known.rev.max(source.rev), known.voted | source.voted);
            return Ok(Origin { label: known.label(), is_newer });
        }
        if let Some(key) = portion.secrets.get(&source.of)
            && secrets.get(&source.of).is_none()
            && !portion.dry_run
        {
            self.learn_secret(key).await?;
        }
        let SourceLine { of, id, rev, voted } = source.clone();
        let source = Source { of, number: id, rev, voted, home: is_home, until: portion.day };
        let label = source.label();
        record.sources.push(source);
        Ok(Origin { label, is_newer: true })
    }

    /// Stores the copy unless the article has one.
    async fn take_copy(
        &self,
        held: &Held<'_>,
        line: &ArticleLine,
        record: &mut Record,
        added: &mut Added,
        writes: &mut Writes,
    ) -> Result<(), StoreError> {
        let Some(new) = &line.copy else { return Ok(()) };
        let is = self.cluster.read(held.names.slot, Command::new("HGETALL").arg(held.names.copy())).await?;
        if copy::parse(&is).is_none() {
            copy::write(new, &held.names, writes);
            record.published = new.published.as_deref().and_then(Day::parse);
            added.other = true;
        }
        Ok(())
    }
}

/// Keeps the greater starting count.
fn take_imported(line: &ArticleLine, record: &mut Record, added: &mut Added) {
    for (name, imported) in line.imported.iter().filter(|(name, _)| Metric::parse(name).is_some()) {
        let imported = i64::try_from(*imported).unwrap_or(i64::MAX);
        let count = record.count(name);
        if imported > count.imported {
            count.imported = imported;
            added.other = true;
        }
    }
}

impl Added {
    fn is_something(&self) -> bool {
        let all = self.counted.values().chain(self.voted.values()).chain(self.booked.values());
        self.other || all.into_iter().any(|count| *count != 0)
    }
}
