//! Aliases: renaming and merging articles. Two keys are usually in two slots, and no script can write both. So the
//! intent is first written to the record of the key that moves, which blocks its use; then it is carried out in
//! idempotent steps; then it is cleared. Any endpoint that finds an intent completes it.

/// Completion of an intent.
mod intent;
/// Merged and renamed records.
mod merge;

use serde::{Deserialize, Serialize};
use store::{
    Alias, AliasEffect, AliasError, AliasOutcome, AliasVerdict, MAX_COUNT, MAX_VOTE_IDS, StoreError,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    lease::WriteSet,
    lists::ALIAS_LIST,
    record::{Found, Record, names},
};

/// A pending operation: the article moves to the key `to`.
#[derive(Debug, Serialize, Deserialize)]
struct Intent {
    to: ArticleKey,
    /// The site's current day when the intent was written.
    day: i32,
    /// Unique id of the operation.
    token: String,
}

impl Redis {
    /// Makes the old key an alias of the new one. With `dry_run`, only reports what that would do.
    pub(super) async fn make_alias(
        &self,
        site: &SiteId,
        day: Day,
        (old, new): (&ArticleKey, &ArticleKey),
        dry_run: bool,
    ) -> Result<AliasVerdict<AliasOutcome>, StoreError> {
        if old == new {
            return Ok(Err(AliasError::Same));
        }
        loop {
            let ((from, of_old), (to, of_new)) =
                (self.follow(site, old).await?, self.follow(site, new).await?);
            let effect = match (of_old, of_new) {
                _ if from == to && from == *old => AliasEffect::Swapped,
                _ if from == to => AliasEffect::Existing,
                _ if from != *old => return Ok(Err(AliasError::Elsewhere(from))),
                (None, _) => AliasEffect::Added,
                (Some(_), None) => AliasEffect::Renamed,
                (Some(a), Some(b)) if a.ids_with_votes() + b.ids_with_votes() > MAX_VOTE_IDS => {
                    return Ok(Err(AliasError::TooManyIds));
                }
                (Some(a), Some(b)) if a.total().saturating_add(b.total()) > MAX_COUNT => {
                    return Ok(Err(AliasError::TooManyCounts));
                }
                (Some(a), Some(b)) => AliasEffect::Merged {
                    at_most_twice: a.voters().min(b.voters()),
                },
            };
            let is_done = match effect {
                _ if dry_run => true,
                AliasEffect::Existing => true,
                AliasEffect::Added => self.add_alias(site, day, old, &to).await?,
                AliasEffect::Renamed | AliasEffect::Merged { .. } | AliasEffect::Swapped => {
                    self.begin_move(site, day, old, new).await?
                }
            };
            if is_done {
                // When swapping, the article takes the new key.
                let new = if effect == AliasEffect::Swapped {
                    new.clone()
                } else {
                    to
                };
                return Ok(Ok(AliasOutcome { new, effect }));
            }
        }
    }

    /// Removes an alias, unless counts were merged by it.
    pub(super) async fn delete_alias(
        &self,
        site: &SiteId,
        old: &ArticleKey,
    ) -> Result<AliasVerdict<()>, StoreError> {
        loop {
            let Found::Moved(_) = self.find_now(site, old).await? else {
                return Ok(Err(AliasError::Unknown));
            };
            let lease = self.lease(site, old).await?;
            let Some(mut record) = lease.record().cloned() else {
                // The alias is dangling: its article was deleted.
                lease.release().await?;
                self.redirect(site, old, None).await?;
                return Ok(Ok(()));
            };
            match record.aliases.remove(old) {
                Some(true) => {
                    let rejected = AliasError::HasCounts(lease.key.clone());
                    lease.release().await?;
                    return Ok(Err(rejected));
                }
                Some(false) => {
                    if !lease.commit(&record, WriteSet::default()).await? {
                        continue;
                    }
                }
                None => lease.release().await?,
            }
            self.redirect(site, old, None).await?;
            return Ok(Ok(()));
        }
    }

    /// Aliases in the order of their keys, at most `limit`.
    pub(super) async fn list_of_aliases(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Alias>, StoreError> {
        let olds = self.list_page(ALIAS_LIST, site, after, limit).await?;
        let mut aliases = Vec::with_capacity(olds.len());
        for old in olds {
            let (new, _) = self.follow(site, &old).await?;
            if new != old {
                aliases.push(Alias { old, new });
            }
        }
        Ok(aliases)
    }

    /// Adds an alias for a key without an article. False: retry, because the state changed.
    async fn add_alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
    ) -> Result<bool, StoreError> {
        let lease = self.lease_key(site, new).await?;
        let mut record = match &lease.found {
            Found::Moved(_) => {
                lease.release().await?;
                return Ok(false);
            }
            Found::Article(record) if record.intent.is_some() => {
                lease.release().await?;
                self.recover_intent(site, new).await?;
                return Ok(false);
            }
            Found::Article(record) => (**record).clone(),
            Found::Nothing => Record::new(super::random::id()?, day),
        };
        record.aliases.insert(old.clone(), false);
        record.rev += 1;
        if !lease.commit(&record, WriteSet::default()).await? {
            return Ok(false);
        }
        if !record.is_listed {
            self.list_article(site, new, record.id).await?;
            self.note_index_change(site, &[new]).await;
        }
        self.add_redirect(site, old, new).await
    }

    /// Makes a key without an article an alias of `new`, whose record lists it already. False: the key has an article
    /// by now, or is an alias of another one.
    pub(super) async fn add_redirect(
        &self,
        site: &SiteId,
        old: &ArticleKey,
        new: &ArticleKey,
    ) -> Result<bool, StoreError> {
        let mut dangling = None;
        let lease = loop {
            let lease = self.lease_key(site, old).await?;
            let to = match &lease.found {
                Found::Moved(to) if to != new && Some(to) != dangling.as_ref() => to.clone(),
                _ => break lease,
            };
            lease.release().await?;
            if let (other, Some(_)) = self.follow(site, &to).await?
                && other != *new
            {
                self.remove_from_record(site, old, new).await?;
                return Ok(false);
            }
            dangling = Some(to);
        };
        if lease.record().is_some() {
            lease.release().await?;
            return Ok(false);
        }
        let mut writes = WriteSet::default();
        let fields = [
            b"to".to_vec(),
            new.as_str().into(),
            b"names".to_vec(),
            names(site, old),
        ];
        writes.add("HSET", lease.names.record(), fields);
        if !lease.commit_without(&writes).await? {
            return Ok(false);
        }
        self.list_alias(site, old).await?;
        Ok(true)
    }

    /// Removes an alias that leads to another article from the record of `article`.
    async fn remove_from_record(
        &self,
        site: &SiteId,
        alias: &ArticleKey,
        article: &ArticleKey,
    ) -> Result<(), StoreError> {
        loop {
            let lease = self.lease(site, article).await?;
            let Some(mut record) = lease.record().cloned() else {
                return lease.release().await;
            };
            if record.aliases.remove(alias).is_none() {
                return lease.release().await;
            }
            if lease.commit(&record, WriteSet::default()).await? {
                return Ok(());
            }
        }
    }

    /// Writes the intent to move the article to the new key, and carries it out. False: retry, because the state
    /// changed.
    async fn begin_move(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
    ) -> Result<bool, StoreError> {
        let lease = self.lease(site, old).await?;
        let Some(record) = lease.record().cloned().filter(|_| lease.key == *old) else {
            lease.release().await?;
            return Ok(false);
        };
        let intent = Intent {
            to: new.clone(),
            day: day.get(),
            token: lease.token.clone(),
        };
        let intent = serde_json::to_string(&intent)
            .map_err(|_| self.corrupt_reply("a note of what is begun"))?;
        if !lease
            .commit(
                &Record {
                    intent: Some(intent),
                    ..record
                },
                WriteSet::default(),
            )
            .await?
        {
            return Ok(false);
        }
        self.recover_intent(site, old).await?;
        Ok(true)
    }

    /// Follows aliases, completing pending intents, to the article's key and record.
    pub(super) async fn follow(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<(ArticleKey, Option<Record>), StoreError> {
        let mut key = key.clone();
        for _ in 0..super::MAX_HOPS {
            match self.find_now(site, &key).await? {
                Found::Moved(to) => key = to,
                Found::Article(record) if record.intent.is_some() => {
                    self.recover_intent(site, &key).await?
                }
                Found::Article(record) => {
                    return Ok((key, Some(std::sync::Arc::unwrap_or_clone(record))));
                }
                Found::Nothing => return Ok((key, None)),
            }
        }
        Err(self.corrupt_reply("keys that lead in a circle"))
    }
}
