use std::sync::Arc;

use config::Site;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use store::{HourSums, Store, StoreError};
use url::{Position, Url};
use visitor::Hour;
use wire::ArticleKey;

use super::{Scope, cached::CachedValue, now::today, top::highest};

/// Hours that are gathered: this one, the one before it, and those that they are compared with.
const GATHERED_HOURS: u8 = 8;
const RECENT_HOURS: usize = 2;

/// The most articles that are marked on a page.
const MAX_HEADLINES: usize = 300;

/// Articles whose copies are requested from the store at the same time.
const CONCURRENT_COPIES: usize = 16;

/// By how many standard deviations of a Poisson distribution a trend differs from what was before.
const TREND_DEVIATIONS: f64 = 2.0;

/// Reads of the articles on the site's own pages.
#[derive(Debug)]
pub(crate) struct Headlines {
    /// Reads are counted from the beginning of this hour.
    pub(crate) since: Hour,
    pub(crate) entries: Vec<Headline>,
}

/// An article that was read recently.
#[derive(Debug)]
pub(crate) struct Headline {
    /// Path and query of its page, as browsers write them.
    pub(crate) path: String,
    pub(crate) reads: i64,
    pub(crate) trend: Trend,
}

/// How the reads of an article change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Trend {
    Up,
    Down,
    Same,
}

impl Headlines {
    pub(super) async fn load(
        store: &Arc<dyn Store>,
        Scope { site, section }: &Scope,
        config: &Site,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (day, hour) = today(now, &config.time_zone);
        let section = section.as_deref();
        let last = (day, hour);
        let choose = Arc::new(most_read);
        let recent = store
            .recent_hours(site, section, last, GATHERED_HOURS, choose)
            .await?;
        let minute = now.to_zoned_datetime(config.time_zone.clone()).minute();
        let elapsed = 1.0 + f64::from(minute) / 60.0;
        let cards = recent.cards.iter().map(|(index, card)| {
            let (reads, hourly) = recent_and_before(recent.sums.of(*index));
            let trend = trend(reads, hourly * elapsed);
            (card.key.clone(), reads, trend)
        });
        let cards: Vec<_> = cards.collect();
        let entries = stream::iter(cards).map(|(key, reads, trend)| async move {
            let copy = store.article_metadata(site, &key).await?;
            let path = path(&key, copy.and_then(|copy| copy.url).as_deref());
            let headline = |path| Headline { path, reads, trend };
            Ok::<_, StoreError>(path.map(headline))
        });
        let entries: Vec<_> = entries.buffered(CONCURRENT_COPIES).try_collect().await?;
        let since = recent.sums.hours.len().checked_sub(RECENT_HOURS);
        Ok(Self {
            since: since.map_or(hour, |at| recent.sums.hours[at].1),
            entries: entries.into_iter().flatten().collect(),
        })
    }
}

impl CachedValue for Headlines {
    fn bytes(&self) -> usize {
        let entries = self.entries.iter();
        entries
            .map(|entry| size_of::<Headline>() + entry.path.len())
            .sum()
    }
}

/// Reads of the recent hours, and the mean of an hour before them.
fn recent_and_before(reads: &[i64]) -> (i64, f64) {
    let (before, recent) = reads.split_at(reads.len().saturating_sub(RECENT_HOURS));
    let mean = before.iter().sum::<i64>() as f64 / before.len().max(1) as f64;
    (recent.iter().sum(), mean)
}

fn trend(reads: i64, expected: f64) -> Trend {
    let deviation = (reads as f64 - expected) / expected.max(1.0).sqrt();
    match deviation {
        deviation if deviation > TREND_DEVIATIONS => Trend::Up,
        deviation if deviation < -TREND_DEVIATIONS => Trend::Down,
        _ => Trend::Same,
    }
}

fn most_read(sums: &HourSums) -> Vec<u32> {
    let scores = (0..sums.len() as u32).map(|article| {
        let (reads, _) = recent_and_before(sums.of(article));
        (article, reads as f64)
    });
    let highest = highest(MAX_HEADLINES, scores);
    highest.into_iter().map(|(article, _)| article).collect()
}

/// Path and query of the article's page: of the address of its copy, else of its key, which is a path by default.
fn path(key: &ArticleKey, url: Option<&str>) -> Option<String> {
    let of_key = || {
        let path = key.as_str().strip_prefix('/')?;
        Url::parse("http://page.invalid")
            .ok()?
            .join(&format!("/{path}"))
            .ok()
    };
    let url = url.and_then(|url| Url::parse(url).ok()).or_else(of_key)?;
    Some(url[Position::BeforePath..Position::AfterQuery].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headlines_trend_allows_for_the_begun_hour() {
        let (reads, hourly) = recent_and_before(&[10, 10, 10, 10, 10, 10, 10, 5]);
        assert_eq!((reads, hourly), (15, 10.0));
        assert_eq!(trend(reads, hourly * 1.5), Trend::Same);
        assert_eq!(trend(30, hourly * 1.5), Trend::Up);
        assert_eq!(trend(5, hourly * 1.5), Trend::Down);
        assert_eq!(trend(0, 0.0), Trend::Same);
    }

    #[test]
    fn a_headlines_path_is_that_of_its_copy_or_its_key() {
        let key = |key: &str| ArticleKey::parse(key).unwrap();
        let url = Some("https://news.example/2015/banjir?p=1#x");
        assert_eq!(path(&key("1"), url).as_deref(), Some("/2015/banjir?p=1"));
        assert_eq!(path(&key("/é b"), None).as_deref(), Some("/%C3%A9%20b"));
        assert_eq!(path(&key("berita 1"), None), None);
        assert_eq!(path(&key("//evil.example/a"), None).as_deref(), Some("/a"));
    }
}
