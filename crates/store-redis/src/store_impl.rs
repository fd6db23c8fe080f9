use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use metrics::StoreMetrics;
use store::{
    AccountStore, Alias, AliasOutcome, AliasVerdict, AppliedCounts, ArticleCounts,
    ArticleDayChange, ArticleFilter, ArticleIndex, ArticleMetadata, ArticleSummary, ArticleUpdate,
    BackupError, Changes, CheckReport, ChooseOfHours, ChooseOfPeriod, CountsVersion, Days,
    HourChange, ImportBatch, ImportReport, Metric, NowCounts, NowQuery, Period, PruneFilter,
    PrunePage, Readiness, RecentChanges, RecentHours, Refused, RefusedByProcess, Removal, Skipped,
    Store, StoreError, TypicalStart, WriteBlockLease, WritesBlocked, export_format::Line,
};
use tokio::sync::mpsc;
use visitor::{Day, Hour, Visitor};
use wire::{Article, ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

use super::{Redis, record::Found};

#[async_trait]
impl Store for Redis {
    async fn tallies(
        &self,
        site: &SiteId,
        articles: &[ArticleKey],
    ) -> Result<Vec<ArticleCounts>, StoreError> {
        let found = self.find_all(site, articles).await?;
        let counted = found
            .into_iter()
            .zip(articles)
            .map(|((_, found), key)| match found {
                Found::Article(record) => record.counted(key.clone()),
                _ => ArticleCounts::none(key.clone()),
            });
        Ok(counted.collect())
    }

    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, CountsVersion)]) -> bool {
        articles
            .iter()
            .all(|(key, version)| self.records.is_current(site, key, *version))
    }

    async fn apply(&self, changes: Changes) -> Result<Vec<AppliedCounts>, StoreError> {
        self.apply_changes(&changes).await
    }

    async fn choice(
        &self,
        site: &SiteId,
        day: Day,
        article: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<OwnVote>, StoreError> {
        self.choice_of(site, day, article, visitor).await
    }

    async fn erase_visitor(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        self.erase_visitor_votes(site, day, visitor, articles).await
    }

    async fn article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<Article>, StoreError> {
        self.copy_of(site, key).await
    }

    async fn article_metadata(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleMetadata>, StoreError> {
        self.metadata_of(site, key).await
    }

    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        update: ArticleUpdate,
    ) -> Result<Tally, StoreError> {
        self.publish(site, day, key, &update).await
    }

    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleSummary>, StoreError> {
        self.list_of_articles(site, after, limit).await
    }

    async fn recent_changes(
        &self,
        site: &SiteId,
        since: Day,
        filter: Arc<ArticleFilter>,
    ) -> Result<RecentChanges, StoreError> {
        self.recent_of(site, since, &*filter).await
    }

    async fn article_days(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        since: Day,
    ) -> Result<Option<Vec<ArticleDayChange>>, StoreError> {
        self.days_of_article(site, key, since).await
    }

    async fn site_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<HourChange>, StoreError> {
        self.hours_of_site(site, section, days).await
    }

    async fn article_hours(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError> {
        self.hours_of_article(site, key, days).await
    }

    async fn period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        max_age: Duration,
        choose: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError> {
        self.sums_of_period(site, section, days, max_age, choose)
            .await
    }

    async fn totals(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<(Metric, i64)>, StoreError> {
        self.totals_of(site, section, days).await
    }

    async fn recent_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        last: (Day, Hour),
        hours: u8,
        choose: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError> {
        self.reads_of_recent_hours(site, section, last, hours, choose)
            .await
    }

    async fn now(
        &self,
        site: &SiteId,
        section: Option<&str>,
        query: NowQuery,
    ) -> Result<NowCounts, StoreError> {
        self.counts_of_now(site, section, query).await
    }

    async fn typical_start(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<TypicalStart, StoreError> {
        self.start_of_articles(site, section, days).await
    }

    async fn article_index(&self, site: &SiteId) -> Result<Arc<ArticleIndex>, StoreError> {
        self.index_of_articles(site).await
    }

    async fn note_refused(
        &self,
        site: &SiteId,
        day: Day,
        by: RefusedByProcess,
    ) -> Result<(), StoreError> {
        self.write_refused(site, day, &by).await
    }

    async fn refused(&self, site: &SiteId, day: Day) -> Result<Vec<Refused>, StoreError> {
        self.read_refused(site, day).await
    }

    async fn refused_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Vec<Refused>, StoreError> {
        self.read_refused_of(site, key, days).await
    }

    async fn remove_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
    ) -> Result<bool, StoreError> {
        self.remove(site, key, removal).await
    }

    async fn prune(
        &self,
        site: &SiteId,
        filter: PruneFilter,
        after: Option<&ArticleKey>,
    ) -> Result<PrunePage, StoreError> {
        self.prune_page(site, filter, after).await
    }

    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<AliasVerdict<AliasOutcome>, StoreError> {
        self.make_alias(site, day, (old, new), dry_run).await
    }

    async fn remove_alias(
        &self,
        site: &SiteId,
        old: &ArticleKey,
    ) -> Result<AliasVerdict<()>, StoreError> {
        self.delete_alias(site, old).await
    }

    async fn aliases(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Alias>, StoreError> {
        self.list_of_aliases(site, after, limit).await
    }

    async fn aliases_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let found = self.find_all(site, std::slice::from_ref(key)).await?;
        let record = found.into_iter().find_map(|(_, found)| found.article());
        Ok(record.map_or_else(Vec::new, |record| record.aliases.into_keys().collect()))
    }

    async fn alias_target(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleKey>, StoreError> {
        let (to, _) = self
            .find_all(site, std::slice::from_ref(key))
            .await?
            .remove(0);
        Ok((to != *key).then_some(to))
    }

    async fn start_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError> {
        self.drop_ended_salts(site, day);
        // Also prepare the data in other slots that the first event of a new article requires.
        let (salts, vote_keys, listed) = tokio::join!(
            self.salts(site, day),
            self.vote_keys(),
            self.list_site(site, None)
        );
        salts.and(vote_keys.map(drop)).and(listed)
    }

    /// Digests of sites that are not served expire in Redis, like all others.
    async fn clean_up(&self, served: &[SiteId], today: Day) -> Result<(), StoreError> {
        self.drop_unserved_salts(served, today);
        self.known_sums.tidy();
        self.rewrite_files().await?;
        self.make_rollups(today).await
    }

    async fn release(&self) {
        self.release_rollups().await;
    }

    fn accepts_writes(&self) -> bool {
        self.migration_flag.is_clear()
    }

    fn can_acknowledge(&self) -> bool {
        self.migration_flag.is_known_clear()
    }

    async fn refresh_write_block(&self) -> Result<(), WritesBlocked> {
        self.refresh_flag().await
    }

    async fn block_writes(&self) -> Result<WriteBlockLease, WritesBlocked> {
        self.set_flag().await
    }

    async fn renew_write_block(&self, lease: &WriteBlockLease) -> Result<bool, StoreError> {
        self.renew_flag(lease).await
    }

    async fn end_write_block(
        &self,
        lease: &WriteBlockLease,
        moved_to: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.end_flag(lease, moved_to).await
    }

    async fn unblock_writes(&self) -> Result<bool, WritesBlocked> {
        self.reset_flag().await
    }

    async fn readiness(&self, sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        self.probe(sites).await
    }

    fn accounts(&self) -> &dyn AccountStore {
        self
    }

    fn metrics(&self) -> StoreMetrics {
        self.metrics.clone()
    }

    fn queued(&self) -> usize {
        self.cluster.queued()
    }

    async fn backup(&self, _file: &Path, _replace: bool) -> Result<u64, BackupError> {
        Err(BackupError::NoFile)
    }

    async fn export(
        &self,
        site: Option<&SiteId>,
        day: Day,
        to: mpsc::Sender<Line>,
    ) -> Result<Vec<Skipped>, StoreError> {
        self.export_all(site, day, &to).await
    }

    async fn import(&self, batch: ImportBatch) -> Result<ImportReport, StoreError> {
        self.import_batch(&batch).await
    }

    async fn check(&self) -> Result<CheckReport, StoreError> {
        self.check_all().await
    }
}
