use futures_util::future::try_join_all;
use redis::Value;
use store::{PRUNE_PAGE_ARTICLES, PruneFilter, PrunePage, Removal, StoreError};
use wire::{ArticleKey, SiteId};

use super::{Redis, command::Command, lists::ARTICLE_LIST, record::Record};

/// Articles examined concurrently.
const CONCURRENT_PRUNES: usize = 32;

impl Redis {
    /// Deletes matching articles of one page of the list.
    pub(super) async fn prune_page(
        &self,
        site: &SiteId,
        filter: PruneFilter,
        after: Option<&ArticleKey>,
    ) -> Result<PrunePage, StoreError> {
        let keys = self
            .list_page(ARTICLE_LIST, site, after, PRUNE_PAGE_ARTICLES)
            .await?;
        let next = keys
            .last()
            .filter(|_| keys.len() == PRUNE_PAGE_ARTICLES)
            .cloned();
        let mut articles = Vec::new();
        for some in keys.chunks(CONCURRENT_PRUNES) {
            let pruned =
                try_join_all(some.iter().map(|key| self.prune_one(site, filter, key))).await?;
            articles.extend(
                some.iter()
                    .zip(pruned)
                    .filter(|(_, is_pruned)| *is_pruned)
                    .map(|(key, _)| key.clone()),
            );
        }
        Ok(PrunePage { articles, next })
    }

    async fn prune_one(
        &self,
        site: &SiteId,
        filter: PruneFilter,
        key: &ArticleKey,
    ) -> Result<bool, StoreError> {
        let Some(record) = self.find_now(site, key).await?.article() else {
            return Ok(false);
        };
        if !record.is_prunable(filter) {
            return Ok(false);
        }
        let names = self.names.article(site, key);
        if self
            .cluster
            .read(names.slot, Command::new("EXISTS").arg(names.copy()))
            .await?
            != Value::Int(0)
        {
            return Ok(false);
        }
        if filter.dry_run {
            return Ok(true);
        }
        // The revision reveals a copy that was added between the check and the lease.
        self.remove_if(site, key, Removal::Everything, |lease| {
            lease.is_prunable(filter) && lease.rev == record.rev
        })
        .await
    }
}

impl Record {
    /// Whether only readers created the article, with few counts and before the cutoff.
    fn is_prunable(&self, filter: PruneFilter) -> bool {
        let is_strangers = !self.put
            && self.published.is_none()
            && self.sources.is_empty()
            && self.aliases.is_empty();
        is_strangers
            && self.created < filter.before
            && self.counts.values().all(|count| {
                count.imported == 0 && count.counted.unsigned_abs() < filter.fewer_than
            })
    }
}
