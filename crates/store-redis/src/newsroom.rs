//! Queries of the newsroom's pages: from roll-ups, and from the articles of the days that are in none.

/// Sums of a period.
mod period;
/// Hours of a site, and reads of the last hours.
mod recent_hours;

use std::collections::HashMap;

use futures_util::future::try_join_all;
use redis::Value;
use store::{
    ArticleCard, ArticleIndex, Days, HourChange, IndexedArticle, IndexedCount, Metric, StoreError,
    total_count,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    cluster::Access,
    command::Command,
    copy, hours,
    lists::{ARTICLE_LIST, LIST_PAGE_KEYS},
    record::Found,
    scan::{self, CONCURRENT_ARTICLES},
};

impl Redis {
    /// What was counted in an article in each hour, as far as its hours are stored; the rest of a day has no known hour.
    pub(super) async fn hours_of_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError> {
        let (to, found) = self
            .find_all(site, std::slice::from_ref(key))
            .await?
            .remove(0);
        let Some(record) = found.article() else {
            return Ok(None);
        };
        let names = self.names.article(site, &to);
        let of_days = self.days(&names).await?;
        let mut wanted = hours::days_with_hours(&record, &of_days);
        wanted.retain(|day| days.contains(*day));
        let hours = self.hours(&names, &wanted).await?;
        let changes = scan::hourly_changes(&of_days, &hours, days);
        Ok(Some(changes))
    }

    /// All articles with their totals.
    pub(super) async fn index_of_articles(
        &self,
        site: &SiteId,
    ) -> Result<ArticleIndex, StoreError> {
        let mut index = ArticleIndex::default();
        let mut columns: HashMap<String, Option<u16>> = HashMap::new();
        let mut after = None;
        loop {
            let keys = self
                .list_page(ARTICLE_LIST, site, after.as_ref(), LIST_PAGE_KEYS)
                .await?;
            for some in keys.chunks(CONCURRENT_ARTICLES) {
                let found = try_join_all(some.iter().map(|key| self.record_and_copy(site, key)));
                for (key, replies) in some.iter().zip(found.await?) {
                    push(&mut index, &mut columns, key, &replies);
                }
            }
            if keys.len() < LIST_PAGE_KEYS {
                index.shrink();
                return Ok(index);
            }
            after = keys.last().cloned();
        }
    }

    /// The replies with the record, and with what is stored of the copy besides its body.
    async fn record_and_copy(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Vec<Value>, StoreError> {
        let names = self.names.article(site, key);
        let copy = Command::new("HMGET").arg(names.copy());
        let commands = vec![
            Command::new("HGETALL").arg(names.record()),
            copy.args(copy::METADATA_FIELDS),
        ];
        self.cluster
            .request(Access::Read, names.slot, commands)
            .await
    }

    /// What lists show of an article; `None` if it does not exist.
    async fn card(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleCard>, StoreError> {
        let replies = self.record_and_copy(site, key).await?;
        let Some(Found::Article(record)) = replies.first().map(Found::parse) else {
            return Ok(None);
        };
        let copy = replies.get(1).and_then(copy::parse_metadata);
        Ok(Some(ArticleCard {
            key: key.clone(),
            published: record.published,
            title: copy.as_ref().map(|copy| copy.title.clone()),
            byline: copy.and_then(|copy| copy.byline),
        }))
    }

    /// The cards of the chosen articles, by index.
    async fn cards(
        &self,
        site: &SiteId,
        keys: &[String],
        chosen: Vec<u32>,
    ) -> Result<Vec<(u32, ArticleCard)>, StoreError> {
        let chosen = chosen.into_iter().filter_map(|index| {
            let key = ArticleKey::parse(keys.get(index as usize)?).ok()?;
            Some((index, key))
        });
        let cards = try_join_all(chosen.map(async |(index, key)| {
            let card = self.card(site, &key).await?;
            Ok::<_, StoreError>(card.map(|card| (index, card)))
        }));
        Ok(cards.await?.into_iter().flatten().collect())
    }
}

/// Appends an article, unless the key is an alias.
fn push(
    index: &mut ArticleIndex,
    columns: &mut HashMap<String, Option<u16>>,
    key: &ArticleKey,
    replies: &[Value],
) {
    let Some(Found::Article(record)) = replies.first().map(Found::parse) else {
        return;
    };
    let copy = replies.get(1).and_then(copy::parse_metadata);
    let counts = record.counts.iter().filter_map(|(name, count)| {
        let at = column(index, columns, name)?;
        let total = total_count(count.counted, count.imported);
        Some(IndexedCount::new(at, total))
    });
    let counts: Vec<_> = counts.collect();
    let copy = copy.as_ref();
    index.push(IndexedArticle {
        key: key.as_str(),
        title: copy.map_or("", |copy| &copy.title),
        byline: copy
            .and_then(|copy| copy.byline.as_deref())
            .unwrap_or_default(),
        published: record.published,
        created: record.created,
        is_known: record.is_put(),
        counts: &counts,
    });
}

/// The column of a metric by its stored name, which is added if it is new; `None` if the pages do not show it.
fn column(
    index: &mut ArticleIndex,
    columns: &mut HashMap<String, Option<u16>>,
    name: &str,
) -> Option<u16> {
    if let Some(known) = columns.get(name) {
        return *known;
    }
    let metric = Metric::parse_of_others(name);
    let column = metric.and_then(|metric| {
        index.metrics.push(metric);
        u16::try_from(index.metrics.len() - 1).ok()
    });
    columns.insert(name.to_owned(), column);
    column
}

/// A single day.
fn one(day: Day) -> Days {
    Days {
        first: day,
        last: day,
    }
}
