//! Aliases: renaming and merging articles. Two keys are usually in two slots, and no script can write both. So the
//! intent is first written to the record of the key that moves, which blocks its use; then it is carried out in
//! idempotent steps; then it is cleared. Any endpoint that finds an intent completes it.

/// Merged and renamed records.
mod merge;
/// Completion of an intent.
mod moving;

use serde::{Deserialize, Serialize};
use store::{Alias, Aliased, MAX_IDS, Move, NotAliased, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    held::Writes,
    lists::ALIASES,
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
    pub(super) async fn move_to(
        &self,
        site: &SiteId,
        day: Day,
        (old, new): (&ArticleKey, &ArticleKey),
        dry_run: bool,
    ) -> Result<Result<Aliased, NotAliased>, StoreError> {
        if old == new {
            return Ok(Err(NotAliased::Same));
        }
        loop {
            let ((from, of_old), (to, of_new)) = (self.follow(site, old).await?, self.follow(site, new).await?);
            let how = match (of_old, of_new) {
                _ if from == to && from == *old => Move::Back,
                _ if from == to => Move::Already,
                _ if from != *old => return Ok(Err(NotAliased::Elsewhere(from))),
                (None, _) => Move::Noted,
                (Some(_), None) => Move::Renamed,
                (Some(a), Some(b)) if a.ids_with_votes() + b.ids_with_votes() > MAX_IDS => {
                    return Ok(Err(NotAliased::TooManyIds));
                }
                (Some(a), Some(b)) => Move::Merged { at_most_twice: a.voters().min(b.voters()) },
            };
            let is_done = match how {
                _ if dry_run => true,
                Move::Already => true,
                Move::Noted => self.note(site, day, old, &to).await?,
                Move::Renamed | Move::Merged { .. } | Move::Back => self.begin(site, day, old, new).await?,
            };
            if is_done {
                // When swapping, the article takes the new key.
                let new = if how == Move::Back { new.clone() } else { to };
                return Ok(Ok(Aliased { new, how }));
            }
        }
    }

    /// Removes an alias, unless counts were merged by it.
    pub(super) async fn unmove(&self, site: &SiteId, old: &ArticleKey) -> Result<Result<(), NotAliased>, StoreError> {
        loop {
            let Found::Moved(_) = self.find_now(site, old).await? else { return Ok(Err(NotAliased::Unknown)) };
            let held = self.hold(site, old).await?;
            let Some(mut record) = held.record().cloned() else {
                // The alias is dangling: its article was deleted.
                held.release().await?;
                self.lead(site, old, None).await?;
                return Ok(Ok(()));
            };
            match record.aliases.remove(old) {
                Some(true) => {
                    let carried = NotAliased::Carried(held.key.clone());
                    held.release().await?;
                    return Ok(Err(carried));
                }
                Some(false) => {
                    if !held.commit(&record, Writes::default()).await? {
                        continue;
                    }
                }
                None => held.release().await?,
            }
            self.lead(site, old, None).await?;
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
        let olds = self.listed(ALIASES, site, after, limit).await?;
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
    async fn note(&self, site: &SiteId, day: Day, old: &ArticleKey, new: &ArticleKey) -> Result<bool, StoreError> {
        let held = self.hold_key(site, new).await?;
        let mut record = match &held.found {
            Found::Moved(_) => {
                held.release().await?;
                return Ok(false);
            }
            Found::Article(record) if record.intent.is_some() => {
                held.release().await?;
                self.bring_to_end(site, new).await?;
                return Ok(false);
            }
            Found::Article(record) => (**record).clone(),
            Found::Nothing => Record::new(super::random::id()?, day),
        };
        record.aliases.insert(old.clone(), false);
        record.rev += 1;
        if !held.commit(&record, Writes::default()).await? {
            return Ok(false);
        }
        if !record.is_listed {
            self.list(site, new, record.id).await?;
        }
        self.lead_away(site, old, new).await
    }

    /// Makes a key without an article an alias of `new`. False: the key has an article by now.
    pub(super) async fn lead_away(
        &self,
        site: &SiteId,
        old: &ArticleKey,
        new: &ArticleKey,
    ) -> Result<bool, StoreError> {
        let held = self.hold_key(site, old).await?;
        if held.record().is_some() {
            held.release().await?;
            return Ok(false);
        }
        let mut writes = Writes::default();
        let fields = [b"to".to_vec(), new.as_str().into(), b"names".to_vec(), names(site, old)];
        writes.add("HSET", held.names.record(), fields);
        if !held.commit_without(&writes).await? {
            return Ok(false);
        }
        self.enlist_alias(site, old).await?;
        Ok(true)
    }

    /// Writes the intent to move the article to the new key, and carries it out. False: retry, because the state
    /// changed.
    async fn begin(&self, site: &SiteId, day: Day, old: &ArticleKey, new: &ArticleKey) -> Result<bool, StoreError> {
        let held = self.hold(site, old).await?;
        let Some(record) = held.record().cloned().filter(|_| held.key == *old) else {
            held.release().await?;
            return Ok(false);
        };
        let intent = Intent { to: new.clone(), day: day.get(), token: held.token.clone() };
        let intent = serde_json::to_string(&intent).map_err(|_| self.nonsense("a note of what is begun"))?;
        if !held.commit(&Record { intent: Some(intent), ..record }, Writes::default()).await? {
            return Ok(false);
        }
        self.bring_to_end(site, old).await?;
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
                Found::Article(record) if record.intent.is_some() => self.bring_to_end(site, &key).await?,
                Found::Article(record) => return Ok((key, Some(std::sync::Arc::unwrap_or_clone(record)))),
                Found::Nothing => return Ok((key, None)),
            }
        }
        Err(self.nonsense("keys that lead in a circle"))
    }
}
