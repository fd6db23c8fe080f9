//! What is done inside one transaction. Counts of the articles it touches are kept in memory while it
//! is open and written once at its end, however many events an article had.

/// Articles that move from one key to another.
mod alias;
/// Articles: copies, starting counts, lists, removal.
mod articles;
/// Readers' events.
mod events;
/// What another database has counted.
mod import;
/// What became of them.
mod outcomes;
/// Articles that only strangers made.
mod prune;
/// A reader's choice.
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

use crate::{store::Gate, visitor::Day};

/// An open transaction.
pub(super) struct Work<'w> {
    conn: &'w Connection,
    names: &'w mut Names,
    salts: &'w mut SaltFile,
    secrets: &'w mut Secrets,
    memory: &'w RwLock<Memory>,
    touched: Vec<Touched>,
    /// By each key that was asked for: that of an article that has moved leads to the one that answers.
    places: HashMap<SiteId, HashMap<ArticleKey, usize>>,
    outcomes: Outcomes,
    moved: Vec<Moved>,
    erased: bool,
    tidied: bool,
    /// Who was asked, and is to hear what became of it.
    gates: Vec<Arc<dyn Gate>>,
}

/// An article that the transaction looks at or changes.
#[derive(Clone)]
struct Touched {
    site: SiteId,
    key: ArticleKey,
    /// `None`: there is none, or none any more.
    entry: Option<Entry>,
    /// What is not yet written.
    days: Vec<(Day, MetricId, i64)>,
    changed: bool,
}

/// A key, and which article answers for it from now on, if another one does.
type Moved = (SiteId, ArticleKey, Option<ArticleKey>);

/// What a committed transaction means for the counts in memory.
pub(super) struct Done {
    pub(super) entries: Vec<(SiteId, ArticleKey, Option<Entry>)>,
    pub(super) outcomes: Outcomes,
    pub(super) moved: Vec<Moved>,
    /// Something was deleted that must not live on anywhere.
    pub(super) erased: bool,
    /// Now is the time to see to that.
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

    /// Writes the counts of all that changed, once each.
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

    /// Writes without changing anything, so that a full or read-only disk shows.
    pub(super) fn try_write(&mut self) -> Result<(), Failure> {
        self.salts.try_write()?;
        // A row that is set to what it is would not be written at all.
        self.conn.execute_batch("insert into secret values ('try', x''); delete from secret where name = 'try'")?;
        Ok(())
    }

    /// All counts as of the last commit, which is the one before this transaction.
    pub(super) fn memory(&self) -> Memory {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What to tell the memory when it is committed, and the gates in any case.
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

    /// Begins the site's window of that day, and deletes what was seen in windows that ended.
    pub(super) fn turn_window(&mut self, site: &SiteId, day: Day) -> Result<(), Failure> {
        if self.salts.turn(site, day)? {
            let live = self.salts.live(site).iter().map(|salt| salt.day.get());
            let (last, first) = (live.clone().max(), live.min());
            let id = self.names.site(self.conn, site)?;
            // Live windows are neighbours, and what ended is before and after them. For `not in`, SQLite would look at all.
            for (side, day) in [("<", first), (">", last)] {
                let sql = format!("delete from seen where site = ?1 and window {side} ?2");
                self.erased |= self.conn.prepare_cached(&sql)?.execute(params![id, day])? > 0;
            }
        }
        Ok(())
    }

    /// Deletes what was seen on other sites than these in windows that ended, wherever their days end.
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

    /// Whether what is done can still be undone: SQLite ends a transaction by itself where it can do nothing else.
    pub(super) fn is_open(&self) -> bool {
        !self.conn.is_autocommit()
    }

    /// The article's place among the touched ones; it may be one of which nothing is known.
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

    /// A new place for an article.
    fn place(&mut self, site: &SiteId, key: &ArticleKey, entry: Option<Entry>) -> usize {
        self.touched.push(Touched { site: site.clone(), key: key.clone(), entry, days: Vec::new(), changed: false });
        self.touched.len() - 1
    }

    /// Whoever asks for the key is led to that place.
    fn lead(&mut self, site: &SiteId, key: &ArticleKey, place: usize) {
        self.places.entry(site.clone()).or_default().insert(key.clone(), place);
    }

    /// The entry at that place, made if there is none.
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
    /// Adds to a count and to the day's; the article must exist.
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

    /// Says that the article is not as it was.
    fn rise(&mut self) {
        if let Some(entry) = &mut self.entry {
            entry.rev += 1;
            self.changed = true;
        }
    }
}
