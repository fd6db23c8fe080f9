//! The lists of a site's articles and aliases, by key. Each is in many parts, by a hash of the key, so that no server has all of
//! it and no part is hot.

use futures_util::future::try_join_all;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::{Command, Script},
    keys::SHARDS,
    reply::{list, utf8},
};
use crate::store::StoreError;

/// The list of articles.
pub(super) const ARTICLES: &str = "articles";

/// The list of keys that have moved.
pub(super) const ALIASES: &str = "aliases";

impl Redis {
    /// Puts an article into its site's list, and notes with it that it is there.
    pub(super) async fn list(&self, site: &SiteId, key: &ArticleKey, id: i64) -> Result<(), StoreError> {
        self.enlist(ARTICLES, site, key).await?;
        let names = self.names.article(site, key);
        let listed = Command::script(Script::Listed, [names.record()]).arg(id.to_string());
        self.cluster.write(names.slot, listed).await?;
        self.known.forget(site, key);
        Ok(())
    }

    /// Puts a key into a list.
    pub(super) async fn enlist(&self, to: &str, site: &SiteId, key: &ArticleKey) -> Result<(), StoreError> {
        if !self.is_listed(site) {
            let (name, slot) = self.names.other("sites", "sites");
            self.cluster.write(slot, Command::new("SADD").arg(name).arg(site.as_str())).await?;
            self.sites.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(site.clone());
        }
        let (name, slot) = self.names.shard(to, site, key);
        self.cluster.write(slot, Command::new("ZADD").arg(name).arg("0").arg(key.as_str())).await?;
        Ok(())
    }

    /// Takes a key out of a list.
    pub(super) async fn strike(&self, from: &str, site: &SiteId, key: &ArticleKey) -> Result<(), StoreError> {
        let (name, slot) = self.names.shard(from, site, key);
        self.cluster.write(slot, Command::new("ZREM").arg(name).arg(key.as_str())).await?;
        Ok(())
    }

    /// Every site of which anything was ever counted, in the order of their names.
    pub(super) async fn sites(&self) -> Result<Vec<SiteId>, StoreError> {
        let (name, slot) = self.names.other("sites", "sites");
        let answer = self.cluster.read(slot, Command::new("SMEMBERS").arg(name)).await?;
        let mut sites: Vec<_> = list(&answer).iter().filter_map(|site| SiteId::parse(utf8(site)?).ok()).collect();
        sites.sort();
        Ok(sites)
    }

    /// At most so many keys of a list that come after that one.
    pub(super) async fn listed(
        &self,
        of: &str,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let from = after.map_or("-".into(), |key| format!("({key}"));
        let parts = (0..SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(of, site, number);
            let range = Command::new("ZRANGEBYLEX").arg(name).arg(from.clone()).arg("+");
            self.cluster.read(slot, range.args(["LIMIT", "0"]).arg(limit.to_string()))
        });
        let parts = try_join_all(parts).await?;
        let keys = parts.iter().flat_map(list).filter_map(|key| ArticleKey::parse(utf8(key)?).ok());
        let mut keys: Vec<_> = keys.collect();
        keys.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        keys.truncate(limit);
        Ok(keys)
    }

    fn is_listed(&self, site: &SiteId) -> bool {
        self.sites.lock().unwrap_or_else(std::sync::PoisonError::into_inner).contains(site)
    }
}
