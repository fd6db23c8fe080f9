use store::{NowCounts, NowQuery, StoreError};
use wire::{ArticleKey, SiteId};

use super::{
    super::{Redis, hours::Hours, record::Days as ArticleDays, scan::Scan},
    hours_of_site::SiteHoursQuery,
    one,
    period::UnrolledSums,
    recent_hours::RecentReads,
};

/// What *Now* shows, while the articles are scanned: once for all of it.
struct NowScan {
    hours: SiteHoursQuery,
    recent: RecentReads,
    today: UnrolledSums,
}

impl NowScan {
    fn scan<'s>(&self, section: Option<&'s str>) -> Option<Scan<'s>> {
        let scans = [
            self.hours.scan(section),
            self.recent.scan(section),
            self.today.scan(section),
        ];
        scans.into_iter().flatten().reduce(Scan::and)
    }

    fn add(&mut self, key: &ArticleKey, days: &ArticleDays, hours: &Hours) {
        self.hours.add(days, hours);
        self.recent.add(key, hours);
        self.today.add(key, days);
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
        let today = one(query.last.0);
        let parts = self.parts_of_period(site, section, today).await?;
        let mut now = NowScan {
            hours: self.begin_hours(site, section, query.days).await?,
            recent: RecentReads::until(query.last, query.hours),
            today: UnrolledSums::of(&parts),
        };
        if let Some(scan) = now.scan(section) {
            now = self.scan(site, &scan, now, NowScan::add).await?;
        }
        let sums = self
            .add_rolled(site, section, &parts, now.today.into_table())
            .await?;
        Ok(NowCounts {
            hours: self.end_hours(site, section, now.hours).await?,
            recent: self
                .end_recent_reads(site, now.recent, query.of_hours)
                .await?,
            today: self
                .end_period(site, section, today, sums, query.of_today)
                .await?,
        })
    }
}
