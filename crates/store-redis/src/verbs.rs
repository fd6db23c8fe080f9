use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use async_trait::async_trait;
use metrics::StoreMetrics;
use store::{
    Alias, Aliased, BackupError, Changes, Check, Closed, Counted, Edition, Hold, Listed, NotAliased, Portion, Prune,
    Pruned, Publication, Readiness, Recent, Removal, Store, StoreError, Taken, Wanted, transfer::Line,
};
use tokio::sync::mpsc;
use visitor::{Day, Visitor};
use wire::{Article, ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

use super::{Redis, command::Command, record::Found};

#[async_trait]
impl Store for Redis {
    async fn tallies(&self, site: &SiteId, articles: &[ArticleKey]) -> Result<Vec<Counted>, StoreError> {
        let found = self.find_all(site, articles).await?;
        let counted = found.into_iter().zip(articles).map(|((_, found), key)| match found {
            Found::Article(record) => record.counted(key.clone()),
            _ => {
                let (tally, edition) = (Tally::empty(key.clone()), Edition::default());
                Counted { tally, since: None, noscript: 0, edition }
            }
        });
        Ok(counted.collect())
    }

    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, Edition)]) -> bool {
        articles.iter().all(|(key, edition)| self.known.is_current(site, key, *edition))
    }

    async fn apply(&self, changes: Changes) -> Result<Vec<Tally>, StoreError> {
        self.count(&changes).await
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

    async fn forget(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        self.forget_visitor(site, day, visitor, articles).await
    }

    async fn article(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<Article>, StoreError> {
        self.copy_of(site, key).await
    }

    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        publication: Publication,
    ) -> Result<Tally, StoreError> {
        self.publish(site, day, key, &publication).await
    }

    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        self.list_of_articles(site, after, limit).await
    }

    async fn recent(&self, site: &SiteId, since: Day, wanted: Arc<Wanted>) -> Result<Recent, StoreError> {
        self.recent_of(site, since, &*wanted).await
    }

    async fn remove_article(&self, site: &SiteId, key: &ArticleKey, removal: Removal) -> Result<bool, StoreError> {
        self.remove(site, key, removal).await
    }

    async fn prune(&self, site: &SiteId, prune: Prune, after: Option<&ArticleKey>) -> Result<Pruned, StoreError> {
        self.prune_part(site, prune, after).await
    }

    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<Result<Aliased, NotAliased>, StoreError> {
        self.move_to(site, day, (old, new), dry_run).await
    }

    async fn remove_alias(&self, site: &SiteId, old: &ArticleKey) -> Result<Result<(), NotAliased>, StoreError> {
        self.unmove(site, old).await
    }

    async fn aliases(&self, site: &SiteId, after: Option<&ArticleKey>, limit: usize) -> Result<Vec<Alias>, StoreError> {
        self.list_of_aliases(site, after, limit).await
    }

    async fn moved(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<ArticleKey>, StoreError> {
        let (to, _) = self.find_all(site, std::slice::from_ref(key)).await?.remove(0);
        Ok((to != *key).then_some(to))
    }

    async fn turn_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError> {
        self.retire_salts(site, day);
        // Also prepare what the first event of a new article needs in other slots.
        let (salts, secrets, listed) =
            futures_util::join!(self.salts(site, day), self.secrets(), self.enlist_site(site, None));
        salts.and(secrets.map(drop)).and(listed)
    }

    /// Digests of sites that are not served expire in Redis, like all others.
    async fn tidy(&self, served: &[SiteId], today: Day) -> Result<(), StoreError> {
        self.retire_others(served, today);
        if self.erased.swap(false, Ordering::Relaxed) {
            for server in self.cluster.servers().await {
                if let Err(why) = self.cluster.ask_server(&server, Command::new("BGREWRITEAOF")).await {
                    // Retried in a minute. A server that is already rewriting reports an error.
                    tracing::info!(why, server = format!("{}:{}", server.0, server.1), "a file was not rewritten yet");
                    self.has_erased();
                }
            }
        }
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.watch.is_open()
    }

    fn moves_along(&self) -> bool {
        self.watch.is_believed()
    }

    async fn look(&self) -> Result<(), Closed> {
        self.watch_notice().await
    }

    async fn hold(&self) -> Result<Hold, Closed> {
        self.post_notice().await
    }

    async fn renew(&self, hold: &Hold) -> Result<bool, StoreError> {
        self.renew_notice(hold).await
    }

    async fn end(&self, hold: &Hold, moved: Option<&str>) -> Result<bool, StoreError> {
        self.end_notice(hold, moved).await
    }

    async fn reopen(&self) -> Result<bool, Closed> {
        self.strike_notice().await
    }

    async fn readiness(&self, sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        self.look_at_parts(sites).await
    }

    fn storing(&self) -> StoreMetrics {
        self.storing.clone()
    }

    fn queued(&self) -> usize {
        self.cluster.queued()
    }

    async fn backup(&self, _file: &Path, _replace: bool) -> Result<u64, BackupError> {
        Err(BackupError::NoFile)
    }

    async fn export(&self, site: Option<&SiteId>, day: Day, to: mpsc::Sender<Line>) -> Result<(), StoreError> {
        self.tell_all(site, day, &to).await
    }

    async fn import(&self, portion: Portion) -> Result<Taken, StoreError> {
        self.take(&portion).await
    }

    async fn check(&self) -> Result<Check, StoreError> {
        self.look_at_everything().await
    }
}
