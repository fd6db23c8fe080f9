//! The newest votes: a log with one row for each transaction, and the same in memory. In the order of voters' ids, which
//! are random, each vote would change a page of the table `vote`. Votes move there later, many at a time and in its
//! order, so that those of one page are written together.

/// Who has voted.
mod known_voters;
/// Records of the log.
mod record;
/// The table `vote` with the log over it.
mod view;

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    mem,
    sync::LazyLock,
};

use rusqlite::{Connection, params};
use visitor::Digest;

use super::{log_rows::delete_oldest, read_model::MetricId};

use known_voters::KnownVoters;
pub(super) use view::show_with_log;

/// How many votes a transaction moves for each of its own: a generation has moved before the next one is full.
const MOVED_FOR_EACH: usize = 2;

/// Stores a vote in the table.
pub(super) const SET_VOTE: &str = "insert into vote (article, voter, reaction, seq) values (?1, ?2, ?3, ?4) \
     on conflict do update set reaction = excluded.reaction, seq = excluded.seq";

/// Number of votes that one statement stores. In tests so few that most use both statements.
const VOTES_AT_ONCE: usize = if cfg!(debug_assertions) { 3 } else { 16 };

/// Stores [`VOTES_AT_ONCE`] votes in the table.
static SET_VOTES: LazyLock<String> = LazyLock::new(|| {
    let rows = ["(?, ?, ?, ?)"; VOTES_AT_ONCE].join(", ");
    SET_VOTE.replace("(?1, ?2, ?3, ?4)", &rows)
});

/// Article and voter.
pub(super) type VoteKey = (i64, Digest);

/// A reader's choice; no option: it was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vote {
    pub(super) reaction: Option<MetricId>,
    pub(super) seq: i64,
}

/// When votes move.
struct Pace {
    /// Number of logged votes at which they begin to move.
    generation: usize,
    /// Minimum number of votes that a transaction moves.
    at_least: usize,
    /// The same of votes that are due.
    at_least_due: usize,
    /// Maximum number of logged votes that one transaction moves once a minute.
    at_once: usize,
}

impl Default for Pace {
    fn default() -> Self {
        if cfg!(debug_assertions) {
            // So few that votes move in most tests.
            return Self {
                generation: 64,
                at_least: 4,
                at_least_due: 8,
                at_once: 16,
            };
        }
        Self {
            // A page of the table is written once for all of them. Twice as many take 8 MB more.
            generation: 32_768,
            // Each page is then written in few transactions.
            at_least: 64,
            // A millisecond.
            at_least_due: 512,
            // Ten milliseconds.
            at_once: 4_096,
        }
    }
}

/// The votes of the log.
#[derive(Default)]
pub(super) struct VoteLog {
    pace: Pace,
    /// Those that do not move yet. They replace those in `moving`.
    recent: BTreeMap<VoteKey, Vote>,
    /// A generation that moves into the table, in the order of keys.
    moving: Vec<(VoteKey, Vote)>,
    /// How many of them have moved. Their rows are deleted after the last one.
    moved: usize,
    /// The last row of the generation.
    moving_until: i64,
    /// The last row of the log.
    last_row: i64,
    /// Votes of rows until this one should move.
    due: Option<i64>,
    voters: KnownVoters,
    open: OpenChanges,
}

/// Changes by the open transaction.
#[derive(Default)]
struct OpenChanges {
    /// What `recent` had under each key that was inserted.
    replaced: Vec<(VoteKey, Option<Vote>)>,
    /// Those that no row has yet.
    unwritten: Vec<VoteKey>,
    last_row: Option<i64>,
    /// How many have moved.
    moved: usize,
    /// Rows of the log were deleted.
    has_deleted_rows: bool,
    /// The whole generation has moved, and its rows are deleted.
    is_moved: bool,
    due: Option<i64>,
    /// The log is empty: all votes have moved.
    is_folded: bool,
    /// Articles whose voters were looked up, perhaps without those that the transaction has deleted.
    learnt: Vec<i64>,
}

impl VoteLog {
    /// Loads the log. A damaged record is left out; `gema check` names it.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut log = Self::default();
        let mut options = conn.prepare("select id from metric")?;
        let options = options.query_map([], |row| row.get(0))?;
        let options = options.collect::<rusqlite::Result<HashSet<MetricId>>>()?;
        let mut find_article = conn.prepare("select 1 from article where id = ?1")?;
        let mut is_article = HashMap::new();
        let mut damaged = 0;
        let mut select = conn.prepare("select id, votes from vote_log order by id")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            log.last_row = row.get(0)?;
            for (key, vote) in record::read_all(row.get_ref(1)?.as_blob()?) {
                let is_article = match is_article.entry(key.0) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(unknown) => *unknown.insert(find_article.exists([key.0])?),
                };
                if is_article && vote.reaction.is_none_or(|id| options.contains(&id)) {
                    log.recent.insert(key, vote);
                } else {
                    damaged += 1;
                }
            }
        }
        if damaged > 0 {
            tracing::warn!(
                damaged,
                "left out logged votes of no article or option: `gema check` says which sums lack them"
            );
        }
        Ok(log)
    }

    /// The vote, if it is in the log.
    pub(super) fn get(&self, key: &VoteKey) -> Option<Vote> {
        if self.open.is_folded {
            return None;
        }
        let recent = self.recent.get(key).copied();
        recent.or_else(|| {
            let at = self.moving.binary_search_by_key(key, |(key, _)| *key);
            Some(self.moving[at.ok()?].1)
        })
    }

    /// Whether there is no vote under this key, in the log or in the table, as far as that is known without a look.
    pub(super) fn lacks(&self, key: &VoteKey) -> bool {
        self.voters.lack(key)
    }

    /// The article is new: there is no vote of it.
    pub(super) fn note_new_article(&mut self, article: i64) {
        self.voters.note_new_article(article);
    }

    /// Learns who has voted in an article that was not looked at, unless they are many.
    pub(super) fn learn_voters(&mut self, conn: &Connection, article: i64) -> rusqlite::Result<()> {
        if self.voters.is_unknown(article) {
            self.voters.learn(conn, article)?;
            let recent = self
                .recent
                .range((article, [0; 16])..=(article, [u8::MAX; 16]));
            recent.for_each(|(key, _)| self.voters.insert(key));
            let first = self.moving.partition_point(|((of, _), _)| *of < article);
            let moving = self.moving[first..].iter();
            moving
                .take_while(|((of, _), _)| *of == article)
                .for_each(|(key, _)| self.voters.insert(key));
            self.open.learnt.push(article);
        }
        Ok(())
    }

    /// Votes that were not in the log get into the table, or the article is deleted.
    pub(super) fn forget_voters(&mut self, article: i64) {
        self.voters.forget(article);
    }

    /// A vote of a transaction that has moved all others gets into the table.
    pub(super) fn note_in_table(&mut self, key: &VoteKey) {
        self.voters.insert(key);
    }

    /// Whether no vote is in the log.
    pub(super) fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.moving.is_empty()
    }

    /// Whether the open transaction has deleted rows of the log.
    pub(super) fn has_deleted_rows(&self) -> bool {
        self.open.has_deleted_rows || self.open.is_folded
    }

    /// Whether the open transaction has moved all votes into the table: it writes its own there.
    pub(super) fn is_folded(&self) -> bool {
        self.open.is_folded
    }

    /// Inserts or replaces a vote. [`write`](Self::write) stores it.
    pub(super) fn insert(&mut self, key: VoteKey, vote: Vote) {
        self.open.unwritten.push(key);
        self.voters.insert(&key);
        let replaced = self.recent.insert(key, vote);
        self.open.replaced.push((key, replaced));
    }

    /// Stores what was inserted: sorted, so that its order tells nothing. Moves some of the older votes.
    pub(super) fn write(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut keys = mem::take(&mut self.open.unwritten);
        if keys.is_empty() {
            return Ok(());
        }
        keys.sort_unstable();
        keys.dedup();
        let mut votes = Vec::with_capacity(keys.len() * record::BYTES);
        for key in &keys {
            if let Some(vote) = self.recent.get(key) {
                record::write(&mut votes, key, vote);
            }
        }
        conn.prepare_cached("insert into vote_log (votes) values (?1)")?
            .execute([votes])?;
        self.open.last_row = Some(conn.last_insert_rowid());
        let at_least = match self.due {
            Some(_) => self.pace.at_least_due,
            None => self.pace.at_least,
        };
        self.move_some(conn, at_least.max(MOVED_FOR_EACH * keys.len()))
    }

    /// Once a minute, so that the log does not tell for long in which order votes came: moves the logged votes. Events would
    /// wait for many, which [become due](Self::move_due) instead. Returns whether they did.
    pub(super) fn move_old(&mut self, conn: &Connection) -> rusqlite::Result<bool> {
        if self.recent.len() + self.moving.len() <= self.pace.at_once {
            self.fold(conn)?;
            return Ok(false);
        }
        self.open.due = Some(self.last_row);
        Ok(true)
    }

    /// Moves some of the votes that are due. Returns whether there were any.
    pub(super) fn move_due(&mut self, conn: &Connection) -> rusqlite::Result<bool> {
        if self.due.is_none() {
            return Ok(false);
        }
        self.move_some(conn, self.pace.at_least_due)?;
        Ok(true)
    }

    /// Moves the next votes of the generation, or deletes some of its rows when there are none.
    fn move_some(&mut self, conn: &Connection, count: usize) -> rusqlite::Result<()> {
        if self.open.is_folded || self.open.is_moved || self.moving.is_empty() {
            return Ok(());
        }
        let left = self.left();
        let next = &left[..count.min(left.len())];
        if next.is_empty() {
            self.open.is_moved = delete_oldest(conn, "vote_log", self.moving_until)?;
            self.open.has_deleted_rows = true;
        } else {
            set_votes(conn, next)?;
            self.open.moved += next.len();
        }
        Ok(())
    }

    /// The votes of the generation that have not moved.
    fn left(&self) -> &[(VoteKey, Vote)] {
        &self.moving[self.moved + self.open.moved..]
    }

    /// Moves all votes into the table and empties the log.
    pub(super) fn fold(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if self.open.is_folded || self.is_empty() {
            return Ok(());
        }
        let mut all: BTreeMap<_, _> = self.left().iter().copied().collect();
        all.extend(&self.recent);
        set_votes(conn, &Vec::from_iter(all))?;
        conn.prepare_cached("delete from vote_log")?.execute([])?;
        self.open.unwritten.clear();
        self.open.is_folded = true;
        Ok(())
    }

    /// Keeps the transaction's changes, after its commit. Begins the next generation when it is full.
    pub(super) fn commit(&mut self) {
        let open = mem::take(&mut self.open);
        self.last_row = open.last_row.unwrap_or(self.last_row);
        self.moved += open.moved;
        self.due = open.due.or(self.due);
        if open.is_folded || (open.is_moved && self.due <= Some(self.moving_until)) {
            self.due = None;
        }
        if open.is_folded {
            self.recent = BTreeMap::new();
        }
        if open.is_folded || open.is_moved {
            self.moving = Vec::new();
            self.moved = 0;
        }
        let is_full = self.recent.len() >= self.pace.generation;
        let is_due = self.due.is_some() && !self.recent.is_empty();
        if self.moving.is_empty() && (is_full || is_due) {
            self.moving = mem::take(&mut self.recent).into_iter().collect();
            self.moving_until = self.last_row;
        }
    }

    /// Takes back the transaction's changes.
    pub(super) fn rollback(&mut self) {
        let open = mem::take(&mut self.open);
        for article in open.learnt {
            self.voters.forget(article);
        }
        for (key, before) in open.replaced.into_iter().rev() {
            match before {
                Some(vote) => self.recent.insert(key, vote),
                None => self.recent.remove(&key),
            };
        }
    }
}

/// Stores votes in the table. In the order of keys, a statement for several finds the place of the next one near the last.
fn set_votes(conn: &Connection, votes: &[(VoteKey, Vote)]) -> rusqlite::Result<()> {
    let (many, rest) = votes.as_chunks::<VOTES_AT_ONCE>();
    let mut set_many = conn.prepare_cached(&SET_VOTES)?;
    for votes in many {
        for (at, ((article, voter), vote)) in votes.iter().enumerate() {
            set_many.raw_bind_parameter(4 * at + 1, article)?;
            set_many.raw_bind_parameter(4 * at + 2, voter)?;
            set_many.raw_bind_parameter(4 * at + 3, vote.reaction)?;
            set_many.raw_bind_parameter(4 * at + 4, vote.seq)?;
        }
        set_many.raw_execute()?;
    }
    let mut set = conn.prepare_cached(SET_VOTE)?;
    for ((article, voter), vote) in rest {
        set.execute(params![article, voter, vote.reaction, vote.seq])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
