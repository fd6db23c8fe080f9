//! The lists of a site's articles and aliases, by key. Each is sharded by a hash of the key, to spread the load over
//! the servers. If a shard's server does not answer, an article is put into a shard on its own server instead, so that
//! an event depends on no other server; a list is the union of its shards. It may contain stale keys: the article's
//! record is authoritative.

use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use store::StoreError;
use tokio::time::timeout;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::{Command, Script},
    keys::{LIST_SHARDS, Name, SlottedName},
    record::Record,
    reply::{list, text, utf8},
    slot::Slot,
};

pub(super) const ARTICLE_LIST: &str = "articles";

pub(super) const ALIAS_LIST: &str = "aliases";

/// The newsroom's articles, scored by the day of publication, or else of creation.
pub(super) const PUBLISHED_LIST: &str = "published";

/// Number of keys of a page, when all of a list is read.
pub(super) const LIST_PAGE_KEYS: usize = 500;

/// How long to wait for the key's own shard before another is used.
const OWN_SHARD_TIMEOUT: Duration = Duration::from_millis(250);

impl Redis {
    /// Adds an article to its site's list, and records that in the article.
    pub(super) async fn list_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        id: i64,
    ) -> Result<(), StoreError> {
        let names = self.names.article(site, key);
        self.list_site(site, Some(names.slot)).await?;
        let add = |part: Name| Command::new("ZADD").arg(part).arg("0").arg(key.as_str());
        self.write_to_shard(ARTICLE_LIST, site, key, names.slot, add)
            .await?;
        let listed = Command::script(Script::MarkListed, [names.record()]).arg(id.to_string());
        self.cluster.write(names.slot, listed).await?;
        self.records.remove(site, key);
        Ok(())
    }

    /// Adds an article of the newsroom to the list of those.
    pub(super) async fn list_published(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        record: &Record,
    ) -> Result<(), StoreError> {
        if !record.is_put() {
            return Ok(());
        }
        let near = self.names.article(site, key).slot;
        let day = record.first_day().get().to_string();
        let add = |part: Name| {
            Command::new("ZADD")
                .arg(part)
                .arg(day.clone())
                .arg(key.as_str())
        };
        self.write_to_shard(PUBLISHED_LIST, site, key, near, add)
            .await
    }

    /// Adds an alias to its site's list.
    pub(super) async fn list_alias(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<(), StoreError> {
        self.list_site(site, None).await?;
        let (name, slot) = self.names.shard(ALIAS_LIST, site, key);
        self.cluster
            .write(
                slot,
                Command::new("ZADD").arg(name).arg("0").arg(key.as_str()),
            )
            .await?;
        Ok(())
    }

    /// Adds a site to the list of sites, unless this endpoint has done so. `near`: a slot whose server answers.
    pub(super) async fn list_site(
        &self,
        site: &SiteId,
        near: Option<Slot>,
    ) -> Result<(), StoreError> {
        if self.is_listed(site) {
            return Ok(());
        }
        let add = |list: Name| Command::new("SADD").arg(list).arg(site.as_str());
        let [first, others @ ..] = &self.lists_of_sites()[..] else {
            return Ok(());
        };
        self.write_with_fallback(first, others, near, add).await?;
        self.sites
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(site.clone());
        Ok(())
    }

    /// Writes to the key's shard, or to a shard on the server of the slot `near`.
    pub(super) async fn write_to_shard(
        &self,
        to: &str,
        site: &SiteId,
        key: &ArticleKey,
        near: Slot,
        write: impl Fn(Name) -> Command,
    ) -> Result<(), StoreError> {
        let others: Vec<_> = (0..LIST_SHARDS)
            .map(|number| self.names.shard_at(to, site, number))
            .collect();
        self.write_with_fallback(&self.names.shard(to, site, key), &others, Some(near), write)
            .await
    }

    async fn write_with_fallback(
        &self,
        (first, slot): &SlottedName,
        others: &[SlottedName],
        near: Option<Slot>,
        write: impl Fn(Name) -> Command,
    ) -> Result<(), StoreError> {
        let other = near
            .filter(|near| !self.cluster.share_server(*near, *slot))
            .and_then(|near| {
                let mut together = others
                    .iter()
                    .filter(|(_, slot)| self.cluster.share_server(near, *slot));
                together.next()
            });
        let Some((other, near)) = other else {
            return self
                .cluster
                .write(*slot, write(first.clone()))
                .await
                .map(drop);
        };
        if !self.cluster.is_unavailable(*slot) {
            if let Ok(Ok(_)) = timeout(
                OWN_SHARD_TIMEOUT,
                self.cluster.write(*slot, write(first.clone())),
            )
            .await
            {
                return Ok(());
            }
            self.cluster.mark_slow(*slot);
        }
        self.cluster
            .write(*near, write(other.clone()))
            .await
            .map(drop)
    }

    /// Removes a key from a list.
    pub(super) async fn unlist(
        &self,
        from: &str,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<(), StoreError> {
        let remove = |(name, slot): SlottedName| {
            self.cluster
                .write(slot, Command::new("ZREM").arg(name).arg(key.as_str()))
        };
        let own = self.names.shard(from, site, key);
        remove(own.clone()).await?;
        // A shard that does not answer may keep the key: stale keys are filtered when the list is read.
        let others = (0..LIST_SHARDS)
            .map(|number| self.names.shard_at(from, site, number))
            .filter(|shard| *shard != own);
        join_all(others.map(remove)).await;
        Ok(())
    }

    /// Every site with counts, in the order of their names.
    pub(super) async fn sites(&self) -> Result<Vec<SiteId>, StoreError> {
        let lists = self.lists_of_sites().into_iter();
        let lists =
            lists.map(|(name, slot)| self.cluster.read(slot, Command::new("SMEMBERS").arg(name)));
        let lists = try_join_all(lists).await?;
        let mut sites: Vec<_> = lists
            .iter()
            .flat_map(list)
            .filter_map(|site| SiteId::parse(utf8(site)?).ok())
            .collect();
        sites.sort();
        sites.dedup();
        Ok(sites)
    }

    /// The list of sites, and its fallbacks on other servers.
    fn lists_of_sites(&self) -> Vec<SlottedName> {
        let others = (0..LIST_SHARDS).map(|number| {
            self.names
                .standalone_key("sites", &format!("sites.{number}"))
        });
        std::iter::once(self.names.standalone_key("sites", "sites"))
            .chain(others)
            .collect()
    }

    /// The next `limit` keys of a list, starting after the key `after`; fewer at its end.
    pub(super) async fn list_page(
        &self,
        of: &str,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let page = self.list_page_with_invalid(of, site, after, limit).await?;
        Ok(page.0)
    }

    /// Like [`list_page`](Self::list_page), with the members between these keys that are not valid keys.
    pub(super) async fn list_page_with_invalid(
        &self,
        of: &str,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<(Vec<ArticleKey>, Vec<String>), StoreError> {
        let mut from = after.map_or(b"-".to_vec(), |key| after_member(key.as_str().as_bytes()));
        let mut keys = Vec::new();
        let mut invalid = Vec::new();
        // Keys are spread evenly: twice the part of a shard. All of a page from each would be read again and again.
        let mut part = 2 * limit.div_ceil(usize::from(LIST_SHARDS));
        while keys.len() < limit {
            let wanted = limit - keys.len();
            let (members, is_end) = self.members(of, site, &from, wanted, part).await?;
            let Some(last) = members.last() else { break };
            from = after_member(last);
            if members.len() < wanted / 2 {
                // A shard has more than its part: also that of servers that did not answer.
                part = limit.min(2 * part);
            }
            for member in members {
                let member = String::from_utf8_lossy(&member).into_owned();
                match ArticleKey::parse(&member) {
                    Ok(key) => keys.push(key),
                    Err(_) => invalid.push(member),
                }
            }
            if is_end {
                break;
            }
        }
        Ok((keys, invalid))
    }

    /// The next members of a list, at most `limit`, starting at `from`, and whether no more follow. `part`: how many are
    /// read from each shard.
    async fn members(
        &self,
        of: &str,
        site: &SiteId,
        from: &[u8],
        limit: usize,
        part: usize,
    ) -> Result<(Vec<Vec<u8>>, bool), StoreError> {
        let parts = (0..LIST_SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(of, site, number);
            let range = Command::new("ZRANGEBYLEX").arg(name).arg(from).arg("+");
            self.cluster
                .read(slot, range.args(["LIMIT", "0"]).arg(part.to_string()))
        });
        let parts = try_join_all(parts).await?;
        let full = parts
            .iter()
            .map(list)
            .filter(|of_shard| of_shard.len() >= part);
        // What follows in a shard after its part is not known.
        let known_until = full.filter_map(|of_shard| text(of_shard.last()?)).min();
        let members = parts.iter().flat_map(list).filter_map(text);
        let mut members: Vec<_> = members
            .filter(|member| known_until.is_none_or(|last| *member <= last))
            .map(<[u8]>::to_vec)
            .collect();
        members.sort_unstable();
        members.dedup();
        let is_end = known_until.is_none() && members.len() <= limit;
        members.truncate(limit);
        Ok((members, is_end))
    }

    fn is_listed(&self, site: &SiteId) -> bool {
        self.sites
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .contains(site)
    }
}

/// The start of a range after this member.
fn after_member(member: &[u8]) -> Vec<u8> {
    [b"(", member].concat()
}
