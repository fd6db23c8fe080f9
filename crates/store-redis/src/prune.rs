use futures_util::future::try_join_all;
use redis::Value;
use store::{PRUNED_AT_ONCE, Prune, Pruned, Removal, StoreError};
use wire::{ArticleKey, SiteId};

use super::{Redis, command::Command, lists::ARTICLES, record::Record};

/// Articles examined concurrently.
const AT_ONCE: usize = 32;

impl Redis {
    /// Deletes matching articles of one page of the list.
    pub(super) async fn prune_part(
        &self,
        site: &SiteId,
        prune: Prune,
        after: Option<&ArticleKey>,
    ) -> Result<Pruned, StoreError> {
        let keys = self.listed(ARTICLES, site, after, PRUNED_AT_ONCE).await?;
        let next = keys.last().filter(|_| keys.len() == PRUNED_AT_ONCE).cloned();
        let mut articles = Vec::new();
        for some in keys.chunks(AT_ONCE) {
            let goes = try_join_all(some.iter().map(|key| self.prune_one(site, prune, key))).await?;
            articles.extend(some.iter().zip(goes).filter(|(_, goes)| *goes).map(|(key, _)| key.clone()));
        }
        Ok(Pruned { articles, next })
    }

    async fn prune_one(&self, site: &SiteId, prune: Prune, key: &ArticleKey) -> Result<bool, StoreError> {
        let Some(record) = self.find_now(site, key).await?.article() else { return Ok(false) };
        if !record.goes(prune) {
            return Ok(false);
        }
        let names = self.names.article(site, key);
        if self.cluster.read(names.slot, Command::new("EXISTS").arg(names.copy())).await? != Value::Int(0) {
            return Ok(false);
        }
        if prune.dry_run {
            return Ok(true);
        }
        // The revision reveals a copy that was added between the check and the lease.
        self.remove_if(site, key, Removal::Everything, |held| held.goes(prune) && held.rev == record.rev).await
    }
}

impl Record {
    /// Whether only readers created the article, with few counts and before the cutoff.
    fn goes(&self, prune: Prune) -> bool {
        let is_strangers = !self.put && self.published.is_none() && self.sources.is_empty() && self.aliases.is_empty();
        is_strangers
            && self.created < prune.before
            && self.counts.values().all(|count| count.imported == 0 && count.counted.unsigned_abs() < prune.fewer_than)
    }
}
