use std::{collections::BTreeSet, iter::once};

use store::{Days, NowCounts, NowQuery, PeriodPart, StoreError};
use wire::{ArticleKey, SiteId};

use super::{
    super::{Redis, hours::Hours, record::Days as ArticleDays, scan::Scan},
    hours_of_site::SiteHoursQuery,
    one,
    recent_hours::RecentReads,
    shared_days::{SumsByDay, shared_days},
};

/// Days whose sums periods share: a roll-up of a day is made when the day before it is over in UTC, and the site's today may be
/// UTC's tomorrow.
const SHARED_DAYS: u16 = 3;

/// What *Now* shows, while the articles are scanned: once for all of it.
struct NowScan {
    hours: SiteHoursQuery,
    recent: RecentReads,
    days: SumsByDay,
}

impl NowScan {
    fn scan<'s>(&self, section: Option<&'s str>) -> Option<Scan<'s>> {
        let scans = [
            self.hours.scan(section),
            self.recent.scan(section),
            self.days.scan(section),
        ];
        scans.into_iter().flatten().reduce(Scan::and)
    }

    fn add(&mut self, key: &ArticleKey, days: &ArticleDays, hours: &Hours) {
        self.hours.add(days, hours);
        self.recent.add(key, hours);
        self.days.add(key, days);
    }
}

impl Redis {
    /// What is read now.
    pub(in super::super) async fn counts_of_now(
        &self,
        site: &SiteId,
        section: Option<&str>,
        query: NowQuery,
    ) -> Result<NowCounts, StoreError> {
        let today = query.last.0;
        let parts = self.rollups(site).await?;
        let parts = parts.parts(Days::until(today, SHARED_DAYS), 1);
        let unrolled = shared_days(&parts).unwrap_or_default();
        let gathering = self.known_sums.begin_gathering().await;
        let mut now = NowScan {
            hours: self.begin_hours(site, section, query.days).await?,
            recent: RecentReads::until(query.last, query.hours),
            days: SumsByDay::of(&unrolled),
        };
        if let Some(scan) = now.scan(section) {
            now = self.scan(site, &scan, now, NowScan::add).await?;
        }
        let sums = self.share(site, section, now.days).await?;
        drop(gathering);
        let days: BTreeSet<_> = once(today).filter(|day| unrolled.contains(day)).collect();
        let sums = self.table_of_shared(&sums, section, days).await?;
        let is_of_today =
            |part: &PeriodPart| matches!(part, PeriodPart::Rollup(days) if days.contains(today));
        let rolled: Vec<_> = parts.into_iter().filter(is_of_today).collect();
        let sums = self.add_rolled(site, section, &rolled, sums).await?;
        Ok(NowCounts {
            hours: self.end_hours(site, section, now.hours).await?,
            recent: self
                .end_recent_reads(site, now.recent, query.of_hours)
                .await?,
            today: self
                .end_period(site, section, one(today), sums, query.of_today)
                .await?,
        })
    }
}
