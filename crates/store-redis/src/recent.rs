//! The list of recently counted articles, scored by the last day with a count, so that recent changes are found
//! without reading every article. Sharded like the list of articles. It may contain stale keys: the articles' own days
//! are authoritative.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::try_join_all;
use redis::Value;
use store::{InDay, Metric, Named, Recent, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::Command,
    keys::SHARDS,
    record::Found,
    reply::{list, utf8},
    sheet::Days,
};

/// Name of the list.
pub(super) const RECENT: &str = "recent";

/// Articles read concurrently.
const AT_ONCE: usize = 100;

/// How long an event waits for the list before it is acknowledged without it.
const PATIENCE: Duration = Duration::from_secs(1);

impl Redis {
    /// Records that something was counted in the article on that day; skipped if this endpoint did so already.
    pub(super) async fn note_recent(&self, site: &SiteId, key: &ArticleKey, day: Day) {
        let article = (site.clone(), key.clone());
        if self.noted.get(&article).is_some_and(|noted| noted >= day) {
            return;
        }
        let near = self.names.article(site, key).slot;
        let note = |part| Command::new("ZADD").arg(part).arg("GT").arg(day.get().to_string()).arg(key.as_str());
        // If it fails, the article's next event retries.
        if let Ok(Ok(())) = tokio::time::timeout(PATIENCE, self.put_into(RECENT, site, key, near, note)).await {
            self.noted.insert(article, day);
        }
    }

    /// Removes an article from the list.
    pub(super) async fn strike_recent(&self, site: &SiteId, key: &ArticleKey) -> Result<(), StoreError> {
        self.noted.remove(&(site.clone(), key.clone()));
        self.strike(RECENT, site, key).await
    }

    /// Daily changes since that day.
    pub(super) async fn recent_of(&self, site: &SiteId, since: Day) -> Result<Recent, StoreError> {
        let parts = (0..SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(RECENT, site, number);
            let range = Command::new("ZRANGEBYSCORE").arg(name).arg(since.get().to_string()).arg("+inf");
            self.cluster.read(slot, range)
        });
        let parts = try_join_all(parts).await?;
        let keys = parts.iter().flat_map(list).filter_map(|key| ArticleKey::parse(utf8(key)?).ok());
        // An article may be in two shards after one was unavailable.
        let keys: BTreeSet<_> = keys.collect();
        let keys: Vec<_> = keys.into_iter().collect();
        let mut recent = Recent::default();
        for some in keys.chunks(AT_ONCE) {
            let days = try_join_all(some.iter().map(|key| self.named_and_days(site, key))).await?;
            for (article, days) in days.into_iter().flatten() {
                let mut days = days.into_iter().filter(|((day, ..), change)| *day >= since && *change != 0).peekable();
                if days.peek().is_none() {
                    continue;
                }
                let article = recent.add(article);
                for ((day, _, metric), change) in days {
                    let Some(metric) = Metric::parse(&metric) else { continue };
                    let metric = recent.metric(metric);
                    recent.changes.push(InDay { article, metric, day, change });
                }
            }
        }
        Ok(recent)
    }

    /// The article and its days; `None` for an alias, since its target is in the list too.
    async fn named_and_days(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<(Named, Days)>, StoreError> {
        let Found::Article(record) = self.find(site, key).await? else { return Ok(None) };
        let names = self.names.article(site, key);
        let days = self.days(&names).await?;
        let is_imported = record.counts.values().any(|count| count.imported > 0);
        let is_known = is_imported || !record.aliases.is_empty() || {
            let exists = Command::new("EXISTS").arg(names.copy());
            self.cluster.read(names.slot, exists).await? == Value::Int(1)
        };
        let since = record.published.unwrap_or(record.created);
        Ok(Some((Named { key: key.clone(), since, is_known }, days)))
    }
}
