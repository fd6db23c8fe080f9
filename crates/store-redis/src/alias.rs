//! Articles that move. Two keys are in two slots, of which no one writes both at once. So what is to happen is first noted in the
//! record of the key that moves, which nobody uses from then on; then done, in steps that may be done again; then struck out.
//! Whoever comes upon such a note brings it to its end.

/// What two articles are together.
mod merge;
/// What was begun, brought to its end.
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

/// What has been begun with an article: it becomes that key's.
#[derive(Debug, Serialize, Deserialize)]
struct Intent {
    to: ArticleKey,
    /// The day of the site when it was begun.
    day: i32,
    /// No two are the same.
    token: String,
}

impl Redis {
    /// Lets the article of the new key answer for the old one; `dry_run`: only says what that would do.
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
                // Going back, the article takes the new key itself.
                let new = if how == Move::Back { new.clone() } else { to };
                return Ok(Ok(Aliased { new, how }));
            }
        }
    }

    /// Takes an alias back that has brought nothing along.
    pub(super) async fn unmove(&self, site: &SiteId, old: &ArticleKey) -> Result<Result<(), NotAliased>, StoreError> {
        loop {
            let Found::Moved(_) = self.find_now(site, old).await? else { return Ok(Err(NotAliased::Unknown)) };
            let held = self.hold(site, old).await?;
            let Some(mut record) = held.record().cloned() else {
                // Its article is gone.
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

    /// Keys that have moved, in their order.
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

    /// Nothing is known under the old key: it leads on.
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

    /// A key of which nothing is known leads to that article. False: something is known of it by now.
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

    /// Notes that the article of the old key becomes the new one's, and does it. False: it is not as it was.
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

    /// The article that answers for the key now, and under which key.
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
