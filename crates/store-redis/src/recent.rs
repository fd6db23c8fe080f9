//! The list of recently counted articles, scored by the last day with a count, so that recent changes are found
//! without reading every article. Sharded like the list of articles. It may contain stale keys: the articles' own days
//! are authoritative.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use futures_util::future::try_join_all;
use redis::Value;
use store::{
    ArticleDayChange, ArticleFilter, DailyDelta, Metric, RecentArticle, RecentChanges, StoreError,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::Command,
    keys::LIST_SHARDS,
    record::Days,
    record::Found,
    reply::{list, utf8},
};

/// Name of the list.
pub(super) const RECENT_LIST: &str = "recent";

/// Articles read concurrently.
const CONCURRENT_READS: usize = 100;

/// How long an event waits for the list before it is acknowledged without it.
const LIST_WRITE_TIMEOUT: Duration = Duration::from_secs(1);

impl Redis {
    /// Records that something was counted in the article on that day; skipped if this endpoint did so already.
    pub(super) async fn list_recent(&self, site: &SiteId, key: &ArticleKey, day: Day) {
        let article = (site.clone(), key.clone());
        if self.noted.get(&article).is_some_and(|noted| noted >= day) {
            return;
        }
        let near = self.names.article(site, key).slot;
        let add = |part| {
            Command::new("ZADD")
                .arg(part)
                .arg("GT")
                .arg(day.get().to_string())
                .arg(key.as_str())
        };
        // If it fails, the article's next event retries.
        if let Ok(Ok(())) = tokio::time::timeout(
            LIST_WRITE_TIMEOUT,
            self.write_to_shard(RECENT_LIST, site, key, near, add),
        )
        .await
        {
            self.noted.insert(article, day);
        }
    }

    /// Removes an article from the list.
    pub(super) async fn unlist_recent(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<(), StoreError> {
        self.noted.remove(&(site.clone(), key.clone()));
        self.unlist(RECENT_LIST, site, key).await
    }

    /// Daily changes since that day of the wanted articles.
    pub(super) async fn recent_of(
        &self,
        site: &SiteId,
        since: Day,
        filter: &ArticleFilter,
    ) -> Result<RecentChanges, StoreError> {
        let mut recent = RecentChanges::default();
        // An article may be in two shards after one was unavailable.
        let mut added = HashSet::new();
        // Read one part at a time, because each may have very many keys that are not wanted.
        for number in 0..LIST_SHARDS {
            let (name, slot) = self.names.shard_at(RECENT_LIST, site, number);
            let range = Command::new("ZRANGEBYSCORE")
                .arg(name)
                .arg(since.get().to_string())
                .arg("+inf");
            let part = self.cluster.read(slot, range).await?;
            let keys: Vec<_> = list(&part)
                .iter()
                .filter_map(|key| ArticleKey::parse(utf8(key)?).ok())
                .collect();
            drop(part);
            for some in keys.chunks(CONCURRENT_READS) {
                let days = try_join_all(
                    some.iter()
                        .map(|key| self.article_and_days(site, key, filter)),
                )
                .await?;
                for (article, days) in days.into_iter().flatten() {
                    if added.insert(article.key.clone()) {
                        add(&mut recent, article, days, since);
                    }
                }
            }
        }
        Ok(recent)
    }

    /// Daily changes of one article since that day; `None`: it does not exist.
    pub(super) async fn days_of_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        since: Day,
    ) -> Result<Option<Vec<ArticleDayChange>>, StoreError> {
        let (to, found) = self
            .find_all(site, std::slice::from_ref(key))
            .await?
            .remove(0);
        if !matches!(found, Found::Article(_)) {
            return Ok(None);
        }
        let days = self.days(&self.names.article(site, &to)).await?;
        Ok(Some(without_sources(days, since)))
    }

    /// The article and its days, if it is wanted; `None` for an alias, since its target is in the list too.
    async fn article_and_days(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        filter: &ArticleFilter,
    ) -> Result<Option<(RecentArticle, Days)>, StoreError> {
        let Found::Article(record) = self.find(site, key).await? else {
            return Ok(None);
        };
        let names = self.names.article(site, key);
        let is_known = record.is_put() || !record.aliases.is_empty() || {
            let exists = Command::new("EXISTS").arg(names.copy());
            self.cluster.read(names.slot, exists).await? == Value::Int(1)
        };
        let article = RecentArticle {
            key: key.clone(),
            poll_opened: record.poll_opened(),
            poll: record.poll.clone(),
            is_known,
        };
        if !filter(&article) {
            return Ok(None);
        }
        Ok(Some((article, self.days(&names).await?)))
    }
}

/// Daily changes since that day, of all sources together.
fn without_sources(days: Days, since: Day) -> Vec<ArticleDayChange> {
    let mut sums: BTreeMap<(Day, String), i64> = BTreeMap::new();
    for ((day, _, metric), change) in days {
        if day >= since {
            *sums.entry((day, metric)).or_default() += change;
        }
    }
    sums.into_iter()
        .filter(|(_, change)| *change != 0)
        .filter_map(|((day, name), change)| {
            Some(ArticleDayChange {
                day,
                metric: Metric::parse(&name)?,
                change,
            })
        })
        .collect()
}

/// Adds the article's daily changes since that day, if there are any.
fn add(recent: &mut RecentChanges, article: RecentArticle, days: Days, since: Day) {
    let mut days = days
        .into_iter()
        .filter(|((day, ..), change)| *day >= since && *change != 0)
        .peekable();
    if days.peek().is_none() {
        return;
    }
    let article = recent.add(article);
    for ((day, _, metric), change) in days {
        let Some(metric) = Metric::parse(&metric) else {
            continue;
        };
        let metric = recent.metric(metric);
        recent.changes.push(DailyDelta {
            article,
            metric,
            day,
            change,
        });
    }
}
