//! Queries of the newsroom's pages, from the articles' days.

use std::collections::{BTreeMap, HashMap};

use futures_util::future::try_join_all;
use store::{
    ArticleCard, ArticleIndex, ChooseOfPeriod, Days, HourChange, IndexedArticle, Metric, Period,
    PeriodSums, RecentArticle, RecentChanges, StoreError, total_count,
};
use visitor::{Day, Hour};
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    lists::{ARTICLE_LIST, LIST_PAGE_KEYS},
    record::{Found, Record},
};

/// Articles read concurrently.
const CONCURRENT_ARTICLES: usize = 100;

impl Redis {
    /// The days of a site, or of the articles of a section; their hours are not known.
    pub(super) async fn days_of_site(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<HourChange>, StoreError> {
        let recent = self.recent_of_section(site, section, days).await?;
        let mut sums: BTreeMap<(Day, u16), i64> = BTreeMap::new();
        for delta in &recent.changes {
            if days.contains(delta.day) {
                let sum = sums.entry((delta.day, delta.metric)).or_default();
                *sum = sum.saturating_add(delta.change);
            }
        }
        let sums = sums.into_iter().filter(|(_, change)| *change != 0);
        Ok(sums
            .map(|((day, metric), change)| HourChange {
                day,
                hour: Hour::UNKNOWN,
                metric: recent.metrics[usize::from(metric)].clone(),
                change,
            })
            .collect())
    }

    /// The days of an article; their hours are not known.
    pub(super) async fn article_days_as_hours(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError> {
        let Some(changes) = self.days_of_article(site, key, days.first).await? else {
            return Ok(None);
        };
        let changes = changes
            .into_iter()
            .filter(|change| days.contains(change.day));
        Ok(Some(
            changes
                .map(|change| HourChange {
                    day: change.day,
                    hour: Hour::UNKNOWN,
                    metric: change.metric,
                    change: change.change,
                })
                .collect(),
        ))
    }

    /// Sums of these days by article, and by day.
    pub(super) async fn sums_of_period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        choose: &ChooseOfPeriod,
    ) -> Result<Period, StoreError> {
        let recent = self.recent_of_section(site, section, days).await?;
        let records = self.records_of(site, &recent.articles).await?;
        let sums = sums(&recent, days, |article| {
            records[article].as_ref().is_some_and(|record| {
                record.is_put() && days.contains(record.published.unwrap_or(record.created))
            })
        });
        let mut cards = Vec::new();
        for index in choose(&sums) {
            if let Some(article) = recent.articles.get(index as usize) {
                cards.push((index, self.card(site, &article.key).await?));
            }
        }
        Ok(Period { sums, cards })
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
                let found = try_join_all(some.iter().map(async |key| {
                    let found = self.find(site, key).await?;
                    let Found::Article(record) = found else {
                        return Ok(None);
                    };
                    Ok(Some((key, record, self.metadata_of(site, key).await?)))
                }))
                .await?;
                for (key, record, copy) in found.into_iter().flatten() {
                    let counts: Vec<_> = record
                        .counts
                        .iter()
                        .filter_map(|(name, count)| {
                            let at = column(&mut index, &mut columns, name)?;
                            Some((at, total_count(count.counted, count.imported)))
                        })
                        .collect();
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
            }
            if keys.len() < LIST_PAGE_KEYS {
                return Ok(index);
            }
            after = keys.last().cloned();
        }
    }

    async fn recent_of_section(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<RecentChanges, StoreError> {
        let section = section.map(str::to_owned);
        let filter = move |article: &RecentArticle| {
            let section = section.as_deref();
            section.is_none_or(|section| article.key.as_str().starts_with(section))
        };
        let mut recent = self.recent_of(site, days.first, &filter).await?;
        recent.changes.retain(|delta| days.contains(delta.day));
        Ok(recent)
    }

    async fn records_of(
        &self,
        site: &SiteId,
        articles: &[RecentArticle],
    ) -> Result<Vec<Option<std::sync::Arc<Record>>>, StoreError> {
        let mut records = Vec::with_capacity(articles.len());
        for some in articles.chunks(CONCURRENT_ARTICLES) {
            let found =
                try_join_all(some.iter().map(|article| self.find(site, &article.key))).await?;
            records.extend(found.into_iter().map(|found| match found {
                Found::Article(record) => Some(record),
                _ => None,
            }));
        }
        Ok(records)
    }

    async fn card(&self, site: &SiteId, key: &ArticleKey) -> Result<ArticleCard, StoreError> {
        let copy = self.metadata_of(site, key).await?;
        let published = copy.as_ref().and_then(|copy| copy.published.as_deref());
        Ok(ArticleCard {
            key: key.clone(),
            published: published.and_then(Day::parse),
            title: copy.as_ref().map(|copy| copy.title.clone()),
            byline: copy.and_then(|copy| copy.byline),
        })
    }
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

/// The table of sums.
fn sums(recent: &RecentChanges, days: Days, is_new: impl Fn(usize) -> bool) -> PeriodSums {
    let mut sums = PeriodSums::default();
    let columns: Vec<Option<u16>> = recent
        .metrics
        .iter()
        .map(|metric| {
            let metric = Metric::parse_of_others(&metric.name())?;
            sums.metrics.push(metric);
            u16::try_from(sums.metrics.len() - 1).ok()
        })
        .collect();
    let width = sums.metrics.len();
    sums.sums = vec![0; width * recent.articles.len()];
    sums.is_new = (0..recent.articles.len()).map(is_new).collect();
    let mut by_day: BTreeMap<(Day, u16), i64> = BTreeMap::new();
    for delta in &recent.changes {
        let Some(column) = columns[usize::from(delta.metric)] else {
            continue;
        };
        if days.contains(delta.day) {
            let sum = &mut sums.sums[delta.article as usize * width + usize::from(column)];
            *sum = sum.saturating_add(delta.change);
            let sum = by_day.entry((delta.day, column)).or_default();
            *sum = sum.saturating_add(delta.change);
        }
    }
    sums.days = by_day
        .into_iter()
        .map(|((day, column), sum)| (day, column, sum))
        .collect();
    sums
}
