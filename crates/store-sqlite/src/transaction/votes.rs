use metrics::Outcome;
use rusqlite::{OptionalExtension, params};
use store::{Metric, NewEventKind};
use visitor::{Day, Digest, Hour, Visitor, visitor_token, voter_id};
use wire::{ArticleKey, OwnVote, Reaction, Seq, SiteId, VisitorToken};

use super::{
    super::{
        read_model::MetricId,
        secrets::OWN_VOTE_KEY,
        vote_log::{Vote, VoteKey},
    },
    Failure, Transaction,
    events::AdmissionCheck,
};

/// The voter, as input of the voter id.
pub(super) struct Voter {
    pub(super) token: VisitorToken,
    /// The metric that the reader's first choice increments besides the option.
    besides: Option<Metric>,
}

impl Transaction<'_> {
    /// The voter for a visitor; see [`visitor_token`].
    pub(super) fn voter(&self, site: &SiteId, day: Day, visitor: &Visitor) -> Option<Voter> {
        let token = visitor_token(visitor, site, day, self.salts.live(site))?;
        Some(Voter {
            token,
            besides: Metric::of_voter(visitor),
        })
    }

    /// The visitor's choice in the article.
    pub(in super::super) fn choice(
        &mut self,
        site: &SiteId,
        day: Day,
        article: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<OwnVote>, Failure> {
        let index = self.article_index(site, article);
        match self.voter(site, day, visitor) {
            Some(voter) => self.mine(index, &voter.token),
            None => Ok(None),
        }
    }

    /// Stores the visitor's choice if its `seq` is higher than all stored ones. There may be a row under each of the
    /// article's ids: the first row gets the choice, the others are cleared but keep the `seq`, so that an older event
    /// cannot restore them.
    pub(super) fn choose(
        &mut self,
        index: usize,
        at: (Day, Hour),
        Voter {
            token: visitor,
            besides,
        }: &Voter,
        reaction: Option<&Reaction>,
        seq: Seq,
        check: AdmissionCheck<'_>,
    ) -> Result<Outcome, Failure> {
        let new_seq = seq.get().cast_signed();
        let mut voter_ids = self.candidate_voter_ids(index, visitor);
        if let Some(entry) = &self.articles[index].entry {
            self.vote_log.learn_voters(self.conn, entry.id)?;
        }
        let found = self.votes(index, &voter_ids)?;
        if found.iter().any(|(_, known)| new_seq <= known.seq) {
            return Ok(Outcome::Repeated);
        }
        let is_new = found.is_empty();
        if !self.is_admitted(
            index,
            if is_new {
                NewEventKind::Voter
            } else {
                NewEventKind::Choice
            },
            check,
        ) {
            return Ok(Outcome::Refused);
        }
        let is_new_article = self.articles[index].entry.is_none();
        let id = self.create(index, at.0)?.id;
        if is_new_article {
            self.vote_log.note_new_article(id);
        }
        if voter_ids.is_empty() {
            voter_ids = self.candidate_voter_ids(index, visitor);
        }
        let mut rows: Vec<_> = found
            .into_iter()
            .map(|(voter_id, known)| (voter_id, known.reaction))
            .collect();
        let new = match reaction {
            Some(reaction) => Some(
                self.interner
                    .metric(self.conn, &Metric::Reaction(reaction.clone()))?,
            ),
            None => None,
        };
        let old: Vec<MetricId> = rows.iter().filter_map(|(_, reaction)| *reaction).collect();
        if rows.is_empty() {
            rows.push((voter_ids[0], None));
        }
        for (row, (voter_id, _)) in rows.iter().enumerate() {
            let vote = Vote {
                reaction: new.filter(|_| row == 0),
                seq: new_seq,
            };
            self.set_vote((id, *voter_id), vote)?;
        }
        if rows[0].0 == voter_ids[0] {
            self.mark_voted(index)?;
        }
        if let Some(besides) = besides.as_ref().filter(|_| is_new) {
            let metric = self.interner.metric(self.conn, besides)?;
            self.add(index, at, metric, 1);
        }
        if old != Vec::from_iter(new) {
            for (metric, change) in old
                .into_iter()
                .map(|old| (old, -1))
                .chain(new.map(|new| (new, 1)))
            {
                self.add(index, at, metric, change);
            }
            self.articles[index].bump_revision();
        }
        Ok(Outcome::Counted)
    }

    /// The visitor's votes under all of the article's ids.
    fn votes(&self, index: usize, voter_ids: &[Digest]) -> Result<Vec<(Digest, Vote)>, Failure> {
        let Some(entry) = &self.articles[index].entry else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for voter_id in voter_ids {
            let vote = self.find_vote(&(entry.id, *voter_id))?;
            rows.extend(vote.map(|vote| (*voter_id, vote)));
        }
        Ok(rows)
    }

    /// A vote, from the log or else from the table.
    fn find_vote(&self, key: &VoteKey) -> Result<Option<Vote>, Failure> {
        if self.vote_log.lacks(key) {
            return Ok(None);
        }
        if let Some(vote) = self.vote_log.get(key) {
            return Ok(Some(vote));
        }
        let (article, voter) = key;
        let found = self.statements.find_vote.with(self.conn, |find| {
            find.query_row(params![article, voter], |row| {
                Ok(Vote {
                    reaction: row.get(0)?,
                    seq: row.get(1)?,
                })
            })
        });
        Ok(found.optional()?)
    }

    /// Stores a vote in the log, or in the table if this transaction has moved all votes there.
    fn set_vote(&mut self, key: VoteKey, vote: Vote) -> Result<(), Failure> {
        if !self.vote_log.is_folded() {
            self.vote_log.insert(key, vote);
            return Ok(());
        }
        self.vote_log.note_in_table(&key);
        let (article, voter) = key;
        self.statements.set_vote.with(self.conn, |set| {
            set.execute(params![article, voter, vote.reaction, vote.seq])
        })?;
        Ok(())
    }

    /// Records that there is a vote under the first of the article's ids.
    fn mark_voted(&mut self, index: usize) -> Result<(), Failure> {
        let article = &mut self.articles[index];
        let Some(entry) = &mut article.entry else {
            return Ok(());
        };
        let Some((secret, number)) = entry.ids_of_votes().next() else {
            return Ok(());
        };
        if secret == OWN_VOTE_KEY && !entry.voted {
            entry.own = true;
            entry.voted = true;
            article.changed = true;
        }
        let source = entry
            .sources
            .iter_mut()
            .find(|source| source.id() == (secret, number));
        if let Some(source) = source.filter(|source| !source.voted) {
            source.voted = true;
            article.changed = true;
            let mut set = self
                .conn
                .prepare_cached("update source set voted = 1 where secret = ?1 and number = ?2")?;
            set.execute(params![self.secrets.name(secret), number])?;
        }
        Ok(())
    }

    /// The voter ids under which this visitor may have voted, one for each id of the article; the first is used for new
    /// votes. Empty if the article does not exist.
    pub(super) fn candidate_voter_ids(&self, index: usize, visitor: &VisitorToken) -> Vec<Digest> {
        let article = &self.articles[index];
        let Some(entry) = &article.entry else {
            return Vec::new();
        };
        let under =
            |(vote_key, id)| voter_id(self.secrets.get(vote_key), &article.site, id, visitor);
        entry.ids_of_votes().map(under).collect()
    }

    /// The visitor's latest choice under any of the article's ids.
    pub(super) fn mine(
        &self,
        index: usize,
        visitor: &VisitorToken,
    ) -> Result<Option<OwnVote>, Failure> {
        let name = |metric| match self.interner.metric_of(metric) {
            Some(Metric::Reaction(reaction)) => Some(reaction.clone()),
            _ => None,
        };
        // On equal `seq`, a vote wins over a withdrawal (see `choose`), and of two votes always the same one.
        let voter_ids = self.candidate_voter_ids(index, visitor);
        let newest = self
            .votes(index, &voter_ids)?
            .into_iter()
            .map(|(_, vote)| (vote.seq, vote.reaction.and_then(name)))
            .max();
        Ok(newest.map(|(seq, reaction)| OwnVote {
            reaction,
            seq: Seq::parse(seq.unsigned_abs()).unwrap_or(Seq::MAX),
        }))
    }
}
