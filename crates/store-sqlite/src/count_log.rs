//! The newest counts of readers' events: a log with one row for each transaction, and their sums in memory. In the tables,
//! each event would change pages of its article, of its day and of its hour. Counts move there later, those of many
//! transactions at once, so that each row is written once for all of them; and some articles in each transaction, so that
//! no event waits for all.

/// Counts that move.
mod generation;
/// Records of the log.
mod record;

use std::{
    collections::{HashMap, HashSet},
    mem,
};

use rusqlite::{Connection, params};
use visitor::Day;

use super::{
    count_changes::HourChange,
    read_model::{Counts, Entry, MetricId},
    rollups::RolledDays,
};
use generation::{Generation, Moved, Step, store};

/// What events of one transaction, or of several, have made of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArticleChange {
    pub(super) article: i64,
    pub(super) rev: i64,
    pub(super) created: Day,
    /// See [`Entry`].
    pub(super) own: bool,
    /// See [`Entry`].
    pub(super) voted: bool,
    pub(super) hours: Vec<HourChange>,
}

/// When counts move.
struct CountPace {
    /// Number of articles in the log at which they begin to move.
    articles: usize,
    /// The same as a number of records.
    records: usize,
    /// Minimum number of articles whose counts a transaction moves.
    at_least: usize,
}

impl Default for CountPace {
    fn default() -> Self {
        if cfg!(debug_assertions) {
            // So few that counts move in most tests.
            return Self {
                articles: 8,
                records: 32,
                at_least: 2,
            };
        }
        Self {
            articles: 2_048,
            // More would save little, and delay what needs all counts in their tables.
            records: 8_192,
            // A tenth of a millisecond.
            at_least: 32,
        }
    }
}

/// How many articles a transaction moves for each of its own: a generation has moved before the next one is full.
const MOVED_FOR_EACH: usize = 2;

/// The counts of the log.
#[derive(Default)]
pub(super) struct CountLog {
    pace: CountPace,
    /// Those that do not move yet, by article.
    recent: HashMap<i64, ArticleChange>,
    /// Number of their records.
    records: usize,
    moving: Option<Generation>,
    /// The last row of the log.
    last_row: i64,
    open: OpenCounts,
}

/// Changes by the open transaction.
#[derive(Default)]
struct OpenCounts {
    logged: Vec<ArticleChange>,
    last_row: Option<i64>,
    /// How far the generation has moved.
    step: Option<Step>,
    /// The log is empty: all counts have moved.
    is_folded: bool,
}

/// Moves the counts that are in the log of a file into their tables.
pub(super) fn fold_count_log(file: &Connection) -> rusqlite::Result<()> {
    let transaction = file.unchecked_transaction()?;
    let mut rolled_days = RolledDays::load(&transaction)?;
    CountLog::load(&transaction)?.fold(&transaction, &mut rolled_days)?;
    transaction.commit()
}

impl CountLog {
    /// Loads the log. A damaged record is left out. `gema check` names reactions that lack it; reads and shares do not show
    /// that.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut log = Self::default();
        let moved = Moved::load(conn)?;
        let mut moving = HashMap::new();
        let metrics: HashSet<MetricId> = ids(conn, "select id from metric")?;
        let mut find_article = conn.prepare("select 1 from article where id = ?1")?;
        let mut select = conn.prepare("select id, changes from count_log order by id")?;
        let mut rows = select.query([])?;
        let mut damaged = 0;
        while let Some(row) = rows.next()? {
            log.last_row = row.get(0)?;
            let moved = moved.as_ref().filter(|moved| log.last_row <= moved.until);
            for record in record::read_all(row.get_ref(1)?.as_blob()?) {
                log.records += usize::from(moved.is_none());
                let Some(change) = record.filter(|change| change.is_plausible(&metrics)) else {
                    damaged += 1;
                    continue;
                };
                match moved {
                    Some(moved) if change.article <= moved.article => {}
                    _ if !find_article.exists([change.article])? => damaged += 1,
                    Some(_) => sum(&mut moving, change),
                    None => sum(&mut log.recent, change),
                }
            }
        }
        log.moving = moved.map(|moved| Generation::new(moving, moved));
        if damaged > 0 {
            tracing::warn!(
                damaged,
                "left out logged counts that are damaged: some of the newest reads and shares are lost, and `gema check` says \
                 which reactions"
            );
        }
        Ok(log)
    }

    /// Adds what the log has of this article to an entry of the table.
    pub(super) fn update(&self, entry: &mut Entry) {
        let moving = self.moving.as_ref().and_then(|moving| moving.get(entry.id));
        for change in moving.into_iter().chain(self.recent.get(&entry.id)) {
            entry.rev = change.rev;
            entry.created = change.created;
            entry.own = change.own;
            entry.voted = change.voted;
            change.add_to(&mut entry.counts);
        }
    }

    /// Whether no count is in the log.
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0 && self.moving.is_none()
    }

    /// Whether the open transaction has deleted rows of the log.
    pub(super) fn has_deleted_rows(&self) -> bool {
        self.open.is_folded || self.open.step.as_ref().is_some_and(Step::has_deleted_rows)
    }

    /// Stores what events have made of these articles, in the order of their ids, so that it tells nothing. Moves some of the
    /// older counts. The last step of a transaction that has not [folded](Self::fold) the log.
    pub(super) fn write(
        &mut self,
        conn: &Connection,
        rolled_days: &mut RolledDays,
        mut changes: Vec<ArticleChange>,
    ) -> rusqlite::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        changes.sort_unstable_by_key(|change| change.article);
        let mut records = Vec::with_capacity(changes.len() * record::USUAL_BYTES);
        for change in &changes {
            record::write(&mut records, change);
        }
        let count = self.pace.at_least.max(MOVED_FOR_EACH * changes.len());
        if let Some(generation) = &self.moving {
            self.open.step = Some(generation.step(conn, rolled_days, count)?);
        }
        let moved = self.open.step.as_ref().and_then(Step::moved);
        conn.prepare_cached(
            "insert into count_log (changes, moved_until, moved_article) values (?1, ?2, ?3)",
        )?
        .execute(params![
            records,
            moved.map(|moved| moved.until),
            moved.map(|moved| moved.article)
        ])?;
        self.open.last_row = Some(conn.last_insert_rowid());
        self.open.logged = changes;
        Ok(())
    }

    /// Moves all counts into their tables and empties the log.
    pub(super) fn fold(
        &mut self,
        conn: &Connection,
        rolled_days: &mut RolledDays,
    ) -> rusqlite::Result<()> {
        if self.open.is_folded || self.is_empty() {
            return Ok(());
        }
        if let Some(moving) = &self.moving {
            store(conn, rolled_days, moving.left())?;
        }
        let mut recent: Vec<_> = self.recent.values().collect();
        recent.sort_unstable_by_key(|change| change.article);
        store(conn, rolled_days, recent)?;
        conn.prepare_cached("delete from count_log")?.execute([])?;
        self.open.is_folded = true;
        Ok(())
    }

    /// Keeps the transaction's changes, after its commit. Begins the next generation when it is full.
    pub(super) fn commit(&mut self) {
        let open = mem::take(&mut self.open);
        self.last_row = open.last_row.unwrap_or(self.last_row);
        if open.is_folded {
            self.recent = HashMap::new();
            self.records = 0;
            self.moving = None;
        }
        if let Some(step) = open.step {
            self.moving = self.moving.take().and_then(|moving| moving.after(step));
        }
        self.records += open.logged.len();
        for change in open.logged {
            sum(&mut self.recent, change);
        }
        if self.moving.is_none() && self.is_full() {
            let until = self.last_row;
            let moved = Moved { until, article: 0 };
            self.moving = Some(Generation::new(mem::take(&mut self.recent), moved));
            self.records = 0;
        }
    }

    /// Takes back the transaction's changes.
    pub(super) fn rollback(&mut self) {
        self.open = OpenCounts::default();
    }

    fn is_full(&self) -> bool {
        self.recent.len() >= self.pace.articles || self.records >= self.pace.records
    }
}

/// Adds a later change to those of its article.
fn sum(changes: &mut HashMap<i64, ArticleChange>, change: ArticleChange) {
    match changes.get_mut(&change.article) {
        Some(earlier) => earlier.add(change),
        None => drop(changes.insert(change.article, change)),
    }
}

impl ArticleChange {
    /// Adds a later change.
    fn add(&mut self, later: Self) {
        let earlier = mem::take(&mut self.hours);
        *self = Self {
            hours: earlier,
            ..later
        };
        for hour in later.hours {
            hour.add_to(&mut self.hours);
        }
    }

    /// Adds it to the article's counts. A count that a damaged log would make negative is zero.
    fn add_to(&self, counts: &mut Counts) {
        // A metric's hours together: in the first one, more choices may be taken back than there were before.
        let mut sums: Vec<(MetricId, i64)> = Vec::with_capacity(self.hours.len());
        for hour in &self.hours {
            match sums.iter_mut().find(|(metric, _)| *metric == hour.metric) {
                Some((_, sum)) => *sum += hour.change,
                None => sums.push((hour.metric, hour.change)),
            }
        }
        for (metric, sum) in sums {
            counts.change(metric, |count| {
                count.counted = count.counted.saturating_add(sum).max(0);
            });
        }
    }

    /// False: the record is damaged.
    fn is_plausible(&self, metrics: &HashSet<MetricId>) -> bool {
        // More than a transaction has events.
        const MAX_CHANGE: i64 = 1 << 32;
        // More than an article will ever have.
        const MAX_REV: i64 = 1 << 60;
        let is_known = |hour: &HourChange| {
            metrics.contains(&hour.metric)
                && is_of_calendar(hour.day)
                && (-MAX_CHANGE..=MAX_CHANGE).contains(&hour.change)
        };
        (0..=MAX_REV).contains(&self.rev)
            && is_of_calendar(self.created)
            && self.hours.iter().all(is_known)
    }
}

/// Whether it is a day that a date can name.
fn is_of_calendar(day: Day) -> bool {
    Day::parse(&day.to_string()).is_some()
}

fn ids<T: rusqlite::types::FromSql + Eq + std::hash::Hash>(
    conn: &Connection,
    sql: &str,
) -> rusqlite::Result<HashSet<T>> {
    let mut select = conn.prepare(sql)?;
    let found = select.query_map([], |row| row.get(0))?;
    found.collect()
}

#[cfg(test)]
mod tests;
