use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{
        count_changes::DayChanges, log_rows::delete_oldest, read_model::Counts, rollups::RolledDays,
    },
    ArticleChange,
};

/// The counts of the log's older rows, which move into their tables.
pub(super) struct Generation {
    /// Those that were not in the tables when the generation began, in the order of articles.
    changes: Vec<ArticleChange>,
    /// How many of them have moved since.
    count: usize,
    moved: Moved,
}

/// What has moved: counts of rows until this one, of articles until this one.
#[derive(Clone, Copy)]
pub(super) struct Moved {
    pub(super) until: i64,
    pub(super) article: i64,
}

/// What the open transaction has done with a generation.
pub(super) enum Step {
    /// Moved this number of articles.
    Moved(usize, Moved),
    /// Deleted rows, since all have moved.
    Deleted(Moved),
    /// Deleted the last ones.
    Done,
}

impl Moved {
    /// What has moved already, if a generation of the log has begun to move: of rows before the one that tells so.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Option<Self>> {
        let mut last = conn.prepare(
            "select moved_until, moved_article from count_log \
             where id = (select max(id) from count_log) and moved_until between 0 and id - 1 and moved_article >= 0",
        )?;
        let moved = last.query_row([], |row| {
            let (until, article) = (row.get(0)?, row.get(1)?);
            Ok(Self { until, article })
        });
        moved.optional()
    }
}

impl Step {
    /// What has moved, for as long as rows of it are in the log.
    pub(super) fn moved(&self) -> Option<&Moved> {
        match self {
            Self::Moved(_, moved) | Self::Deleted(moved) => Some(moved),
            Self::Done => None,
        }
    }

    pub(super) fn has_deleted_rows(&self) -> bool {
        !matches!(self, Self::Moved(..))
    }
}

impl Generation {
    /// Of the changes of all rows until `moved.until`, those of articles that have not moved.
    pub(super) fn new(changes: HashMap<i64, ArticleChange>, moved: Moved) -> Self {
        let mut changes: Vec<_> = changes.into_values().collect();
        changes.sort_unstable_by_key(|change| change.article);
        let count = 0;
        Self {
            changes,
            count,
            moved,
        }
    }

    /// Those that have not moved.
    pub(super) fn left(&self) -> &[ArticleChange] {
        &self.changes[self.count..]
    }

    /// What has not moved of an article.
    pub(super) fn get(&self, article: i64) -> Option<&ArticleChange> {
        let left = self.left();
        let at = left.binary_search_by_key(&article, |change| change.article);
        Some(&left[at.ok()?])
    }

    /// Moves the counts of the next articles, or deletes some of the rows when there are none.
    pub(super) fn step(
        &self,
        conn: &Connection,
        rolled_days: &mut RolledDays,
        count: usize,
    ) -> rusqlite::Result<Step> {
        let next = &self.left()[..count.min(self.left().len())];
        let Some(last) = next.last() else {
            let is_done = delete_oldest(conn, "count_log", self.moved.until)?;
            return Ok(if is_done {
                Step::Done
            } else {
                Step::Deleted(self.moved)
            });
        };
        store(conn, rolled_days, next)?;
        let moved = Moved {
            article: last.article,
            ..self.moved
        };
        Ok(Step::Moved(next.len(), moved))
    }

    /// The generation after a step that was committed; `None`: no row of it is left.
    pub(super) fn after(mut self, step: Step) -> Option<Self> {
        match step {
            Step::Moved(count, moved) => {
                self.count += count;
                self.moved = moved;
            }
            Step::Deleted(_) => {}
            Step::Done => return None,
        }
        Some(self)
    }
}

/// Adds counts to their tables, in the order of articles.
pub(super) fn store<'a>(
    conn: &Connection,
    rolled_days: &mut RolledDays,
    changes: impl IntoIterator<Item = &'a ArticleChange>,
) -> rusqlite::Result<()> {
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
    rolled_days.delete_changed(conn)
}
