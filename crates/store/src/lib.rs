//! Storage of counts: the [`Store`] trait and its types. Independent of HTTP, of the configuration, of the rules that
//! decide which events count, and of the engines.

/// Storage of the newsroom's accounts.
mod account_store;
/// Admission hook for events that are counted for the first time.
mod admission;
/// Articles that move from one key to another.
mod alias;
/// Types of an article's counts, copy and listing.
mod article;
/// The index of all articles of a site.
mod article_index;
/// Readers' events.
mod change;
/// Report of a consistency check.
mod check;
/// Errors: of opening, of an operation, of a backup or restore.
mod error;
/// The export format.
pub mod export_format;
/// Throttling of the log of repeated failures.
mod failure_streak;
/// Hours of counts, and their merging by an import.
mod hours;
/// Parts of an import and its report.
mod import;
/// Threads for work that must not delay readers.
pub mod low_priority;
/// Return of memory to the system.
pub mod memory;
/// Metrics: the counters of an article.
mod metric;
/// Queries of the newsroom's pages.
mod newsroom;
/// The newsroom's settings for the poll of one article.
mod poll;
/// Deletion of articles that only readers created.
mod prune;
/// Write availability of each part of a store.
mod readiness;
/// Numbers of refused events.
mod refused;
/// Sums of days in a compact form.
mod rollup;
/// What an export or an import leaves out.
mod skipped;
/// Articles' first hours.
mod start_hours;
/// Blocks writes during a migration.
mod write_block;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use metrics::StoreMetrics;
use tokio::sync::mpsc;
use visitor::{Day, Hour, Visitor};
use wire::{Article, ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

pub use self::{
    account_store::AccountStore,
    admission::{Admission, NewEvent, NewEventKind},
    alias::{Alias, AliasEffect, AliasError, AliasOutcome, AliasVerdict, MAX_VOTE_IDS},
    article::{
        AppliedCounts, ArticleCounts, ArticleDayChange, ArticleFilter, ArticleMetadata,
        ArticleSummary, ArticleUpdate, ClientCounts, CountsVersion, DailyDelta, MAX_COUNT,
        POLL_OPENS_AT_EVENTS, PollRecord, RecentArticle, RecentChanges, Removal, poll_opened_on,
        starting_count, sum_of_starting_counts, total_count,
    },
    article_index::{ArticleIndex, IndexedArticle, IndexedCount},
    change::{Change, Changes, client_kind},
    check::{ArticleRef, CheckReport, Finding},
    error::{BackupError, BoxedError, OpenError, RestoreError, StoreError},
    failure_streak::FailureStreak,
    hours::{ARTICLE_HOURS_DAYS, DayHours, is_first_day, merged_hours},
    import::{ImportBatch, ImportReport},
    metric::Metric,
    newsroom::{
        ArticleCard, ChooseOfHours, ChooseOfPeriod, Days, HourChange, HourSums,
        MAX_DAYS_OF_SECTION, NowCounts, NowQuery, Period, PeriodBuilder, PeriodSums, RecentHours,
        START_HOURS, TypicalStart,
    },
    poll::{ArticlePoll, MAX_OPTIONS_OFF, MAX_QUESTION_CHARS, MIN_POLL_OPTIONS},
    prune::{PRUNE_PAGE_ARTICLES, PruneFilter, PrunePage},
    readiness::Readiness,
    refused::{
        ARTICLE_REFUSED_KEPT_DAYS, REFUSED_KEPT_DAYS, Refused, RefusedByProcess, add_refused,
        sum_refused,
    },
    rollup::{PeriodPart, Rollup, add_articles_of_rollup, add_days_of_rollup, cover, rollup_spans},
    skipped::Skipped,
    start_hours::{StartHours, hours_until},
    write_block::{WriteBlockLease, WritesBlocked},
};
use crate::export_format::Line;

/// Opens the store at a URL, whose scheme selects the engine.
pub type OpenStore = fn(&str) -> Result<Arc<dyn Store>, OpenError>;

/// Sanitises an article's copy. Returns the copy to store, or the reason why it is rejected, as a sentence.
pub type Sanitizer = dyn Fn(&Article) -> Result<Article, String>;

/// Result of restoring a [backup](Store::backup).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Number of articles in the backup.
    pub articles: u64,
    /// Articles whose copies contained markup that Gema does not store: it was removed.
    pub cleaned: Vec<(SiteId, ArticleKey)>,
    /// Articles whose copies were rejected and removed, with the reason.
    pub skipped: Vec<Skipped>,
    /// Path of the replaced database, if there was one.
    pub replaced: Option<PathBuf>,
}

/// The path in the URL; `None` for engines that are not a file.
pub fn file_path(url: &str) -> Option<&Path> {
    match url.split_once(':') {
        Some(("sqlite", path)) => Some(Path::new(path)),
        Some((scheme, _)) if is_scheme(scheme) => None,
        _ => Some(Path::new(url)),
    }
}

/// The URL without its password, for display.
pub fn redacted_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.into();
    };
    match rest.rsplit_once('@') {
        Some((who, rest)) => {
            let user = who.split_once(':').map_or(who, |(user, _)| user);
            let at = if user.is_empty() { "" } else { "@" };
            format!("{scheme}://{user}{at}{rest}")
        }
        None if has_ports(rest) => url.into(),
        // The text after the last colon is not a port, but may be a password whose host is missing.
        None => format!("{scheme}://…"),
    }
}

/// Whether every port in a list of hosts is a number: `a:1,[::1]:2,b`. A host may have no port.
fn has_ports(hosts: &str) -> bool {
    let hosts = hosts.split(['/', '?']).next().unwrap_or_default();
    let port = |host: &str| host.rsplit_once(':').map(|(_, port)| port.to_owned());
    hosts
        .split(',')
        .filter_map(port)
        .all(|port| port.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the text before a colon is a URL's scheme. Excludes plain paths that contain a colon, and Windows drive
/// letters.
pub fn is_scheme(text: &str) -> bool {
    !text.contains(['/', '\\', '.']) && text.len() > 1
}

/// The operations of the domain. Every write is idempotent, and returns after it is durable.
#[async_trait]
pub trait Store: Send + Sync {
    /// Counts of each article, in the order of `articles`; zero for unknown articles.
    async fn tallies(
        &self,
        site: &SiteId,
        articles: &[ArticleKey],
    ) -> Result<Vec<ArticleCounts>, StoreError>;

    /// What decides about the poll of each article, in the order of `articles`.
    async fn polls(
        &self,
        site: &SiteId,
        articles: &[ArticleKey],
    ) -> Result<Vec<PollRecord>, StoreError> {
        let counts = self.tallies(site, articles).await?;
        Ok(counts.into_iter().map(PollRecord::from).collect())
    }

    /// Whether these versions are still the current ones. Does not block: false if that is not known immediately.
    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, CountsVersion)]) -> bool;

    /// A number that changes whenever a version does, before the change is acknowledged: while it is the same, what
    /// was current still is. Read it before [`is_current`](Self::is_current). `None`: not known.
    fn generation(&self) -> Option<u64> {
        None
    }

    /// Counts the changes that are new, and returns the counts of each article touched, in the order of first change,
    /// with the visitor's choice in `mine`. Changes that the admission hook rejects are left out, as if they had not been sent.
    async fn apply(&self, changes: Changes) -> Result<Vec<AppliedCounts>, StoreError>;

    /// The visitor's choice in the article, as of that day; `None`: no choice so far.
    async fn choice(
        &self,
        site: &SiteId,
        day: Day,
        article: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<OwnVote>, StoreError>;

    /// Withdraws the visitor's choices in these articles and deletes their rows. Returns one tally for each article
    /// that had a row.
    async fn erase_visitor(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError>;

    /// The stored copy of the article, if there is one. It may be a megabyte: callers that show no body use
    /// [`article_metadata`](Self::article_metadata).
    async fn article(&self, site: &SiteId, key: &ArticleKey)
    -> Result<Option<Article>, StoreError>;

    /// The stored copy without its body, which is not loaded.
    async fn article_metadata(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleMetadata>, StoreError>;

    /// The same of several articles, in their order.
    async fn metadata(
        &self,
        site: &SiteId,
        keys: &[ArticleKey],
    ) -> Result<Vec<Option<ArticleMetadata>>, StoreError> {
        let mut all = Vec::with_capacity(keys.len());
        for key in keys {
            all.push(self.article_metadata(site, key).await?);
        }
        Ok(all)
    }

    /// Stores a copy of the article, or starting counts, or both.
    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        update: ArticleUpdate,
    ) -> Result<Tally, StoreError>;

    /// At most `limit` articles in the order of their keys, starting after the key `after`.
    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleSummary>, StoreError>;

    /// Daily changes since that day of the wanted articles. The cost is proportional to what was counted in that time,
    /// so call it rarely.
    async fn recent_changes(
        &self,
        site: &SiteId,
        since: Day,
        filter: Arc<ArticleFilter>,
    ) -> Result<RecentChanges, StoreError>;

    /// Daily changes of one article since that day, in the order of days. An alias has those of its target. `None`: the
    /// article does not exist.
    async fn article_days(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        since: Day,
    ) -> Result<Option<Vec<ArticleDayChange>>, StoreError>;

    /// What was counted in the site in each hour of these days, in the order of time. `section`: only articles whose keys
    /// begin with it, of which hours are kept for eight days.
    async fn site_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<HourChange>, StoreError>;

    /// What was counted in an article in each hour of these days, as far as its hours are kept: those of its first eight
    /// days and of the site's last eight. `None`: the article does not exist.
    async fn article_hours(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError>;

    /// What was counted in these days, of each article, with the articles that `choose` selects. `max_age`: how old the sums of
    /// the last days may be. An engine may share what it has gathered for another period, and then tells since when.
    async fn period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        max_age: Duration,
        choose: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError>;

    /// The sum of each metric in these days.
    async fn totals(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<(Metric, i64)>, StoreError>;

    /// Reads of each article in the `hours` hours that end with that one, with the articles that `choose` selects.
    async fn recent_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        last: (Day, Hour),
        hours: u8,
        choose: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError>;

    /// What is read now: the hours of the site, the last hours of each article, and the period of today. An engine that reads
    /// the articles of today for each of them may read them once for all.
    async fn now(
        &self,
        site: &SiteId,
        section: Option<&str>,
        query: NowQuery,
    ) -> Result<NowCounts, StoreError> {
        let today = Days::until(query.last.0, 1);
        let (hours, recent, today) = tokio::try_join!(
            self.site_hours(site, section, query.days),
            self.recent_hours(site, section, query.last, query.hours, query.of_hours),
            self.period(site, section, today, Duration::ZERO, query.of_today),
        )?;
        Ok(NowCounts {
            hours,
            recent,
            today,
        })
    }

    /// How articles that started in these days were read in their first hours, since their first read.
    async fn typical_start(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<TypicalStart, StoreError>;

    /// All articles with their totals. The cost is proportional to their number; with Redis, while the last index of the
    /// site is held, to the number of those that were counted or changed since.
    async fn article_index(&self, site: &SiteId) -> Result<Arc<ArticleIndex>, StoreError>;

    /// Replaces the numbers of what one process has refused on that day, and deletes those of days that are older than
    /// [`REFUSED_KEPT_DAYS`].
    async fn note_refused(
        &self,
        site: &SiteId,
        day: Day,
        by: RefusedByProcess,
    ) -> Result<(), StoreError>;

    /// The refusals of that day that all processes have noted, added up, in the order of the labels.
    async fn refused(&self, site: &SiteId, day: Day) -> Result<Vec<Refused>, StoreError>;

    /// The same of one article, on these days together, of which the last [`ARTICLE_REFUSED_KEPT_DAYS`] are kept.
    async fn refused_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Vec<Refused>, StoreError>;

    /// Removes the article's copy, or everything. Returns whether there was anything to remove.
    async fn remove_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
    ) -> Result<bool, StoreError>;

    /// Examines one page of the list, starting after the key `after`, and deletes the articles in it that only readers
    /// created.
    async fn prune(
        &self,
        site: &SiteId,
        filter: PruneFilter,
        after: Option<&ArticleKey>,
    ) -> Result<PrunePage, StoreError>;

    /// Makes `old` an alias of `new` and merges their counts. With `dry_run`, only reports what that would do.
    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<AliasVerdict<AliasOutcome>, StoreError>;

    /// Removes an alias, unless counts were merged by it.
    async fn remove_alias(
        &self,
        site: &SiteId,
        old: &ArticleKey,
    ) -> Result<AliasVerdict<()>, StoreError>;

    /// At most `limit` aliases in the order of their keys, starting after the key `after`.
    async fn aliases(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Alias>, StoreError>;

    /// The aliases of an article, in the order of their keys; none if it does not exist.
    async fn aliases_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Vec<ArticleKey>, StoreError>;

    /// The key of the article that answers for this key, if the key is an alias.
    async fn alias_target(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleKey>, StoreError>;

    /// Starts the site's window for that day if it has not started: deletes the deduplication digests of windows
    /// before the previous one, and their salts.
    async fn start_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError>;

    /// Deletes the digests of ended windows of sites that are not in `served`, and makes sure that data deleted by any
    /// operation is physically gone from the store's files. Call it every minute.
    async fn clean_up(&self, _served: &[SiteId], _today: Day) -> Result<(), StoreError> {
        Ok(())
    }

    /// Releases what other endpoints would wait for. Call it before the process ends, when no other call is in progress.
    async fn release(&self) {}

    /// Whether writes are accepted. Does not block: false if that is not known immediately.
    fn accepts_writes(&self) -> bool {
        true
    }

    /// Whether all writes made so far are included in a migration that may have started. Checked after each write,
    /// before it is acknowledged. Does not block: false if that is not known immediately.
    fn can_acknowledge(&self) -> bool {
        true
    }

    /// Refreshes the cached write block: an error if a migration, through any endpoint, is running or has finished. On
    /// success, all writes made so far are included in any later migration. Call it every second.
    async fn refresh_write_block(&self) -> Result<(), WritesBlocked> {
        Ok(())
    }

    /// Blocks the writes of every endpoint that uses this store, until the lease ends or has not been renewed for some
    /// seconds.
    async fn block_writes(&self) -> Result<WriteBlockLease, WritesBlocked> {
        Ok(WriteBlockLease::default())
    }

    /// Extends the lease; call it every two seconds. False: it had expired, and writes may have been accepted.
    async fn renew_write_block(&self, _lease: &WriteBlockLease) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Ends the lease. Writes are accepted again, unless `moved_to` names the store that holds all data now. False: it had
    /// expired before.
    async fn end_write_block(
        &self,
        _lease: &WriteBlockLease,
        _moved_to: Option<&str>,
    ) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Accepts writes again after a completed migration. Returns whether the store had been migrated.
    async fn unblock_writes(&self) -> Result<bool, WritesBlocked> {
        Ok(false)
    }

    /// Whether events of any of these sites would be accepted now, each on its day, and which parts accept writes.
    async fn readiness(&self, sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError>;

    /// Writes a consistent snapshot to a file with mode 0600, atomically, and returns its size in bytes. The salts are
    /// left out. An existing file is replaced only if `replace` is set.
    async fn backup(&self, file: &Path, replace: bool) -> Result<u64, BackupError>;

    /// Streams the exportable data of one site or of all, line by line: one consistent snapshot, or one per article in
    /// a cluster. Does not block reads and writes. Stops early when the receiver is dropped. Returns what was left out:
    /// articles and aliases with names that no request can have, which another program has written.
    async fn export(
        &self,
        site: Option<&SiteId>,
        day: Day,
        to: mpsc::Sender<Line>,
    ) -> Result<Vec<Skipped>, StoreError>;

    /// Imports part of an export. Data that is already known changes nothing.
    async fn import(&self, batch: ImportBatch) -> Result<ImportReport, StoreError>;

    /// Checks the integrity of the storage and that all sums match. Does not block reads and writes.
    async fn check(&self) -> Result<CheckReport, StoreError>;

    /// The newsroom's accounts. They are not part of an export.
    fn accounts(&self) -> &dyn AccountStore;

    /// The store's metrics.
    fn metrics(&self) -> StoreMetrics {
        StoreMetrics::default()
    }

    /// Number of queued writes.
    fn queued(&self) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redacted_url_has_no_password() {
        for (url, what) in [
            ("redis://u:p/w?@h:1/3", "redis://u@h:1/3"),
            ("redis://:p@h", "redis://h"),
            ("redis://h:1/3?prefix=a", "redis://h:1/3?prefix=a"),
            (
                "redis+cluster://a:1,[::1]:2,[::1],b",
                "redis+cluster://a:1,[::1]:2,[::1],b",
            ),
            ("redis://u:password", "redis://…"),
            ("redis://u:pass/word", "redis://…"),
            ("gema.db", "gema.db"),
        ] {
            assert_eq!(redacted_url(url), what);
        }
    }
}
