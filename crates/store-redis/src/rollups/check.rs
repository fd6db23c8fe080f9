use store::{
    CheckReport, Days, PeriodBuilder, StoreError, add_articles_of_rollup, add_days_of_rollup,
};
use wire::SiteId;

use super::{super::Redis, super::check::DaySums, Rollups};

impl Redis {
    /// Checks that each roll-up that counts has the sums of its days. `sums`: those of all articles, which were read before.
    pub(in super::super) async fn check_rollups(
        &self,
        site: &SiteId,
        sums: &DaySums,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        let before = self.rollups(site).await?;
        for span in before.spans() {
            let found = self.sums_of_rollup(site, span).await?;
            let in_span = sums.iter().filter(|((day, _), _)| span.contains(*day));
            let expected: DaySums = in_span
                .filter(|(_, sum)| **sum != 0)
                .map(|(of, sum)| (of.clone(), *sum))
                .collect();
            // What was changed while the articles were read is checked the next time.
            let is_unchanged = |now: &Rollups| now.changed == before.changed;
            if found.as_ref() != Some(&expected) && is_unchanged(&self.rollups(site).await?) {
                let (first, last) = (span.first, span.last);
                report.add(
                    None,
                    format!("{site}: the sums of {first} to {last} are not those of its days"),
                );
            }
        }
        Ok(())
    }

    /// The sums of a roll-up by day; `None` if those by article are others.
    async fn sums_of_rollup(
        &self,
        site: &SiteId,
        span: Days,
    ) -> Result<Option<DaySums>, StoreError> {
        let days = self.days_of_rollup(site, span).await?;
        let articles = self.articles_of_rollup(site, span).await?;
        let (mut by_day, mut by_article) = (PeriodBuilder::default(), PeriodBuilder::default());
        let read = add_days_of_rollup(&days, &mut by_day).and_then(|()| {
            add_articles_of_rollup(&articles, &mut by_article, Some(span.first), |_| Some(0))
        });
        if read.is_none() {
            return Ok(None);
        }
        let by_day = by_day.finish(Vec::new());
        let mut totals: Vec<(String, i64)> = by_article
            .totals()
            .into_iter()
            .map(|(metric, sum)| (metric.name(), sum))
            .filter(|(_, sum)| *sum != 0)
            .collect();
        totals.sort();
        let mut sums = DaySums::new();
        let mut totals_of_days = std::collections::BTreeMap::new();
        for (day, column, sum) in by_day.days {
            let name = by_day.metrics[usize::from(column)].name();
            let total = totals_of_days.entry(name.clone()).or_insert(0_i64);
            *total = total.saturating_add(sum);
            sums.insert((day, name), sum);
        }
        totals_of_days.retain(|_, sum| *sum != 0);
        Ok((totals_of_days.into_iter().collect::<Vec<_>>() == totals).then_some(sums))
    }
}
