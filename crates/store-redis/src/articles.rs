use redis::Value;
use store::{Listed, Metric, Publication, Removal, StoreError};
use visitor::{Day, voter};
use wire::{Article, ArticleKey, Imported, SiteId, Tally, VisitorToken};

use super::{
    Redis,
    cluster::Kind,
    command::Command,
    copy,
    held::Writes,
    keys::Table,
    lists::{ALIASES, ARTICLES},
    record::Record,
    reply::{list, text, utf8},
    table::bucket,
    vote,
};

/// Largest integer that a JavaScript number represents exactly.
const MAX_COUNT: u64 = (1 << 53) - 1;

impl Redis {
    /// The stored copy.
    pub(super) async fn copy_of(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<Article>, StoreError> {
        let names = self.names.article(site, &self.leads_to(site, key).await?);
        Ok(copy::parse(&self.cluster.read(names.slot, Command::new("HGETALL").arg(names.copy())).await?))
    }

    /// Stores a copy, or starting counts, or both. Identical data changes nothing.
    pub(super) async fn publish(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        publication: &Publication,
    ) -> Result<Tally, StoreError> {
        loop {
            let held = self.hold(site, key).await?;
            let known = held.record().cloned();
            let mut record = match &known {
                Some(record) => record.clone(),
                None => Record::new(super::random::id()?, day),
            };
            let mut writes = Writes::default();
            let (mut has_changed, mut was_put) = (false, record.put || record.published.is_some());
            if let Some(article) = &publication.article {
                let is = self.cluster.read(held.names.slot, Command::new("HGETALL").arg(held.names.copy())).await?;
                was_put |= copy::parse(&is).is_some();
                if copy::parse(&is).as_ref() != Some(article) {
                    copy::write(article, &held.names, &mut writes);
                    record.published = article.published.as_deref().and_then(Day::parse);
                    has_changed = true;
                }
            }
            if let Some(imported) = &publication.imported {
                was_put |= record.counts.values().any(|count| count.imported > 0);
                has_changed |= set_imported(&mut record, imported);
            }
            // The newsroom's first submission determines the creation day, rather than earlier reads by strangers.
            if !was_put && (has_changed || record.is_young()) {
                record.created = day;
            }
            record.put = true;
            record.rev += i64::from(has_changed);
            let answers = held.key.clone();
            if known.as_ref() == Some(&record) {
                held.release().await?;
            } else if !held.commit(&record, writes).await? {
                continue;
            }
            if !record.is_listed {
                self.list(site, &answers, record.id).await?;
            }
            return Ok(record.tally(key.clone()));
        }
    }

    /// Articles in the order of their keys, at most `limit`.
    pub(super) async fn list_of_articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let (mut lines, mut after) = (Vec::new(), after.cloned());
        while lines.len() < limit {
            let wanted = limit - lines.len();
            let keys = self.listed(ARTICLES, site, after.as_ref(), wanted).await?;
            let found = futures_util::future::try_join_all(keys.iter().map(|key| self.line(site, key))).await?;
            lines.extend(found.into_iter().flatten());
            after = keys.last().cloned();
            if keys.len() < wanted {
                break;
            }
        }
        Ok(lines)
    }

    async fn line(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<Listed>, StoreError> {
        let Some(record) = self.find(site, key).await?.article() else { return Ok(None) };
        let names = self.names.article(site, key);
        let head = Command::new("HMGET").arg(names.copy()).args(["title", "published"]);
        let head = self.cluster.read(names.slot, head).await?;
        let text = |place: usize| list(&head).get(place).and_then(utf8).map(str::to_owned);
        Ok(Some(Listed { title: text(0), published: text(1), tally: record.tally(key.clone()) }))
    }

    /// Removes the copy, or everything. Returns whether there was anything to remove.
    pub(super) async fn remove(&self, site: &SiteId, key: &ArticleKey, removal: Removal) -> Result<bool, StoreError> {
        self.remove_if(site, key, removal, |_| true).await
    }

    /// Like [`remove`](Self::remove), if `goes` holds for the record under the lease.
    pub(super) async fn remove_if(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
        goes: impl Fn(&Record) -> bool,
    ) -> Result<bool, StoreError> {
        loop {
            let held = self.hold(site, key).await?;
            let Some(mut record) = held.record().filter(|record| goes(record)).cloned() else {
                held.release().await?;
                return Ok(false);
            };
            let mut writes = Writes::default();
            let is_done = match removal {
                Removal::Copy => {
                    let is = self.cluster.read(held.names.slot, Command::new("EXISTS").arg(held.names.copy())).await?;
                    if is == Value::Int(0) {
                        held.release().await?;
                        return Ok(false);
                    }
                    writes.add("DEL", held.names.copy(), [] as [&str; 0]);
                    record.published = None;
                    record.put = record.counts.values().any(|count| count.imported > 0);
                    record.rev += 1;
                    held.commit(&record, writes).await?
                }
                Removal::Everything => {
                    for alias in record.aliases.keys() {
                        self.lead(site, alias, None).await?;
                    }
                    // Clear the flag first, so that an event that recreates the article lists it again.
                    writes.add("HDEL", held.names.record(), ["listed"]);
                    if !held.write(&writes, false).await? {
                        continue;
                    }
                    self.strike(ARTICLES, site, &held.key).await?;
                    self.strike_recent(site, &held.key).await?;
                    let mut writes = Writes::default();
                    for name in self.all_names(site, &held.names).await? {
                        writes.add("UNLINK", name, [] as [&str; 0]);
                    }
                    held.commit_without(&writes).await?
                }
            };
            if is_done {
                self.has_erased();
                return Ok(true);
            }
        }
    }

    /// Changes the target of an alias, or removes it.
    pub(super) async fn lead(
        &self,
        site: &SiteId,
        alias: &ArticleKey,
        to: Option<&ArticleKey>,
    ) -> Result<(), StoreError> {
        let names = self.names.article(site, alias);
        let lead = Command::script(super::command::Script::Lead, [names.record()]);
        self.cluster.write(names.slot, lead.arg(to.map_or("", ArticleKey::as_str))).await?;
        self.known.forget(site, alias);
        if to.is_none() {
            self.strike(ALIASES, site, alias).await?;
        }
        Ok(())
    }

    /// Deletes the visitor's votes in one article. `None`: there were none.
    pub(super) async fn forget_in(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        key: &ArticleKey,
    ) -> Result<Option<Tally>, StoreError> {
        loop {
            if self.follow(site, key).await?.1.is_none() {
                return Ok(None);
            }
            let held = self.hold(site, key).await?;
            let Some(mut record) = held.record().cloned() else {
                held.release().await?;
                continue;
            };
            let secrets = self.secrets_of(Some(&record)).await?;
            let buckets = self.buckets(&held.names, Table::Votes).await?;
            let ids = record.ids_of_votes(&secrets);
            let marks = ids.iter().filter_map(|id| Some(voter(secrets.get(&id.of)?, site, id.number, visitor)));
            let marks: Vec<_> =
                marks.map(|mark| (mark, held.names.bucket(Table::Votes, bucket(&mark, buckets)))).collect();
            let ask = marks.iter().map(|(mark, name)| Command::new("HGET").arg(name.clone()).arg(mark.to_vec()));
            let votes = self.cluster.ask(Kind::Read, held.names.slot, ask.collect()).await?;
            let mut writes = Writes::default();
            for ((mark, name), value) in marks.iter().zip(&votes) {
                let Some((_, reaction)) = text(value).and_then(vote::parse) else { continue };
                writes.add("HDEL", name.clone(), [mark.to_vec()]);
                writes.add("HINCRBY", held.names.bucket(Table::Votes, 0), ["c", "-1"]);
                if let Some(reaction) = reaction {
                    let metric = Metric::Reaction(reaction).name();
                    record.count(&metric).counted -= 1;
                    record.rev += 1;
                    record.own = true;
                    writes.add("HINCRBY", held.names.days(), [format!("{}::{metric}", day.get()), "-1".into()]);
                }
            }
            if writes.is_empty() {
                held.release().await?;
                return Ok(None);
            }
            if !held.commit(&record, writes).await? {
                continue;
            }
            self.has_erased();
            return Ok(Some(record.tally(key.clone())));
        }
    }
}

/// Replaces all starting counts. Returns whether anything changed.
fn set_imported(record: &mut Record, imported: &Imported) -> bool {
    let reactions = imported.reactions.0.iter().map(|(key, count)| (Metric::Reaction(key.clone()), *count));
    let shares = imported.shares.0.iter().map(|(key, count)| (Metric::Share(key.clone()), *count));
    let new = [(Metric::Reads, imported.reads)].into_iter().chain(reactions).chain(shares);
    let new: Vec<_> = new.map(|(metric, count)| (metric.name(), count.min(MAX_COUNT).cast_signed())).collect();
    let mut has_changed = false;
    for (name, count) in &mut record.counts {
        let to = new.iter().find(|(metric, _)| metric == name).map_or(0, |(_, to)| *to);
        has_changed |= std::mem::replace(&mut count.imported, to) != to;
    }
    for (metric, to) in new.into_iter().filter(|(_, to)| *to != 0) {
        has_changed |= std::mem::replace(&mut record.count(&metric).imported, to) != to;
    }
    has_changed
}
