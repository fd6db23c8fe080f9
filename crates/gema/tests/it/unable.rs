use std::{path::Path, sync::Arc, time::Duration};

use accounts::{AuditEntry, Link, Session, TokenHash, User, UserName};
use async_trait::async_trait;
use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;
use store::{
    AccountStore, Alias, AliasOutcome, AliasVerdict, AppliedCounts, ArticleCounts,
    ArticleDayChange, ArticleFilter, ArticleIndex, ArticleMetadata, ArticleSummary, ArticleUpdate,
    BackupError, Changes, CheckReport, ChooseOfHours, ChooseOfPeriod, CountsVersion, Days,
    HourChange, ImportBatch, ImportReport, Metric, Period, PruneFilter, PrunePage, Readiness,
    RecentChanges, RecentHours, Refused, RefusedByProcess, Removal, Skipped, Store, StoreError,
    TypicalStart, export_format::Line,
};
use tokio::sync::mpsc;
use visitor::{Day, Hour, Visitor};
use wire::{Article, ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

/// The response of a method, computed from the site.
pub(crate) type Verb<T> =
    Box<dyn Fn(&SiteId) -> BoxFuture<'static, Result<T, StoreError>> + Send + Sync>;

/// The response of a method about an article.
pub(crate) type ArticleVerb<T> =
    Box<dyn Fn(&ArticleKey) -> BoxFuture<'static, Result<T, StoreError>> + Send + Sync>;

/// A store that always fails with one error, except for the methods that a test replaces.
pub(crate) struct Unable {
    pub(crate) why: StoreError,
    /// The counts of one article; several are never requested.
    pub(crate) counts: ArticleVerb<ArticleCounts>,
    pub(crate) article: ArticleVerb<Option<Article>>,
    pub(crate) apply: Verb<Vec<AppliedCounts>>,
    pub(crate) recent: Verb<RecentChanges>,
    pub(crate) start_window: Verb<()>,
}

impl Unable {
    pub(crate) fn because(why: StoreError) -> Self {
        let counts = move |_: &ArticleKey| -> BoxFuture<'static, _> { Box::pin(ready(Err(why))) };
        let article = move |_: &ArticleKey| -> BoxFuture<'static, _> { Box::pin(ready(Err(why))) };
        let apply = move |_: &SiteId| -> BoxFuture<'static, _> { Box::pin(ready(Err(why))) };
        let recent = move |_: &SiteId| -> BoxFuture<'static, _> { Box::pin(ready(Err(why))) };
        let start_window = move |_: &SiteId| -> BoxFuture<'static, _> { Box::pin(ready(Err(why))) };
        Self {
            why,
            counts: Box::new(counts),
            article: Box::new(article),
            apply: Box::new(apply),
            recent: Box::new(recent),
            start_window: Box::new(start_window),
        }
    }
}

#[async_trait]
impl Store for Unable {
    async fn tallies(
        &self,
        _: &SiteId,
        articles: &[ArticleKey],
    ) -> Result<Vec<ArticleCounts>, StoreError> {
        let [article] = articles else {
            return Err(self.why);
        };
        Ok(vec![(self.counts)(article).await?])
    }
    fn is_current(&self, _: &SiteId, _: &[(ArticleKey, CountsVersion)]) -> bool {
        false
    }
    async fn apply(&self, changes: Changes) -> Result<Vec<AppliedCounts>, StoreError> {
        (self.apply)(&changes.site).await
    }
    async fn choice(
        &self,
        _: &SiteId,
        _: Day,
        _: &ArticleKey,
        _: &Visitor,
    ) -> Result<Option<OwnVote>, StoreError> {
        Err(self.why)
    }
    async fn erase_visitor(
        &self,
        _: &SiteId,
        _: Day,
        _: &VisitorToken,
        _: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        Err(self.why)
    }
    async fn article(
        &self,
        _: &SiteId,
        article: &ArticleKey,
    ) -> Result<Option<Article>, StoreError> {
        (self.article)(article).await
    }
    async fn article_metadata(
        &self,
        _: &SiteId,
        _: &ArticleKey,
    ) -> Result<Option<ArticleMetadata>, StoreError> {
        Err(self.why)
    }
    async fn put_article(
        &self,
        _: &SiteId,
        _: Day,
        _: &ArticleKey,
        _: ArticleUpdate,
    ) -> Result<Tally, StoreError> {
        Err(self.why)
    }
    async fn articles(
        &self,
        _: &SiteId,
        _: Option<&ArticleKey>,
        _: usize,
    ) -> Result<Vec<ArticleSummary>, StoreError> {
        Err(self.why)
    }
    async fn recent_changes(
        &self,
        site: &SiteId,
        _: Day,
        _: Arc<ArticleFilter>,
    ) -> Result<RecentChanges, StoreError> {
        (self.recent)(site).await
    }
    async fn article_days(
        &self,
        _: &SiteId,
        _: &ArticleKey,
        _: Day,
    ) -> Result<Option<Vec<ArticleDayChange>>, StoreError> {
        Err(self.why)
    }
    async fn site_hours(
        &self,
        _: &SiteId,
        _: Option<&str>,
        _: Days,
    ) -> Result<Vec<HourChange>, StoreError> {
        Err(self.why)
    }
    async fn article_hours(
        &self,
        _: &SiteId,
        _: &ArticleKey,
        _: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError> {
        Err(self.why)
    }
    async fn period(
        &self,
        _: &SiteId,
        _: Option<&str>,
        _: Days,
        _: Duration,
        _: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError> {
        Err(self.why)
    }
    async fn totals(
        &self,
        _: &SiteId,
        _: Option<&str>,
        _: Days,
    ) -> Result<Vec<(Metric, i64)>, StoreError> {
        Err(self.why)
    }
    async fn recent_hours(
        &self,
        _: &SiteId,
        _: Option<&str>,
        _: (Day, Hour),
        _: u8,
        _: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError> {
        Err(self.why)
    }
    async fn typical_start(
        &self,
        _: &SiteId,
        _: Option<&str>,
        _: Days,
    ) -> Result<TypicalStart, StoreError> {
        Err(self.why)
    }
    async fn article_index(&self, _: &SiteId) -> Result<Arc<ArticleIndex>, StoreError> {
        Err(self.why)
    }
    async fn note_refused(
        &self,
        _: &SiteId,
        _: Day,
        _: RefusedByProcess,
    ) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn refused(&self, _: &SiteId, _: Day) -> Result<Vec<Refused>, StoreError> {
        Err(self.why)
    }

    async fn refused_of(
        &self,
        _: &SiteId,
        _: &ArticleKey,
        _: Days,
    ) -> Result<Vec<Refused>, StoreError> {
        Err(self.why)
    }
    async fn remove_article(
        &self,
        _: &SiteId,
        _: &ArticleKey,
        _: Removal,
    ) -> Result<bool, StoreError> {
        Err(self.why)
    }
    async fn prune(
        &self,
        _: &SiteId,
        _: PruneFilter,
        _: Option<&ArticleKey>,
    ) -> Result<PrunePage, StoreError> {
        Err(self.why)
    }
    async fn alias(
        &self,
        _: &SiteId,
        _: Day,
        _: &ArticleKey,
        _: &ArticleKey,
        _: bool,
    ) -> Result<AliasVerdict<AliasOutcome>, StoreError> {
        Err(self.why)
    }
    async fn remove_alias(
        &self,
        _: &SiteId,
        _: &ArticleKey,
    ) -> Result<AliasVerdict<()>, StoreError> {
        Err(self.why)
    }
    async fn aliases(
        &self,
        _: &SiteId,
        _: Option<&ArticleKey>,
        _: usize,
    ) -> Result<Vec<Alias>, StoreError> {
        Err(self.why)
    }
    async fn aliases_of(&self, _: &SiteId, _: &ArticleKey) -> Result<Vec<ArticleKey>, StoreError> {
        Err(self.why)
    }
    async fn alias_target(
        &self,
        _: &SiteId,
        _: &ArticleKey,
    ) -> Result<Option<ArticleKey>, StoreError> {
        Err(self.why)
    }
    async fn start_window(&self, site: &SiteId, _: Day) -> Result<(), StoreError> {
        (self.start_window)(site).await
    }
    async fn readiness(&self, _: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        Err(self.why)
    }
    async fn backup(&self, _: &Path, _: bool) -> Result<u64, BackupError> {
        Err(BackupError::Busy)
    }
    async fn export(
        &self,
        _: Option<&SiteId>,
        _: Day,
        _: mpsc::Sender<Line>,
    ) -> Result<Vec<Skipped>, StoreError> {
        Err(self.why)
    }
    async fn import(&self, _: ImportBatch) -> Result<ImportReport, StoreError> {
        Err(self.why)
    }
    async fn check(&self) -> Result<CheckReport, StoreError> {
        Err(self.why)
    }
    fn accounts(&self) -> &dyn AccountStore {
        self
    }
}

#[async_trait]
impl AccountStore for Unable {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Err(self.why)
    }
    async fn has_users(&self) -> Result<bool, StoreError> {
        Err(self.why)
    }
    async fn user(&self, _: &UserName) -> Result<Option<User>, StoreError> {
        Err(self.why)
    }
    async fn swap_user(
        &self,
        _: &UserName,
        _: Option<&User>,
        _: Option<&User>,
    ) -> Result<bool, StoreError> {
        Err(self.why)
    }
    async fn session(&self, _: TokenHash) -> Result<Option<Session>, StoreError> {
        Err(self.why)
    }
    async fn sessions(&self) -> Result<Vec<(TokenHash, Session)>, StoreError> {
        Err(self.why)
    }
    async fn put_session(&self, _: TokenHash, _: &Session) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn touch_session(&self, _: TokenHash, _: &Session) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn remove_sessions(&self, _: &[TokenHash]) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn link(&self, _: TokenHash) -> Result<Option<Link>, StoreError> {
        Err(self.why)
    }
    async fn links(&self) -> Result<Vec<(TokenHash, Link)>, StoreError> {
        Err(self.why)
    }
    async fn put_link(&self, _: TokenHash, _: &Link) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn remove_links(&self, _: &[TokenHash]) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn add_audit_entry(&self, _: &AuditEntry) -> Result<(), StoreError> {
        Err(self.why)
    }
    async fn audit_log(&self) -> Result<Vec<AuditEntry>, StoreError> {
        Err(self.why)
    }
    async fn expire_accounts(&self, _: Timestamp) -> Result<(), StoreError> {
        Err(self.why)
    }
}
