//! The unit of work of one transaction. The counts of touched articles are kept in memory and written once at its end,
//! however many events each had.

/// Aliases: renaming and merging articles.
mod alias;
/// Articles: copies, starting counts, lists, removal.
mod articles;
/// Readers' events.
mod events;
/// Counts by hour.
mod hours;
/// Imports of an export.
mod import;
/// Outcome counters of events.
mod outcomes;
/// Deletion of articles that only readers created.
mod prune;
/// Numbers of refused events.
mod refused;
/// Roll-ups of days.
mod rollups;
/// Statements that most events execute.
mod statements;
/// Readers' votes.
mod votes;
/// What is written at the end.
mod write;

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use rusqlite::{Connection, params};
use wire::{ArticleKey, SiteId};

pub(super) use articles::read_article;
pub(super) use events::ArticleState;

use super::{
    count_changes::HourChange,
    count_log::CountLog,
    event_logs::EventLogs,
    failure::Failure,
    interner::Interner,
    read_model::{Counts, Entry, MetricId, ReadModel},
    rollups::RolledDays,
    salt_file::SaltFile,
    secrets::VoteKeys,
    seen::Seen,
    vote_log::VoteLog,
};
use outcomes::Outcomes;
use statements::EventStatements;
use store::Admission;
use visitor::{Day, Hour};

/// An open transaction.
pub(super) struct Transaction<'w> {
    conn: &'w Connection,
    statements: EventStatements<'w>,
    interner: &'w mut Interner,
    rolled_days: &'w mut RolledDays,
    salts: &'w mut SaltFile,
    seen: &'w mut Seen,
    vote_log: &'w mut VoteLog,
    count_log: &'w mut CountLog,
    secrets: &'w mut VoteKeys,
    read_model: &'w RwLock<ReadModel>,
    articles: Vec<DirtyArticle>,
    /// Index into `articles` by requested key; an alias has the index of its article.
    index_by_key: HashMap<SiteId, HashMap<ArticleKey, usize>>,
    outcomes: Outcomes,
    aliases: Vec<AliasChange>,
    /// Whether its changes of counts are written to their tables, in place of the log.
    uses_tables: bool,
    erased: bool,
    is_cleanup: bool,
    /// Admission hooks to notify of the commit or rollback.
    admissions: Vec<Arc<dyn Admission>>,
}

/// An article that the transaction reads or changes.
#[derive(Clone)]
struct DirtyArticle {
    site: SiteId,
    key: ArticleKey,
    /// `None`: the article does not exist, or was deleted by this transaction.
    entry: Option<Entry>,
    /// Changes by day and hour that are not written yet.
    days: Vec<HourChange>,
    changed: bool,
}

/// An alias and its new target; `None` removes the alias.
type AliasChange = (SiteId, ArticleKey, Option<ArticleKey>);

/// Effects of the transaction that apply after its commit.
pub(super) struct CommitEffects {
    pub(super) entries: Vec<(SiteId, ArticleKey, Option<Entry>)>,
    pub(super) outcomes: Outcomes,
    pub(super) aliases: Vec<AliasChange>,
    /// Rows were deleted that must also disappear from the WAL.
    pub(super) erased: bool,
    /// The periodic cleanup ran: truncate the WAL if `erased`.
    pub(super) is_cleanup: bool,
    pub(super) admissions: Vec<Arc<dyn Admission>>,
}

impl<'w> Transaction<'w> {
    pub(super) fn new(
        conn: &'w Connection,
        interner: &'w mut Interner,
        rolled_days: &'w mut RolledDays,
        salts: &'w mut SaltFile,
        EventLogs {
            seen,
            vote_log,
            count_log,
        }: &'w mut EventLogs,
        secrets: &'w mut VoteKeys,
        read_model: &'w RwLock<ReadModel>,
    ) -> Self {
        let articles = Vec::new();
        let index_by_key = HashMap::new();
        let aliases = Vec::new();
        let outcomes = Outcomes::default();
        let uses_tables = false;
        let erased = false;
        let is_cleanup = false;
        let admissions = Vec::new();
        Self {
            conn,
            statements: EventStatements::new(),
            interner,
            rolled_days,
            salts,
            seen,
            vote_log,
            count_log,
            secrets,
            read_model,
            articles,
            index_by_key,
            aliases,
            outcomes,
            uses_tables,
            erased,
            is_cleanup,
            admissions,
        }
    }

    /// Writes and deletes a row, so that a full or read-only disk is detected.
    pub(super) fn try_write(&mut self) -> Result<(), Failure> {
        self.salts.try_write()?;
        // SQLite skips an update that changes nothing.
        self.conn.execute_batch(
            "insert into secret values ('try', x''); delete from secret where name = 'try'",
        )?;
        Ok(())
    }

    /// All counts as of the last commit, without this transaction's changes.
    pub(super) fn read_model(&self) -> ReadModel {
        self.read_model
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The connection, for queries that are not of counts.
    pub(super) fn conn(&self) -> &'w Connection {
        self.conn
    }

    /// Notes that rows were deleted that must also disappear from the WAL.
    pub(super) fn note_erasure(&mut self) {
        self.erased = true;
    }

    /// Ends the unit of work, before the commit or rollback.
    pub(super) fn finish(self) -> CommitEffects {
        let changed = self.articles.into_iter().filter(|article| article.changed);
        CommitEffects {
            entries: changed
                .map(|article| (article.site, article.key, article.entry))
                .collect(),
            outcomes: self.outcomes,
            aliases: self.aliases,
            erased: self.erased,
            is_cleanup: self.is_cleanup,
            admissions: self.admissions,
        }
    }

    /// Starts the site's window for that day, and deletes the digests of ended windows.
    pub(super) fn start_window(&mut self, site: &SiteId, day: Day) -> Result<(), Failure> {
        if self.salts.rotate(site, day)? {
            let days = self.salts.live(site).iter().map(|salt| salt.day);
            // The current windows are adjacent.
            if let (Some(first), Some(last)) = (days.clone().min(), days.max()) {
                let id = self.interner.site(self.conn, site)?;
                self.erased |= self.seen.end_windows(self.conn, id, &(first..=last))?;
            }
        }
        Ok(())
    }

    /// Deletes digests of ended windows of sites that are not served. One day of slack covers every time zone.
    pub(super) fn clean_up(&mut self, served: &[SiteId], today: Day) -> Result<(), Failure> {
        self.salts.prune(served, today)?;
        let live = Day::new(today.get() - 1)..=Day::new(today.get() + 1);
        let sites = self.interner.sites();
        for (_, id) in sites.filter(|(site, _)| !served.contains(site)) {
            self.erased |= self.seen.end_windows(self.conn, id, &live)?;
        }
        self.is_cleanup = true;
        self.prune_article_hours(today)
    }

    /// Moves the logged votes into their table, some in this transaction. Returns whether [others](Self::move_due_votes) are
    /// left.
    pub(super) fn move_old_votes(&mut self) -> Result<bool, Failure> {
        Ok(self.vote_log.move_old(self.conn)?)
    }

    /// Moves some of those that are left. Returns whether there were any.
    pub(super) fn move_due_votes(&mut self) -> Result<bool, Failure> {
        Ok(self.vote_log.move_due(self.conn)?)
    }

    /// Moves the logged votes into their table, for what counts, changes or deletes rows there.
    fn fold_votes(&mut self) -> Result<(), Failure> {
        Ok(self.vote_log.fold(self.conn)?)
    }

    /// Whether the transaction is still open: on some errors, SQLite rolls back on its own.
    pub(super) fn is_open(&self) -> bool {
        !self.conn.is_autocommit()
    }

    /// Index of the article in `articles`; its entry is `None` if the article does not exist. Follows aliases.
    fn article_index(&mut self, site: &SiteId, key: &ArticleKey) -> usize {
        if let Some(index) = self
            .index_by_key
            .get(site)
            .and_then(|articles| articles.get(key))
        {
            return *index;
        }
        let read_model = self
            .read_model
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let known = match read_model.alias_target(site, key) {
            Some(to) => Err(to.clone()),
            None => Ok(read_model.get(site, key).map(Cow::into_owned)),
        };
        drop(read_model);
        let index = match known {
            Ok(entry) => self.add_article(site, key, entry),
            Err(to) => self.article_index(site, &to),
        };
        self.index_key(site, key, index);
        index
    }

    fn add_article(&mut self, site: &SiteId, key: &ArticleKey, entry: Option<Entry>) -> usize {
        self.articles.push(DirtyArticle {
            site: site.clone(),
            key: key.clone(),
            entry,
            days: Vec::new(),
            changed: false,
        });
        self.articles.len() - 1
    }

    /// Maps a requested key to an index in `articles`.
    fn index_key(&mut self, site: &SiteId, key: &ArticleKey, index: usize) {
        let articles = match self.index_by_key.get_mut(site) {
            Some(known) => known,
            None => self.index_by_key.entry(site.clone()).or_default(),
        };
        articles.insert(key.clone(), index);
    }

    /// The entry at that index; inserts the article if it does not exist.
    fn create(&mut self, index: usize, day: Day) -> Result<&mut Entry, Failure> {
        let article = &mut self.articles[index];
        if article.entry.is_none() {
            let site = self.interner.site(self.conn, &article.site)?;
            let mut insert = self.conn.prepare_cached(
                "insert into article (site, key, rev, created) values (?1, ?2, 0, ?3) returning id",
            )?;
            let id = insert.query_row(params![site, article.key.as_str(), day.get()], |row| {
                row.get(0)
            })?;
            let own = true;
            let voted = false;
            let sources = Vec::new();
            let counts = Counts::default();
            article.entry = Some(Entry {
                id,
                rev: 0,
                created: day,
                published: None,
                put: false,
                own,
                voted,
                sources,
                counts,
                poll: None,
            });
            article.changed = true;
        }
        article.entry.as_mut().ok_or(Failure::Panic)
    }

    /// Adds to a count of the article at that index, and to its change of that hour. Ignored unless the article exists.
    fn add(&mut self, index: usize, at: (Day, Hour), metric: MetricId, change: i64) {
        let interner = &*self.interner;
        self.articles[index].add(at, metric, change, |id| interner.is_of_events(id));
    }
}

impl DirtyArticle {
    fn add(
        &mut self,
        (day, hour): (Day, Hour),
        metric: MetricId,
        change: i64,
        is_of_events: impl Fn(MetricId) -> bool,
    ) {
        let Some(entry) = &mut self.entry else { return };
        entry.own = true;
        if change > 0 && entry.poll_opened(is_of_events).is_none() {
            entry.created = entry.created.max(day);
        }
        entry.counts.change(metric, |count| count.counted += change);
        let new = HourChange {
            day,
            hour,
            metric,
            change,
        };
        new.add_to(&mut self.days);
        self.changed = true;
    }

    /// Increments the revision.
    fn bump_revision(&mut self) {
        if let Some(entry) = &mut self.entry {
            entry.rev += 1;
            self.changed = true;
        }
    }
}
