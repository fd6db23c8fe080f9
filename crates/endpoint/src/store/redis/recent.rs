//! Which articles something was counted of, by the last day on which it was: in a list in many parts, as all articles are, so that
//! whoever asks for the last days need not look at every article. It may have too much, and is only ever a way to what articles'
//! own days say.

use std::time::Duration;

use futures_util::future::try_join_all;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::Command,
    keys::SHARDS,
    record::Found,
    reply::{list, utf8},
};
use crate::{
    store::{Metric, Recent, StoreError},
    visitor::Day,
};

/// The list.
pub(super) const RECENT: &str = "recent";

/// How many articles are looked at at once.
const AT_ONCE: usize = 100;

/// An event is acknowledged without the list, if another server takes that long.
const PATIENCE: Duration = Duration::from_secs(1);

impl Redis {
    /// Notes that something was counted of the article on that day: once a day, as far as this endpoint remembers.
    pub(super) async fn note_recent(&self, site: &SiteId, key: &ArticleKey, day: Day) {
        let article = (site.clone(), key.clone());
        if self.noted.get(&article).is_some_and(|noted| noted >= day) {
            return;
        }
        let (name, slot) = self.names.shard(RECENT, site, key);
        let note = Command::new("ZADD").arg(name).arg("GT").arg(day.get().to_string()).arg(key.as_str());
        // If it fails, the article's next event notes it.
        if let Ok(Ok(_)) = tokio::time::timeout(PATIENCE, self.cluster.write(slot, note)).await {
            self.noted.insert(article, day);
        }
    }

    /// The article is not there any more.
    pub(super) async fn strike_recent(&self, site: &SiteId, key: &ArticleKey) -> Result<(), StoreError> {
        self.noted.remove(&(site.clone(), key.clone()));
        self.strike(RECENT, site, key).await
    }

    /// What was counted since that day, of each article.
    pub(super) async fn recent_of(&self, site: &SiteId, since: Day) -> Result<Vec<Recent>, StoreError> {
        let parts = (0..SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(RECENT, site, number);
            let range = Command::new("ZRANGEBYSCORE").arg(name).arg(since.get().to_string()).arg("+inf");
            self.cluster.read(slot, range)
        });
        let parts = try_join_all(parts).await?;
        let keys = parts.iter().flat_map(list).filter_map(|key| ArticleKey::parse(utf8(key)?).ok());
        let keys: Vec<_> = keys.collect();
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(AT_ONCE) {
            let some = try_join_all(some.iter().map(|key| self.recent_days(site, key, since))).await?;
            found.extend(some.into_iter().flatten());
        }
        Ok(found)
    }

    async fn recent_days(&self, site: &SiteId, key: &ArticleKey, since: Day) -> Result<Option<Recent>, StoreError> {
        // One that has moved is told by its new key.
        let Found::Article(record) = self.find(site, key).await? else { return Ok(None) };
        let days = self.days(&self.names.article(site, key)).await?;
        let days = days.into_iter().filter(|((day, ..), change)| *day >= since && *change != 0);
        let changes = days.filter_map(|((day, _, metric), change)| Some((day, Metric::parse(&metric)?, change)));
        let changes: Vec<_> = changes.collect();
        let opened = record.published.unwrap_or(record.created);
        Ok((!changes.is_empty()).then(|| Recent { article: key.clone(), since: opened, changes }))
    }
}
