//! The unit of work of one transaction. The counts of touched articles are kept in memory and written once at its end,
//! however many events each had.

/// Aliases: renaming and merging articles.
mod alias;
/// Articles: copies, starting counts, lists, removal.
mod articles;
/// Readers' events.
mod events;
/// Imports of an export.
mod import;
/// Outcome counters of events.
mod outcomes;
/// Deletion of articles that only readers created.
mod prune;
/// Readers' votes.
mod votes;

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use rusqlite::{Connection, params};
use wire::{ArticleKey, SiteId};

pub(super) use articles::read_article;
pub(super) use events::Touch;

use super::{
    memory::{Counts, Entry, Memory, MetricId},
    names::Names,
    salt_file::SaltFile,
    secrets::Secrets,
    trouble::Failure,
};
use outcomes::Outcomes;
use store::Gate;
use visitor::Day;

/// An open transaction.
pub(super) struct Work<'w> {
    conn: &'w Connection,
    names: &'w mut Names,
    salts: &'w mut SaltFile,
    secrets: &'w mut Secrets,
    memory: &'w RwLock<Memory>,
    touched: Vec<Touched>,
    /// Index into `touched` by requested key; an alias has the index of its article.
    places: HashMap<SiteId, HashMap<ArticleKey, usize>>,
    outcomes: Outcomes,
    moved: Vec<Moved>,
    erased: bool,
    tidied: bool,
    /// Gates to notify of the commit or rollback.
    gates: Vec<Arc<dyn Gate>>,
}

/// An article that the transaction reads or changes.
#[derive(Clone)]
struct Touched {
    site: SiteId,
    key: ArticleKey,
    /// `None`: the article does not exist, or was deleted by this transaction.
    entry: Option<Entry>,
    /// Daily changes that are not written yet.
    days: Vec<(Day, MetricId, i64)>,
    changed: bool,
}

/// An alias and its new target; `None` removes the alias.
type Moved = (SiteId, ArticleKey, Option<ArticleKey>);

/// Effects of the transaction that apply after its commit.
pub(super) struct Done {
    pub(super) entries: Vec<(SiteId, ArticleKey, Option<Entry>)>,
    pub(super) outcomes: Outcomes,
    pub(super) moved: Vec<Moved>,
    /// Rows were deleted that must also disappear from the WAL.
    pub(super) erased: bool,
    /// The periodic cleanup ran: truncate the WAL if `erased`.
    pub(super) tidied: bool,
    pub(super) gates: Vec<Arc<dyn Gate>>,
}

impl<'w> Work<'w> {
    pub(super) fn new(
        conn: &'w Connection,
        names: &'w mut Names,
        salts: &'w mut SaltFile,
        secrets: &'w mut Secrets,
        memory: &'w RwLock<Memory>,
    ) -> Self {
        let (touched, places, moved) = (Vec::new(), HashMap::new(), Vec::new());
        let (outcomes, erased, tidied) = (Outcomes::default(), false, false);
        let gates = Vec::new();
        Self { conn, names, salts, secrets, memory, touched, places, moved, outcomes, erased, tidied, gates }
    }

    /// Writes the counts of every changed article.
    pub(super) fn write_counts(&mut self) -> Result<(), Failure> {
        let mut set = self.conn.prepare_cached(
            "update article set rev = ?2, own = ?3, voted = ?4, counts = ?5, created = ?6, put = ?7 where id = ?1",
        )?;
        let mut add_to_day = self.conn.prepare_cached(
            "insert into day (article, day, metric, source, change) values (?1, ?2, ?3, 0, ?4) on conflict do update \
             set change = change + excluded.change",
        )?;
        for touched in &mut self.touched {
            let (Some(entry), true) = (&touched.entry, touched.changed) else { continue };
            let Entry { id, rev, own, voted, counts, created, put, .. } = entry;
            set.execute(params![id, rev, own, voted, counts, created.get(), put])?;
            for (day, metric, change) in touched.days.drain(..).filter(|(.., change)| *change != 0) {
                add_to_day.execute(params![id, day.get(), metric, change])?;
            }
        }
        Ok(())
    }

    /// Writes and deletes a row, so that a full or read-only disk is detected.
    pub(super) fn try_write(&mut self) -> Result<(), Failure> {
        self.salts.try_write()?;
        // SQLite skips an update that changes nothing.
        self.conn.execute_batch("insert into secret values ('try', x''); delete from secret where name = 'try'")?;
        Ok(())
    }

    /// All counts as of the last commit, without this transaction's changes.
    pub(super) fn memory(&self) -> Memory {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the unit of work, before the commit or rollback.
    pub(super) fn done(self) -> Done {
        let changed = self.touched.into_iter().filter(|touched| touched.changed);
        Done {
            entries: changed.map(|touched| (touched.site, touched.key, touched.entry)).collect(),
            outcomes: self.outcomes,
            moved: self.moved,
            erased: self.erased,
            tidied: self.tidied,
            gates: self.gates,
        }
    }

    /// Starts the site's window for that day, and deletes the digests of ended windows.
    pub(super) fn turn_window(&mut self, site: &SiteId, day: Day) -> Result<(), Failure> {
        if self.salts.turn(site, day)? {
            let live = self.salts.live(site).iter().map(|salt| salt.day.get());
            let (last, first) = (live.clone().max(), live.min());
            let id = self.names.site(self.conn, site)?;
            // The current windows are adjacent, so ended ones lie before and after them. `not in` would scan all.
            for (side, day) in [("<", first), (">", last)] {
                let sql = format!("delete from seen where site = ?1 and window {side} ?2");
                self.erased |= self.conn.prepare_cached(&sql)?.execute(params![id, day])? > 0;
            }
        }
        Ok(())
    }

    /// Deletes digests of ended windows of sites that are not served. One day of slack covers every time zone.
    pub(super) fn tidy(&mut self, served: &[SiteId], today: Day) -> Result<(), Failure> {
        self.salts.retire(served, today)?;
        let mut ended =
            self.conn.prepare_cached("delete from seen where site = ?1 and window not between ?2 and ?3")?;
        for (_, id) in self.names.sites().filter(|(site, _)| !served.contains(site)) {
            self.erased |= ended.execute(params![id, today.get() - 1, today.get() + 1])? > 0;
        }
        self.tidied = true;
        Ok(())
    }

    /// Whether the transaction is still open: on some errors, SQLite rolls back on its own.
    pub(super) fn is_open(&self) -> bool {
        !self.conn.is_autocommit()
    }

    /// Index of the article in `touched`; its entry is `None` if the article does not exist. Follows aliases.
    fn touch(&mut self, site: &SiteId, key: &ArticleKey) -> usize {
        if let Some(place) = self.places.get(site).and_then(|articles| articles.get(key)) {
            return *place;
        }
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let known = match memory.moved(site, key) {
            Some(to) => Err(to.clone()),
            None => Ok(memory.get(site, key).map(Cow::into_owned)),
        };
        drop(memory);
        let place = match known {
            Ok(entry) => self.place(site, key, entry),
            Err(to) => self.touch(site, &to),
        };
        self.lead(site, key, place);
        place
    }

    /// Adds an article to `touched`.
    fn place(&mut self, site: &SiteId, key: &ArticleKey, entry: Option<Entry>) -> usize {
        self.touched.push(Touched { site: site.clone(), key: key.clone(), entry, days: Vec::new(), changed: false });
        self.touched.len() - 1
    }

    /// Maps a requested key to an index in `touched`.
    fn lead(&mut self, site: &SiteId, key: &ArticleKey, place: usize) {
        self.places.entry(site.clone()).or_default().insert(key.clone(), place);
    }

    /// The entry at that index; inserts the article if it does not exist.
    fn create(&mut self, place: usize, day: Day) -> Result<&mut Entry, Failure> {
        let touched = &mut self.touched[place];
        if touched.entry.is_none() {
            let site = self.names.site(self.conn, &touched.site)?;
            let mut insert = self
                .conn
                .prepare_cached("insert into article (site, key, rev, created) values (?1, ?2, 0, ?3) returning id")?;
            let id = insert.query_row(params![site, touched.key.as_str(), day.get()], |row| row.get(0))?;
            let (own, voted, sources, counts) = (true, false, Vec::new(), Counts::default());
            touched.entry =
                Some(Entry { id, rev: 0, created: day, published: None, put: false, own, voted, sources, counts });
            touched.changed = true;
        }
        touched.entry.as_mut().ok_or(Failure::Panic)
    }
}

impl Touched {
    /// Adds to a count and to its daily change. Ignored unless the article exists.
    fn add(&mut self, day: Day, metric: MetricId, change: i64) {
        let Some(entry) = &mut self.entry else { return };
        entry.own = true;
        if change > 0 && entry.is_young() {
            entry.created = entry.created.max(day);
        }
        entry.counts.change(metric, |count| count.counted += change);
        match self.days.iter_mut().find(|(at, of, _)| (*at, *of) == (day, metric)) {
            Some((.., sum)) => *sum += change,
            None => self.days.push((day, metric, change)),
        }
        self.changed = true;
    }

    /// Increments the revision.
    fn rise(&mut self) {
        if let Some(entry) = &mut self.entry {
            entry.rev += 1;
            self.changed = true;
        }
    }
}
