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
    sheet::Days,
};
use crate::{
    store::{InDay, Metric, Recent, StoreError},
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

    /// What was counted since that day.
    pub(super) async fn recent_of(&self, site: &SiteId, since: Day) -> Result<Recent, StoreError> {
        let parts = (0..SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(RECENT, site, number);
            let range = Command::new("ZRANGEBYSCORE").arg(name).arg(since.get().to_string()).arg("+inf");
            self.cluster.read(slot, range)
        });
        let parts = try_join_all(parts).await?;
        let keys = parts.iter().flat_map(list).filter_map(|key| ArticleKey::parse(utf8(key)?).ok());
        let keys: Vec<_> = keys.collect();
        let mut recent = Recent::default();
        for some in keys.chunks(AT_ONCE) {
            let days = try_join_all(some.iter().map(|key| self.opened_and_days(site, key))).await?;
            for (key, (opened, days)) in some.iter().zip(days).filter_map(|(key, found)| Some((key, found?))) {
                let mut days = days.into_iter().filter(|((day, ..), change)| *day >= since && *change != 0).peekable();
                if days.peek().is_none() {
                    continue;
                }
                let article = recent.add(key.clone(), opened);
                for ((day, _, metric), change) in days {
                    let Some(metric) = Metric::parse(&metric) else { continue };
                    let metric = recent.metric(metric);
                    recent.changes.push(InDay { article, metric, day, change });
                }
            }
        }
        Ok(recent)
    }

    /// Since when the article's poll has been open, and its days. Of one that has moved, its new key tells.
    async fn opened_and_days(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<(Day, Days)>, StoreError> {
        let Found::Article(record) = self.find(site, key).await? else { return Ok(None) };
        let days = self.days(&self.names.article(site, key)).await?;
        Ok(Some((record.published.unwrap_or(record.created), days)))
    }
}
