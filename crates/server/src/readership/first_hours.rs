use std::sync::Arc;

use store::{ArticleDayChange, Days, HourChange, Metric, START_HOURS, Store, StoreError};
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::{ArticleKey, SiteId};

/// All reads of an article up to and including each hour since its first read, at most 48; `None`: its first hours are not
/// kept. `now`: the hour up to which there are counts.
pub(crate) async fn first_hours(
    store: &Arc<dyn Store>,
    site: &SiteId,
    key: &ArticleKey,
    days: &[ArticleDayChange],
    now: (Day, Hour),
) -> Result<Option<Vec<i64>>, StoreError> {
    let mut reads = days.iter().filter(|change| change.metric == Metric::Reads);
    let Some(first) = reads.next().map(|change| change.day) else {
        return Ok(None);
    };
    let days = Days {
        first,
        last: Day::new(first.get() + 2),
    };
    let hours = store.article_hours(site, key, days).await?;
    Ok(cumulative(&hours.unwrap_or_default(), now))
}

fn cumulative(hours: &[HourChange], now: (Day, Hour)) -> Option<Vec<i64>> {
    let number = |day: Day, hour: Hour| {
        i64::from(day.get()) * i64::from(HOURS_PER_DAY) + i64::from(hour.get())
    };
    let reads = || {
        hours
            .iter()
            .filter(|change| change.metric == Metric::Reads && change.hour.is_known())
    };
    let first = reads()
        .map(|change| number(change.day, change.hour))
        .min()?;
    let past = usize::try_from(number(now.0, now.1) - first + 1).unwrap_or(0);
    let mut sums = vec![0_i64; past.clamp(1, START_HOURS)];
    for change in reads() {
        let since = usize::try_from(number(change.day, change.hour) - first).unwrap_or(usize::MAX);
        if let Some(sum) = sums.get_mut(since) {
            *sum = sum.saturating_add(change.change);
        }
    }
    let mut sum = 0_i64;
    for count in &mut sums {
        sum = sum.saturating_add(*count);
        *count = sum;
    }
    Some(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_summed_since_the_first_read() {
        let hour = |day, hour, change| HourChange {
            day: Day::new(day),
            hour: Hour::new(hour),
            metric: Metric::Reads,
            change,
        };
        let hours = [hour(5, 22, 1), hour(5, 24, 100), hour(6, 0, 3)];
        let now = (Day::new(6), Hour::new(1));
        assert_eq!(cumulative(&hours, now), Some(vec![1, 1, 4, 4]));
        let later = cumulative(&hours, (Day::new(60), Hour::new(1))).unwrap();
        assert_eq!((later.len(), later[START_HOURS - 1]), (START_HOURS, 4));
        assert_eq!(cumulative(&[hour(5, 24, 100)], now), None);
    }
}
