use std::sync::Arc;

use redis::Value;
use store::{
    ArticleMetadata, ArticlePoll, ArticleSummary, ArticleUpdate, MAX_COUNT, Metric, Removal,
    StoreError,
};
use visitor::Day;
use wire::{Article, ArticleKey, Imported, SiteId, Tally};

use super::{
    Redis,
    command::Command,
    copy, hours,
    lease::WriteSet,
    lists::{ALIAS_LIST, ARTICLE_LIST, PUBLISHED_LIST},
    record::Record,
    reply::{list, utf8},
};

impl Redis {
    /// The stored copy.
    pub(super) async fn copy_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<Article>, StoreError> {
        let names = self
            .names
            .article(site, &self.resolve_key(site, key).await?);
        Ok(copy::parse(
            &self
                .cluster
                .read(names.slot, Command::new("HGETALL").arg(names.copy()))
                .await?,
        ))
    }

    /// The stored copy without its body.
    pub(super) async fn metadata_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleMetadata>, StoreError> {
        let key = self.resolve_key(site, key).await?;
        let names = self.names.article(site, &key);
        let fields = Command::new("HMGET").arg(names.copy());
        let fields = fields.args(copy::METADATA_FIELDS);
        let values = self.cluster.read(names.slot, fields).await?;
        Ok(copy::parse_metadata(&values))
    }

    /// Stores a copy, or starting counts, or both. Identical data changes nothing.
    pub(super) async fn publish(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        update: &ArticleUpdate,
    ) -> Result<Tally, StoreError> {
        loop {
            let lease = self.lease(site, key).await?;
            let known = lease.record().cloned();
            let mut record = match &known {
                Some(record) => record.clone(),
                None => Record::new(super::random::id()?, day),
            };
            let mut writes = WriteSet::default();
            let mut has_changed = false;
            let mut was_put = record.put || record.published.is_some();
            if let Some(article) = &update.article {
                let is = self
                    .cluster
                    .read(
                        lease.names.slot,
                        Command::new("HGETALL").arg(lease.names.copy()),
                    )
                    .await?;
                was_put |= copy::parse(&is).is_some();
                if copy::parse(&is).as_ref() != Some(article) {
                    copy::write(article, &lease.names, &mut writes);
                    record.published = article.published.as_deref().and_then(Day::parse);
                    has_changed = true;
                }
            }
            if let Some(imported) = &update.imported {
                was_put |= record.counts.values().any(|count| count.imported > 0);
                has_changed |= set_imported(&mut record, imported);
            }
            // The newsroom's first submission determines the creation day, rather than earlier reads by strangers.
            if !was_put && (has_changed || record.awaits_opening()) {
                record.created = day;
            }
            record.put = true;
            has_changed |= set_poll(&mut record, update.poll.as_ref());
            record.rev += i64::from(has_changed);
            if let Some(known) = &known {
                hours::move_first_days(
                    &lease.names,
                    known.first_day(),
                    record.first_day(),
                    &mut writes,
                );
            }
            let own_key = lease.key.clone();
            let is_same = known.as_ref() == Some(&record);
            if is_same {
                lease.release().await?;
            } else if !lease.commit(&record, writes).await? {
                continue;
            }
            if !record.is_listed {
                self.list_article(site, &own_key, record.id).await?;
            }
            // Also if nothing changed: the request that changed it may have been cancelled before its note.
            self.note_index_change(site, &[&own_key]).await;
            self.list_published(site, &own_key, &record).await?;
            return Ok(record.tally(key.clone()));
        }
    }

    /// Articles in the order of their keys, at most `limit`.
    pub(super) async fn list_of_articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleSummary>, StoreError> {
        let mut articles = Vec::new();
        let mut after = after.cloned();
        while articles.len() < limit {
            let wanted = limit - articles.len();
            let keys = self
                .list_page(ARTICLE_LIST, site, after.as_ref(), wanted)
                .await?;
            let found =
                futures_util::future::try_join_all(keys.iter().map(|key| self.summary(site, key)))
                    .await?;
            articles.extend(found.into_iter().flatten());
            after = keys.last().cloned();
            if keys.len() < wanted {
                break;
            }
        }
        Ok(articles)
    }

    async fn summary(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleSummary>, StoreError> {
        let Some(record) = self.find(site, key).await?.article() else {
            return Ok(None);
        };
        let names = self.names.article(site, key);
        let head = Command::new("HMGET")
            .arg(names.copy())
            .args(["title", "published"]);
        let head = self.cluster.read(names.slot, head).await?;
        let text = |index: usize| list(&head).get(index).and_then(utf8).map(str::to_owned);
        Ok(Some(ArticleSummary {
            title: text(0),
            published: text(1),
            tally: record.tally(key.clone()),
        }))
    }

    /// Removes the copy, or everything. Returns whether there was anything to remove.
    pub(super) async fn remove(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
    ) -> Result<bool, StoreError> {
        self.remove_if(site, key, removal, |_| true).await
    }

    /// Like [`remove`](Self::remove), if `is_wanted` holds for the record under the lease.
    pub(super) async fn remove_if(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
        is_wanted: impl Fn(&Record) -> bool,
    ) -> Result<bool, StoreError> {
        loop {
            let lease = self.lease(site, key).await?;
            let Some(mut record) = lease.record().filter(|record| is_wanted(record)).cloned()
            else {
                lease.release().await?;
                return Ok(false);
            };
            let own_key = lease.key.clone();
            let mut writes = WriteSet::of_erasure();
            let is_done = match removal {
                Removal::Copy => {
                    let is = self
                        .cluster
                        .read(
                            lease.names.slot,
                            Command::new("EXISTS").arg(lease.names.copy()),
                        )
                        .await?;
                    if is == Value::Int(0) {
                        lease.release().await?;
                        // The request that removed it may have been cancelled before its note.
                        self.note_index_change(site, &[&own_key]).await;
                        return Ok(false);
                    }
                    self.note_erasure(lease.names.slot).await?;
                    writes.add("DEL", lease.names.copy(), [] as [&str; 0]);
                    record.published = None;
                    record.put = record.poll.is_some()
                        || record.counts.values().any(|count| count.imported > 0);
                    record.rev += 1;
                    if !record.is_put() {
                        self.unlist(PUBLISHED_LIST, site, &lease.key).await?;
                    }
                    lease.commit(&record, writes).await?
                }
                Removal::Everything => {
                    self.note_erasure(lease.names.slot).await?;
                    for alias in record.aliases.keys() {
                        self.redirect(site, alias, None).await?;
                    }
                    // Clear the flag first, so that an event that recreates the article lists it again.
                    writes.add("HDEL", lease.names.record(), ["listed"]);
                    if !lease.write(&writes, false).await? {
                        continue;
                    }
                    self.unlist(ARTICLE_LIST, site, &lease.key).await?;
                    self.unlist_recent(site, &lease.key).await?;
                    self.unlist(PUBLISHED_LIST, site, &lease.key).await?;
                    let days = self.days(&lease.names).await?;
                    self.note_changed_days(site, days.keys().map(|(day, ..)| *day))
                        .await?;
                    let mut writes = WriteSet::of_erasure();
                    for name in self.all_names(site, &lease.names, &record).await? {
                        writes.add("UNLINK", name, [] as [&str; 0]);
                    }
                    lease.commit_without(&writes).await?
                }
            };
            if is_done {
                self.note_index_change(site, &[&own_key]).await;
                return Ok(true);
            }
        }
    }

    /// Changes the target of an alias, or removes it.
    pub(super) async fn redirect(
        &self,
        site: &SiteId,
        alias: &ArticleKey,
        to: Option<&ArticleKey>,
    ) -> Result<(), StoreError> {
        let names = self.names.article(site, alias);
        let redirect = Command::script(super::command::Script::Redirect, [names.record()]);
        self.cluster
            .write(names.slot, redirect.arg(to.map_or("", ArticleKey::as_str)))
            .await?;
        self.records.remove(site, alias);
        if to.is_none() {
            self.unlist(ALIAS_LIST, site, alias).await?;
        }
        Ok(())
    }
}

/// Sets what applies to the article's poll. Returns whether anything changed.
fn set_poll(record: &mut Record, poll: Option<&ArticlePoll>) -> bool {
    let Some(poll) = poll else { return false };
    let new = Some(poll).filter(|poll| !poll.is_default());
    if record.poll.as_deref() == new {
        return false;
    }
    record.poll = new.cloned().map(Arc::new);
    true
}

/// Replaces all starting counts. Returns whether anything changed.
fn set_imported(record: &mut Record, imported: &Imported) -> bool {
    let new: Vec<_> = Metric::of_imported(imported)
        .map(|(metric, count)| (metric.name(), count.min(MAX_COUNT).cast_signed()))
        .collect();
    let mut has_changed = false;
    for (name, count) in &mut record.counts {
        let to = new
            .iter()
            .find(|(metric, _)| metric == name)
            .map_or(0, |(_, to)| *to);
        has_changed |= std::mem::replace(&mut count.imported, to) != to;
    }
    for (metric, to) in new.into_iter().filter(|(_, to)| *to != 0) {
        has_changed |= std::mem::replace(&mut record.count(&metric).imported, to) != to;
    }
    has_changed
}
