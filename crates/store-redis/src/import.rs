//! Imports an export of another store, or of this one, article by article, with the same merge rules as the SQLite
//! store. Votes: the highest `seq` of each mark wins. Reads and shares: the greater number of each day and source.
//! Starting counts: the greater number. Copy of an article: the existing one is kept. Hours: see
//! [`store::merged_hours`].

/// Days and votes.
mod counts;
/// Hours.
mod hours;
/// Resolves the article of an import, with its aliases.
mod resolve;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures_util::future::try_join_all;
use resolve::LineTarget;
use store::{
    ImportBatch, ImportReport, Metric, Skipped, StoreError,
    export_format::{ArticleLine, ArticlePart, SourceLine},
};
use visitor::Day;
use wire::ArticleKey;

use super::{
    Redis,
    command::Command,
    copy,
    lease::{Lease, WriteSet},
    record::{OWN_DAYS, Record, Source},
    vote_keys::VoteKeys,
};

/// Articles imported concurrently.
const CONCURRENT_IMPORTS: usize = 32;

/// Where the days of a source are stored.
struct SourceDays {
    /// Label of the days.
    label: String,
    /// Whether the source has a higher revision than at the last import.
    is_newer: bool,
}

/// Changes made by a part, by metric.
#[derive(Default)]
struct ImportDelta {
    /// Reads and shares added.
    counted: BTreeMap<String, i64>,
    /// Net change of votes for each option.
    voted: BTreeMap<String, i64>,
    /// Net change of the daily reaction counts.
    day_changes: BTreeMap<String, i64>,
    /// Whether anything else changed.
    other: bool,
}

impl Redis {
    /// Imports a batch. Each article is imported atomically; after an error, those before it stay.
    pub(super) async fn import_batch(
        &self,
        batch: &ImportBatch,
    ) -> Result<ImportReport, StoreError> {
        let mut report = ImportReport::default();
        for some in independent(&batch.parts) {
            let parts = try_join_all(some.iter().map(|part| self.import_part(batch, part))).await?;
            parts.into_iter().for_each(|part| report.add(part));
        }
        if !batch.dry_run {
            self.note_imported(&batch.parts).await;
            self.import_site_hours(&batch.site_hours).await?;
        }
        Ok(report)
    }

    /// Notes the articles of a batch, of one site after the other.
    async fn note_imported(&self, parts: &[ArticlePart]) {
        for some in parts.chunk_by(|this, next| this.article.site == next.article.site) {
            let lines = some.iter().map(|part| &part.article);
            let named = lines.flat_map(|line| {
                std::iter::once(&line.key).chain(line.aliases.iter().map(|alias| &alias.key))
            });
            let keys: Vec<&ArticleKey> = named.collect();
            self.note_index_change(&some[0].article.site, &keys).await;
        }
    }

    async fn import_part(
        &self,
        batch: &ImportBatch,
        part: &ArticlePart,
    ) -> Result<ImportReport, StoreError> {
        let mut report = ImportReport::default();
        let skip = |why| Skipped {
            site: part.article.site.to_string(),
            article: part.article.key.to_string(),
            why,
        };
        loop {
            let target = match self.resolve_article(batch, part, &mut report).await? {
                LineTarget::Article(target) => target,
                LineTarget::Skipped(why) => {
                    report.skipped.extend((!part.continues).then(|| skip(why)));
                    return Ok(report);
                }
            };
            if let Some(part) = self.import_into(&target, batch, part).await? {
                report.add(part);
                return Ok(report);
            }
            report.skipped.clear();
        }
    }

    /// Imports into one article. `None`: retry, because the state changed.
    async fn import_into(
        &self,
        target: &ArticleKey,
        batch: &ImportBatch,
        part: &ArticlePart,
    ) -> Result<Option<ImportReport>, StoreError> {
        let line = &part.article;
        let lease = self.lease(&line.site, target).await?;
        if lease.key != *target {
            lease.release().await?;
            return Ok(None);
        }
        let known = lease.record().cloned();
        let created = Day::parse(&line.created).unwrap_or(batch.day);
        let is_new = known.is_none();
        let mut record = match &known {
            Some(record) => record.clone(),
            None => Record {
                own: false,
                ..Record::new(super::random::id()?, created)
            },
        };
        let mut report = ImportReport::default();
        let mut delta = ImportDelta::default();
        let mut writes = WriteSet::default();
        let vote_keys = self.vote_keys_of(Some(&record)).await?;
        let mut source_days = Vec::with_capacity(line.sources.len());
        for source in &line.sources {
            // The first source is where the article originated.
            let is_home = is_new && source_days.is_empty();
            source_days.push(
                self.source_days(batch, &vote_keys, &mut record, source, is_home)
                    .await?,
            );
        }
        if known
            .as_ref()
            .is_some_and(|known| known.sources != record.sources)
        {
            record.shape += 1;
        }
        let new_aliases = self.add_aliases(line, target, &mut record).await?;
        let before = self.days(&lease.names).await?;
        let mut days = before.clone();
        counts::import_days(&mut days, part, &source_days, &mut delta);
        self.import_votes(&lease, batch, part, &mut report, &mut delta, &mut writes)
            .await?;
        counts::balance_days(&mut days, batch.day, &delta);
        counts::write_days(&lease.names, &before, &days, &mut writes);
        self.import_copy(&lease, line, &mut record, &mut delta, &mut writes)
            .await?;
        import_baseline(line, &mut record, &mut delta);
        import_poll(line, &mut record, &mut delta);
        record.created = record.created.min(created);
        self.import_hours(&lease, &record, &days, part, &mut writes)
            .await?;

        for (metric, count) in &delta.counted {
            match Metric::parse(metric) {
                Some(Metric::Reads) => report.reads += count.unsigned_abs(),
                Some(Metric::Share(_)) => report.shares += count.unsigned_abs(),
                // Reactions are reported as votes.
                _ => {}
            }
        }
        for (metric, count) in delta.counted.iter().chain(&delta.voted) {
            record.count(metric).counted += count;
        }
        record.put |=
            line.put || line.poll.is_some() || line.copy.is_some() || !line.imported.is_empty();
        let rev = i64::try_from(line.rev).unwrap_or(i64::MAX);
        let is_changed = delta.has_changes();
        let poll_opened = |record: Option<&Record>| record.and_then(Record::poll_opened);
        if is_new {
            record.rev = record.rev.max(rev);
        } else if is_changed || poll_opened(known.as_ref()) != poll_opened(Some(&record)) {
            // A poll that opened earlier may be closed by now.
            record.rev = record.rev.max(rev) + 1;
        }
        if !part.continues {
            *(match (is_new, is_changed) {
                (true, _) => &mut report.new,
                (false, true) => &mut report.changed,
                (false, false) => &mut report.same,
            }) += 1;
        }
        if !batch.dry_run {
            let changed = counts::changed_days(&before, &days);
            self.note_changed_days(&line.site, changed).await?;
        }
        let last_day = days.keys().next_back().map(|(day, ..)| *day);
        let is_done = self
            .commit_import(
                lease,
                batch,
                &known,
                &record,
                writes,
                (&new_aliases, last_day),
            )
            .await?;
        Ok(is_done.then_some(report))
    }

    async fn commit_import(
        &self,
        lease: Lease<'_>,
        batch: &ImportBatch,
        known: &Option<Record>,
        record: &Record,
        writes: WriteSet,
        (new_aliases, last_day): (&[ArticleKey], Option<Day>),
    ) -> Result<bool, StoreError> {
        let site = lease.site.clone();
        let key = lease.key.clone();
        if batch.dry_run || (writes.is_empty() && known.as_ref() == Some(record)) {
            lease.release().await?;
        } else if !lease.commit(record, writes).await? {
            return Ok(false);
        }
        if batch.dry_run {
            return Ok(true);
        }
        if !record.is_listed {
            self.list_article(&site, &key, record.id).await?;
        }
        self.list_published(&site, &key, record).await?;
        if let Some(day) = last_day {
            self.list_recent(&site, &key, day).await;
        }
        for alias in new_aliases {
            if !self.add_redirect(&site, alias, &key).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds or adds the source in the record.
    async fn source_days(
        &self,
        batch: &ImportBatch,
        vote_keys: &VoteKeys,
        record: &mut Record,
        source: &SourceLine,
        is_home: bool,
    ) -> Result<SourceDays, StoreError> {
        if source.of == vote_keys.own_name() && source.id == record.id {
            record.voted |= source.voted;
            return Ok(SourceDays {
                label: OWN_DAYS.into(),
                is_newer: false,
            });
        }
        if let Some(known) = record
            .sources
            .iter_mut()
            .find(|known| (&known.of, known.number) == (&source.of, source.id))
        {
            let is_newer = source.rev > known.rev;
            known.rev = known.rev.max(source.rev);
            known.voted |= source.voted;
            return Ok(SourceDays {
                label: known.label(),
                is_newer,
            });
        }
        if let Some(key) = batch.secrets.get(&source.of)
            && vote_keys.get(&source.of).is_none()
            && !batch.dry_run
        {
            self.add_vote_key(key).await?;
        }
        let SourceLine { of, id, rev, voted } = source.clone();
        let source = Source {
            of,
            number: id,
            rev,
            voted,
            home: is_home,
            until: batch.day,
        };
        let label = source.label();
        record.sources.push(source);
        Ok(SourceDays {
            label,
            is_newer: true,
        })
    }

    /// Stores the copy unless the article has one.
    async fn import_copy(
        &self,
        lease: &Lease<'_>,
        line: &ArticleLine,
        record: &mut Record,
        delta: &mut ImportDelta,
        writes: &mut WriteSet,
    ) -> Result<(), StoreError> {
        let Some(new) = &line.copy else { return Ok(()) };
        let is = self
            .cluster
            .read(
                lease.names.slot,
                Command::new("HGETALL").arg(lease.names.copy()),
            )
            .await?;
        if copy::parse(&is).is_none() {
            copy::write(new, &lease.names, writes);
            record.published = new.published.as_deref().and_then(Day::parse);
            delta.other = true;
        }
        Ok(())
    }
}

/// Splits parts into runs that are imported concurrently. In a run, no two parts name the same key, as their article
/// or as an alias: the second must find what the first has made of it.
fn independent(parts: &[ArticlePart]) -> Vec<&[ArticlePart]> {
    let mut runs = Vec::new();
    let mut named = HashSet::new();
    let mut start = 0;
    for (at, part) in parts.iter().enumerate() {
        let line = &part.article;
        let keys: HashSet<_> = std::iter::once(&line.key)
            .chain(line.aliases.iter().map(|alias| &alias.key))
            .map(|key| (&line.site, key))
            .collect();
        if at - start == CONCURRENT_IMPORTS || !named.is_disjoint(&keys) {
            runs.push(&parts[start..at]);
            named.clear();
            start = at;
        }
        named.extend(keys);
    }
    runs.push(&parts[start..]);
    runs
}

/// Sets what applies to the poll unless the article has that already.
fn import_poll(line: &ArticleLine, record: &mut Record, delta: &mut ImportDelta) {
    if let (Some(poll), None) = (&line.poll, &record.poll) {
        record.poll = Some(Arc::new(poll.clone()));
        delta.other = true;
    }
}

/// Keeps the greater starting count.
fn import_baseline(line: &ArticleLine, record: &mut Record, delta: &mut ImportDelta) {
    for (name, imported) in line
        .imported
        .iter()
        .filter(|(name, _)| Metric::parse(name).is_some())
    {
        let imported = i64::try_from(*imported).unwrap_or(i64::MAX);
        let count = record.count(name);
        if imported > count.imported {
            count.imported = imported;
            delta.other = true;
        }
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
