//! The newest counts of readers' events: a log with one row for each transaction, and their sums in memory. In the tables,
//! each event would change pages of its article, of its day and of its hour. Counts move there later, those of many
//! transactions at once, so that each row is written once for all of them.

/// Records of the log.
mod record;

use std::{
    collections::{HashMap, HashSet},
    mem,
};

use rusqlite::{Connection, params};
use visitor::Day;

use super::{
    count_changes::{DayChanges, HourChange},
    read_model::{Counts, Entry, MetricId},
    rollups::RolledDays,
};

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

/// When the log is full. All counts that are in it then move in one transaction, for which events wait.
struct Capacity {
    /// Number of articles.
    articles: usize,
    /// Number of records.
    records: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        if cfg!(debug_assertions) {
            // So few that counts move in most tests.
            return Self {
                articles: 8,
                records: 32,
            };
        }
        Self {
            // They move within some milliseconds.
            articles: 2_048,
            // More would save little, and delay a start after a crash.
            records: 8_192,
        }
    }
}

/// The counts of the log.
#[derive(Default)]
pub(super) struct CountLog {
    capacity: Capacity,
    /// By article, summed.
    pending: HashMap<i64, ArticleChange>,
    /// Number of records in the log.
    records: usize,
    open: OpenCounts,
}

/// Changes by the open transaction.
#[derive(Default)]
struct OpenCounts {
    logged: Vec<ArticleChange>,
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
        let metrics: HashSet<MetricId> = ids(conn, "select id from metric")?;
        let mut find_article = conn.prepare("select 1 from article where id = ?1")?;
        let mut select = conn.prepare("select changes from count_log order by id")?;
        let mut rows = select.query([])?;
        let mut damaged = 0;
        while let Some(row) = rows.next()? {
            for record in record::read_all(row.get_ref(0)?.as_blob()?) {
                log.records += 1;
                let known = record.filter(|change| change.is_plausible(&metrics));
                match known {
                    Some(change) if log.is_known(&change, &mut find_article)? => log.sum(change),
                    _ => damaged += 1,
                }
            }
        }
        if damaged > 0 {
            tracing::warn!(
                damaged,
                "left out logged counts that are damaged: some of the newest reads and shares are lost, and `gema check` says \
                 which reactions"
            );
        }
        Ok(log)
    }

    /// Whether there is such an article.
    fn is_known(
        &self,
        change: &ArticleChange,
        find_article: &mut rusqlite::Statement<'_>,
    ) -> rusqlite::Result<bool> {
        Ok(self.pending.contains_key(&change.article) || find_article.exists([change.article])?)
    }

    /// Adds what the log has of this article to an entry of the table.
    pub(super) fn update(&self, entry: &mut Entry) {
        let Some(pending) = self.pending.get(&entry.id) else {
            return;
        };
        entry.rev = pending.rev;
        entry.created = pending.created;
        entry.own = pending.own;
        entry.voted = pending.voted;
        pending.add_to(&mut entry.counts);
    }

    /// Whether no count is in the log.
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether all counts should move.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= self.capacity.articles || self.records >= self.capacity.records
    }

    /// Whether the open transaction has deleted rows of the log.
    pub(super) fn has_deleted_rows(&self) -> bool {
        self.open.is_folded
    }

    /// Stores what events have made of these articles, in the order of their ids, so that it tells nothing. The last step of
    /// a transaction that has not [folded](Self::fold) the log.
    pub(super) fn write(
        &mut self,
        conn: &Connection,
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
        conn.prepare_cached("insert into count_log (changes) values (?1)")?
            .execute([records])?;
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
        let mut changes: Vec<_> = self.pending.values().collect();
        changes.sort_unstable_by_key(|change| change.article);
        let mut find = conn.prepare_cached("select site, counts from article where id = ?1")?;
        let mut set = conn.prepare_cached(
            "update article set rev = ?2, own = ?3, voted = ?4, created = ?5, counts = ?6 where id = ?1",
        )?;
        let mut days = DayChanges::new(conn)?;
        for change in changes {
            let id = change.article;
            let (site, mut counts): (i64, Counts) =
                find.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            change.add_to(&mut counts);
            let created = change.created.get();
            set.execute(params![
                id,
                change.rev,
                change.own,
                change.voted,
                created,
                counts
            ])?;
            for hour in &change.hours {
                days.add(rolled_days, (site, id), *hour)?;
            }
        }
        days.write()?;
        rolled_days.delete_changed(conn)?;
        conn.prepare_cached("delete from count_log")?.execute([])?;
        self.open.is_folded = true;
        Ok(())
    }

    /// Keeps the transaction's changes, after its commit.
    pub(super) fn commit(&mut self) {
        let open = mem::take(&mut self.open);
        if open.is_folded {
            self.pending.clear();
            self.pending.shrink_to(self.capacity.articles);
            self.records = 0;
        }
        self.records += open.logged.len();
        open.logged.into_iter().for_each(|change| self.sum(change));
    }

    /// Takes back the transaction's changes.
    pub(super) fn rollback(&mut self) {
        self.open = OpenCounts::default();
    }

    fn sum(&mut self, change: ArticleChange) {
        match self.pending.get_mut(&change.article) {
            Some(pending) => pending.add(change),
            None => drop(self.pending.insert(change.article, change)),
        }
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
