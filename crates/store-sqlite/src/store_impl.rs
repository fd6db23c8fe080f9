use std::{
    ops::ControlFlow,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use metrics::StoreMetrics;
use store::{
    AccountStore, Alias, AliasOutcome, AliasVerdict, AppliedCounts, ArticleCounts,
    ArticleDayChange, ArticleFilter, ArticleIndex, ArticleMetadata, ArticleSummary, ArticleUpdate,
    BackupError, Changes, CheckReport, ChooseOfHours, ChooseOfPeriod, CountsVersion, Days,
    HourChange, ImportBatch, ImportReport, Metric, Period, PollRecord, PruneFilter, PrunePage,
    Readiness, RecentChanges, RecentHours, Refused, RefusedByProcess, Removal, Skipped, Store,
    StoreError, TypicalStart, export_format::Line, low_priority,
};
use tokio::sync::mpsc;
use visitor::{Day, Hour, Visitor};
use wire::{Article, ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

use super::{
    MAX_QUEUED_BYTES, MIN_JOB_BYTES, PROBE_VALID_FOR, Sqlite, backup, check, export, newsroom,
    read_model::ReadModel, recent, transaction::ArticleState,
};

#[async_trait]
impl Store for Sqlite {
    async fn tallies(
        &self,
        site: &SiteId,
        articles: &[ArticleKey],
    ) -> Result<Vec<ArticleCounts>, StoreError> {
        let read_model = self.read_model();
        Ok(articles
            .iter()
            .map(|key| read_model.counted(site, key))
            .collect())
    }

    async fn polls(
        &self,
        site: &SiteId,
        articles: &[ArticleKey],
    ) -> Result<Vec<PollRecord>, StoreError> {
        let read_model = self.read_model();
        let polls = articles.iter().map(|key| read_model.poll(site, key));
        Ok(polls.collect())
    }

    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, CountsVersion)]) -> bool {
        self.read_model().is_current(site, articles)
    }

    fn generation(&self) -> Option<u64> {
        Some(self.generation.load(Ordering::Acquire))
    }

    async fn apply(&self, changes: Changes) -> Result<Vec<AppliedCounts>, StoreError> {
        let states = self
            .run_event(changes.bytes(), move |transaction| {
                transaction.apply(&changes)
            })
            .await?;
        let read_model = self.read_model();
        let applied = states.into_iter().map(|state| applied(&read_model, state));
        Ok(applied.collect())
    }

    async fn choice(
        &self,
        site: &SiteId,
        day: Day,
        article: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<OwnVote>, StoreError> {
        let site = site.clone();
        let article = article.clone();
        let visitor = visitor.clone();
        self.read(move |transaction| transaction.choice(&site, day, &article, &visitor))
            .await
    }

    async fn erase_visitor(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        let site = site.clone();
        let visitor = visitor.clone();
        let articles = articles.to_vec();
        let states = self
            .run(MIN_JOB_BYTES, move |transaction| {
                transaction.erase_visitor(&site, day, &visitor, &articles)
            })
            .await?;
        Ok(tallies(&self.read_model(), states))
    }

    async fn article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<Article>, StoreError> {
        let site = site.clone();
        let key = key.clone();
        self.read(move |transaction| transaction.article(&site, &key))
            .await
    }

    async fn article_metadata(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleMetadata>, StoreError> {
        let site = site.clone();
        let key = key.clone();
        self.read(move |transaction| transaction.article_metadata(&site, &key))
            .await
    }

    async fn metadata(
        &self,
        site: &SiteId,
        keys: &[ArticleKey],
    ) -> Result<Vec<Option<ArticleMetadata>>, StoreError> {
        let site = site.clone();
        let keys = keys.to_vec();
        self.read(move |transaction| {
            let of = |key| transaction.article_metadata(&site, key);
            keys.iter().map(of).collect()
        })
        .await
    }

    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        update: ArticleUpdate,
    ) -> Result<Tally, StoreError> {
        let site = site.clone();
        let key = key.clone();
        let bytes = update
            .article
            .as_ref()
            .map_or(0, |article| article.html.len());
        let state = self
            .run(bytes, move |transaction| {
                transaction.put_article(&site, day, &key, &update)
            })
            .await?;
        Ok(tally(&self.read_model(), state))
    }

    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleSummary>, StoreError> {
        let site = site.clone();
        let after = after.cloned();
        let articles = self
            .read(move |transaction| transaction.articles(&site, after.as_ref(), limit))
            .await?;
        let read_model = self.read_model();
        let listed = articles.into_iter().map(|article| ArticleSummary {
            title: article.title,
            published: article.published,
            tally: tally(&read_model, article.state),
        });
        Ok(listed.collect())
    }

    async fn recent_changes(
        &self,
        site: &SiteId,
        since: Day,
        filter: Arc<ArticleFilter>,
    ) -> Result<RecentChanges, StoreError> {
        let site = site.clone();
        self.query(move |conn| recent::recent(conn, &site, since, &*filter))
            .await
    }

    async fn article_days(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        since: Day,
    ) -> Result<Option<Vec<ArticleDayChange>>, StoreError> {
        let id = self.read_model().counted(site, key).version.id;
        if id == 0 {
            return Ok(None);
        }
        self.query(move |conn| recent::of_article(conn, id, since))
            .await
            .map(Some)
    }

    async fn site_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<HourChange>, StoreError> {
        let site = site.clone();
        let section = section.map(str::to_owned);
        self.query(move |conn| newsroom::site_hours(conn, &site, section.as_deref(), days))
            .await
    }

    async fn article_hours(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError> {
        let id = self.read_model().counted(site, key).version.id;
        if id == 0 {
            return Ok(None);
        }
        let site = site.clone();
        self.query(move |conn| newsroom::article_hours(conn, &site, id, days))
            .await
            .map(Some)
    }

    async fn period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        _: Duration,
        choose: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError> {
        let site = site.clone();
        let section = section.map(str::to_owned);
        self.query(move |conn| newsroom::period(conn, &site, section.as_deref(), days, &*choose))
            .await
    }

    async fn totals(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<(Metric, i64)>, StoreError> {
        let site = site.clone();
        let section = section.map(str::to_owned);
        self.query(move |conn| newsroom::totals(conn, &site, section.as_deref(), days))
            .await
    }

    async fn recent_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        last: (Day, Hour),
        hours: u8,
        choose: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError> {
        let site = site.clone();
        let section = section.map(str::to_owned);
        self.query(move |conn| {
            newsroom::recent_hours(conn, &site, section.as_deref(), last, hours, &*choose)
        })
        .await
    }

    async fn typical_start(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<TypicalStart, StoreError> {
        let site = site.clone();
        let section = section.map(str::to_owned);
        self.query(move |conn| newsroom::typical_start(conn, &site, section.as_deref(), days))
            .await
    }

    async fn article_index(&self, site: &SiteId) -> Result<Arc<ArticleIndex>, StoreError> {
        let site = site.clone();
        self.query(move |conn| newsroom::article_index(conn, &site))
            .await
            .map(Arc::new)
    }

    async fn note_refused(
        &self,
        site: &SiteId,
        day: Day,
        by: RefusedByProcess,
    ) -> Result<(), StoreError> {
        let site = site.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.note_refused(&site, day, &by)
        })
        .await
    }

    async fn refused(&self, site: &SiteId, day: Day) -> Result<Vec<Refused>, StoreError> {
        let site = site.clone();
        self.read(move |transaction| transaction.refused(&site, day))
            .await
    }

    async fn refused_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Vec<Refused>, StoreError> {
        let (site, key) = (site.clone(), key.clone());
        self.read(move |transaction| transaction.refused_of(&site, &key, days))
            .await
    }

    async fn remove_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
    ) -> Result<bool, StoreError> {
        let site = site.clone();
        let key = key.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.remove_article(&site, &key, removal)
        })
        .await
    }

    async fn prune(
        &self,
        site: &SiteId,
        filter: PruneFilter,
        after: Option<&ArticleKey>,
    ) -> Result<PrunePage, StoreError> {
        let site = site.clone();
        let after = after.cloned();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.prune(&site, filter, after.as_ref())
        })
        .await
    }

    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<AliasVerdict<AliasOutcome>, StoreError> {
        let site = site.clone();
        let old = old.clone();
        let new = new.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.alias(&site, day, (&old, &new), dry_run)
        })
        .await
    }

    async fn remove_alias(
        &self,
        site: &SiteId,
        old: &ArticleKey,
    ) -> Result<AliasVerdict<()>, StoreError> {
        let site = site.clone();
        let old = old.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.remove_alias(&site, &old)
        })
        .await
    }

    async fn aliases(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Alias>, StoreError> {
        let site = site.clone();
        let after = after.cloned();
        self.read(move |transaction| transaction.aliases(&site, after.as_ref(), limit))
            .await
    }

    async fn aliases_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let id = self.read_model().counted(site, key).version.id;
        self.query(move |conn| newsroom::aliases_of(conn, id)).await
    }

    async fn alias_target(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleKey>, StoreError> {
        Ok(self.read_model().alias_target(site, key).cloned())
    }

    async fn start_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError> {
        let site = site.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.start_window(&site, day)
        })
        .await
    }

    async fn clean_up(&self, served: &[SiteId], today: Day) -> Result<(), StoreError> {
        let served = served.to_vec();
        // A query of a page would keep the WAL from being emptied, in which deleted data is.
        let pause = low_priority::pause().await;
        let mut are_left = self
            .queue(MIN_JOB_BYTES, false, |transaction| {
                transaction.move_old_votes()
            })
            .await?;
        while are_left {
            // Events wait for one part at most.
            are_left = self
                .queue(MIN_JOB_BYTES, false, |transaction| {
                    transaction.move_due_votes()
                })
                .await?;
        }
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction.clean_up(&served, today)
        })
        .await?;
        drop(pause);
        self.make_rollups(today).await
    }

    async fn readiness(&self, _sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        // Only a real write shows whether the disk works; the cache keeps frequent callers from wearing it out.
        let is_fresh = |probe: Instant| probe.elapsed() < PROBE_VALID_FOR;
        let is_known = self.last_probe().is_some_and(is_fresh);
        // Counts stay in their log: anybody may ask, and events only need room for that.
        self.queue(MIN_JOB_BYTES, false, move |transaction| {
            if is_known {
                Ok(())
            } else {
                transaction.try_write()
            }
        })
        .await?;
        if !is_known {
            *self.last_probe() = Some(Instant::now());
        }
        Ok(Readiness::default())
    }

    fn accounts(&self) -> &dyn AccountStore {
        self
    }

    fn metrics(&self) -> StoreMetrics {
        self.metrics.clone()
    }

    fn queued(&self) -> usize {
        self.jobs
            .as_ref()
            .map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    async fn backup(&self, file: &Path, replace: bool) -> Result<u64, BackupError> {
        let begin = self.read_transaction();
        let database = self.path.clone();
        let file = file.to_owned();
        let written = tokio::task::spawn_blocking(move || {
            let snapshot = begin().map_err(|failure| BackupError::Engine(failure.into()))?;
            backup::backup(&snapshot, &database, &file, replace)
        });
        written
            .await
            .map_err(|panicked| BackupError::Io(panicked.into()))?
    }

    async fn export(
        &self,
        site: Option<&SiteId>,
        day: Day,
        to: mpsc::Sender<Line>,
    ) -> Result<Vec<Skipped>, StoreError> {
        let site = site.cloned();
        self.query_all(move |conn| {
            let mut sink = |article| match to.blocking_send(article) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            export::export(conn, site.as_ref(), day, &mut sink)
        })
        .await
    }

    async fn import(&self, batch: ImportBatch) -> Result<ImportReport, StoreError> {
        self.run(batch.bytes.min(MAX_QUEUED_BYTES), move |transaction| {
            transaction.import(&batch)
        })
        .await
    }

    async fn check(&self) -> Result<CheckReport, StoreError> {
        let snapshot = self.snapshot().await?;
        let checked = tokio::task::spawn_blocking(move || check::check(&snapshot)).await;
        checked
            .map_err(|_| StoreError::Unavailable)?
            .map_err(|error| self.read_failed(&error.into()))
    }
}

impl Sqlite {
    /// Makes the roll-ups that are missing, with a pause between those that take long. `today`: in UTC; another time zone may
    /// have the day before.
    async fn make_rollups(&self, today: Day) -> Result<(), StoreError> {
        let end = Day::new(today.get().saturating_sub(1));
        let sites = self
            .run(MIN_JOB_BYTES, move |transaction| {
                Ok(transaction.begin_rollups(end))
            })
            .await?;
        for site in sites {
            let mut is_more = true;
            while is_more {
                let site = site.clone();
                let new = self.query(move |conn| newsroom::missing_rollups(conn, &site, end));
                let Some(new) = new.await?.filter(|new| !new.rollups.is_empty()) else {
                    break;
                };
                is_more = new.is_more;
                let bytes = new.rollups.iter().map(|(_, rollup)| rollup.articles.len());
                let bytes = bytes.sum::<usize>().min(MAX_QUEUED_BYTES);
                // If a day has changed meanwhile, the next clean-up makes them.
                is_more &= self
                    .run(bytes, move |transaction| transaction.store_rollups(&new))
                    .await?;
            }
        }
        Ok(())
    }
}

fn tallies(read_model: &ReadModel, states: Vec<ArticleState>) -> Vec<Tally> {
    states
        .into_iter()
        .map(|state| tally(read_model, state))
        .collect()
}

fn applied(read_model: &ReadModel, state: ArticleState) -> AppliedCounts {
    let poll = state.entry.as_ref().and_then(|entry| entry.poll.clone());
    AppliedCounts {
        tally: tally(read_model, state),
        poll,
    }
}

fn tally(read_model: &ReadModel, state: ArticleState) -> Tally {
    let ArticleState { key, entry, mine } = state;
    let tally = match entry {
        Some(entry) => read_model.tally(key, &entry),
        None => Tally::empty(key),
    };
    Tally { mine, ..tally }
}
