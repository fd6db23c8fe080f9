use serde::Serialize;
use utoipa::ToSchema;
use wire::ArticleKey;

use config::Site;
use store::{ArticleDayChange, Metric, Store, StoreError};
use visitor::Day;

/// Maximum number of days in an answer.
pub const MAX_ARTICLE_DAYS: u16 = 366;

/// An article's counts, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Days)]
pub struct ArticleDays {
    /// The article's key; of an alias, that of its article.
    pub article: ArticleKey,
    /// All days, also those without events, the oldest first. The last is today, which is not over.
    pub days: Vec<DayCounts>,
}

/// The counts of one day. Starting counts of an earlier counter are of no day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DayCounts)]
pub struct DayCounts {
    /// The day in the site's time zone, `YYYY-MM-DD`.
    pub day: String,
    /// Reads.
    pub reads: i64,
    /// Readers who reacted, less those who withdrew their reaction; may be negative.
    pub reactions: i64,
    /// Shares.
    pub shares: i64,
}

/// The counts of the last `count` days, including today; `None` if the article does not exist.
///
/// # Errors
/// Those of the store.
pub async fn days(
    store: &dyn Store,
    site: &Site,
    today: Day,
    key: &ArticleKey,
    count: u16,
) -> Result<Option<ArticleDays>, StoreError> {
    let first = Day::new(today.get() - i32::from(count.clamp(1, MAX_ARTICLE_DAYS)) + 1);
    let Some(changes) = store.article_days(&site.id, key, first).await? else {
        return Ok(None);
    };
    let target = store.alias_target(&site.id, key).await?;
    let mut days: Vec<_> = (first.get()..=today.get()).map(empty_day).collect();
    for ArticleDayChange {
        day,
        metric,
        change,
    } in changes
    {
        // A day after today: the clock or the time zone has changed.
        let at = usize::try_from(day.since(first)).ok();
        let Some(counts) = at.and_then(|at| days.get_mut(at)) else {
            continue;
        };
        match metric {
            Metric::Reads => counts.reads += change,
            Metric::Reaction(_) => counts.reactions += change,
            Metric::Share(_) => counts.shares += change,
            // Their reads and choices are among the others.
            Metric::Noscript | Metric::ClientReads(_) | Metric::ClientVoters(_) => {}
        }
    }
    Ok(Some(ArticleDays {
        article: target.unwrap_or_else(|| key.clone()),
        days,
    }))
}

fn empty_day(day: i32) -> DayCounts {
    DayCounts {
        day: Day::new(day).to_string(),
        reads: 0,
        reactions: 0,
        shares: 0,
    }
}
