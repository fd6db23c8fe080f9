use std::collections::HashMap;

use rusqlite::Connection;

use super::{
    super::mark_set::{MarkSet, mark},
    VoteKey,
};

/// An article with more votes in the table is not learnt: the other events of its transaction would wait.
const MAX_LEARNT: usize = 1_000;

/// Maximum number of voters; then all are forgotten. 10 bytes each.
const MAX_VOTERS: usize = 8_000_000;

/// Whose votes are in the log or in the table, of articles that are new or have few: most votes are a reader's first one,
/// for which neither need be searched. Somebody may be in here without a vote, but nobody with a vote is missing.
#[derive(Default)]
pub(super) struct KnownVoters {
    /// Whether all of the article's voters are known. An article without an entry was not looked at.
    articles: HashMap<i64, bool>,
    voters: MarkSet,
}

impl KnownVoters {
    /// Whether there is no such vote. False: there may be one.
    pub(super) fn lack(&self, (article, voter): &VoteKey) -> bool {
        self.articles.get(article) == Some(&true) && !self.voters.contains(mark(voter))
    }

    /// There is a new vote. If all are forgotten then, it is learnt again with its article.
    pub(super) fn insert(&mut self, (article, voter): &VoteKey) {
        if self.articles.get(article) == Some(&true) {
            self.voters.insert(mark(voter));
            if self.voters.len() > MAX_VOTERS {
                *self = Self::default();
            }
        }
    }

    pub(super) fn note_new_article(&mut self, article: i64) {
        self.articles.insert(article, true);
    }

    /// Whether the article was not looked at.
    pub(super) fn is_unknown(&self, article: i64) -> bool {
        !self.articles.contains_key(&article)
    }

    /// Loads an article's voters of the table, unless they are many. Insert those of the log, too.
    pub(super) fn learn(&mut self, conn: &Connection, article: i64) -> rusqlite::Result<()> {
        let mut select =
            conn.prepare_cached("select voter from vote where article = ?1 limit ?2")?;
        let voters = select
            .query_map((article, MAX_LEARNT as i64 + 1), |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let is_known = voters.len() <= MAX_LEARNT;
        self.articles.insert(article, is_known);
        if is_known {
            for voter in voters {
                self.insert(&(article, voter));
            }
        }
        Ok(())
    }

    /// The table may have got other votes.
    pub(super) fn forget(&mut self, article: i64) {
        self.articles.remove(&article);
    }
}
