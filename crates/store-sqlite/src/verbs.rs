use std::{ops::ControlFlow, path::Path, sync::Arc, time::Instant};

use async_trait::async_trait;
use metrics::StoreMetrics;
use store::{
    Alias, Aliased, BackupError, Changes, Check, Counted, Edition, Listed, NotAliased, Portion, Prune, Pruned,
    Publication, Readiness, Recent, Removal, Store, StoreError, Taken, Wanted, transfer::Line,
};
use tokio::sync::mpsc;
use visitor::{Day, Visitor};
use wire::{Article, ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

use super::{
    QUEUE_BYTES, SMALL, Sqlite, TRIED_FOR, backup, check, export, memory::Memory, recent, snapshot, work::Touch,
};

#[async_trait]
impl Store for Sqlite {
    async fn tallies(&self, site: &SiteId, articles: &[ArticleKey]) -> Result<Vec<Counted>, StoreError> {
        let memory = self.memory();
        Ok(articles.iter().map(|key| memory.counted(site, key)).collect())
    }

    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, Edition)]) -> bool {
        self.memory().is_current(site, articles)
    }

    async fn apply(&self, changes: Changes) -> Result<Vec<Tally>, StoreError> {
        let touches = self.run(changes.bytes(), move |work| work.apply(&changes)).await?;
        Ok(tallies(&self.memory(), touches))
    }

    async fn choice(
        &self,
        site: &SiteId,
        day: Day,
        article: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<OwnVote>, StoreError> {
        let (site, article, visitor) = (site.clone(), article.clone(), visitor.clone());
        self.look(move |work| work.choice(&site, day, &article, &visitor)).await
    }

    async fn forget(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        let (site, visitor, articles) = (site.clone(), visitor.clone(), articles.to_vec());
        let touches = self.run(SMALL, move |work| work.forget(&site, day, &visitor, &articles)).await?;
        Ok(tallies(&self.memory(), touches))
    }

    async fn article(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<Article>, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        self.look(move |work| work.article(&site, &key)).await
    }

    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        publication: Publication,
    ) -> Result<Tally, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        let bytes = publication.article.as_ref().map_or(0, |article| article.html.len());
        let touch = self.run(bytes, move |work| work.put_article(&site, day, &key, &publication)).await?;
        Ok(tally(&self.memory(), touch))
    }

    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let (site, after) = (site.clone(), after.cloned());
        let lines = self.look(move |work| work.articles(&site, after.as_ref(), limit)).await?;
        let memory = self.memory();
        let listed = lines.into_iter().map(|line| Listed {
            title: line.title,
            published: line.published,
            tally: tally(&memory, line.touch),
        });
        Ok(listed.collect())
    }

    async fn recent(&self, site: &SiteId, since: Day, wanted: Arc<Wanted>) -> Result<Recent, StoreError> {
        let (database, site) = (self.path.clone(), site.clone());
        let look = move || recent::recent(&snapshot::pinned(&database)?, &site, since, &*wanted);
        let found = tokio::task::spawn_blocking(look);
        found.await.map_err(|_| StoreError::Unavailable)?.map_err(|error| self.unanswered(&error.into()))
    }

    async fn remove_article(&self, site: &SiteId, key: &ArticleKey, removal: Removal) -> Result<bool, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        self.run(SMALL, move |work| work.remove_article(&site, &key, removal)).await
    }

    async fn prune(&self, site: &SiteId, prune: Prune, after: Option<&ArticleKey>) -> Result<Pruned, StoreError> {
        let (site, after) = (site.clone(), after.cloned());
        self.run(SMALL, move |work| work.prune(&site, prune, after.as_ref())).await
    }

    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<Result<Aliased, NotAliased>, StoreError> {
        let (site, old, new) = (site.clone(), old.clone(), new.clone());
        self.run(SMALL, move |work| work.alias(&site, day, (&old, &new), dry_run)).await
    }

    async fn remove_alias(&self, site: &SiteId, old: &ArticleKey) -> Result<Result<(), NotAliased>, StoreError> {
        let (site, old) = (site.clone(), old.clone());
        self.run(SMALL, move |work| work.remove_alias(&site, &old)).await
    }

    async fn aliases(&self, site: &SiteId, after: Option<&ArticleKey>, limit: usize) -> Result<Vec<Alias>, StoreError> {
        let (site, after) = (site.clone(), after.cloned());
        self.look(move |work| work.aliases(&site, after.as_ref(), limit)).await
    }

    async fn moved(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<ArticleKey>, StoreError> {
        Ok(self.memory().moved(site, key).cloned())
    }

    async fn turn_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError> {
        let site = site.clone();
        self.run(SMALL, move |work| work.turn_window(&site, day)).await
    }

    async fn tidy(&self, served: &[SiteId], today: Day) -> Result<(), StoreError> {
        let served = served.to_vec();
        self.run(SMALL, move |work| work.tidy(&served, today)).await
    }

    async fn readiness(&self, _sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        // Only a real write shows whether the disk works; the cache keeps frequent callers from wearing it out.
        let fresh = |tried: Instant| tried.elapsed() < TRIED_FOR;
        let known = self.tried().is_some_and(fresh);
        self.run(SMALL, move |work| if known { Ok(()) } else { work.try_write() }).await?;
        if !known {
            *self.tried() = Some(Instant::now());
        }
        Ok(Readiness::default())
    }

    fn storing(&self) -> StoreMetrics {
        self.storing.clone()
    }

    fn queued(&self) -> usize {
        self.jobs.as_ref().map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    async fn backup(&self, file: &Path, replace: bool) -> Result<u64, BackupError> {
        let (database, file) = (self.path.clone(), file.to_owned());
        let written = tokio::task::spawn_blocking(move || {
            backup::backup(&snapshot::pinned(&database).map_err(backup::failed)?, &database, &file, replace)
        });
        written.await.map_err(|panicked| BackupError::Io(panicked.into()))?
    }

    async fn export(&self, site: Option<&SiteId>, day: Day, to: mpsc::Sender<Line>) -> Result<(), StoreError> {
        let (database, site) = (self.path.clone(), site.cloned());
        let told = tokio::task::spawn_blocking(move || {
            let mut sink = |line| match to.blocking_send(line) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            export::export(&snapshot::pinned(&database)?, site.as_ref(), day, &mut sink)
        });
        told.await.map_err(|_| StoreError::Unavailable)?.map_err(|error| self.unanswered(&error.into()))
    }

    async fn import(&self, portion: Portion) -> Result<Taken, StoreError> {
        self.run(portion.bytes.min(QUEUE_BYTES), move |work| work.take(&portion)).await
    }

    async fn check(&self) -> Result<Check, StoreError> {
        let snapshot = self.snapshot().await?;
        let checked = tokio::task::spawn_blocking(move || check::check(&snapshot)).await;
        checked.map_err(|_| StoreError::Unavailable)?.map_err(|error| self.unanswered(&error.into()))
    }
}

fn tallies(memory: &Memory, touches: Vec<Touch>) -> Vec<Tally> {
    touches.into_iter().map(|touch| tally(memory, touch)).collect()
}

fn tally(memory: &Memory, touch: Touch) -> Tally {
    let Touch { key, entry, mine } = touch;
    let tally = match entry {
        Some(entry) => memory.tally(key, &entry),
        None => Tally::empty(key),
    };
    Tally { mine, ..tally }
}
