use metrics::Outcome;
use rusqlite::{OptionalExtension, params};
use store::{Admission, Change, Changes, Metric, NewEvent, NewEventKind};
use visitor::{Day, DedupKey, Digest, Hour, Salt, dedup_digest};
use wire::{ArticleKey, Network, OwnVote, SiteId, VisitorToken};

use super::{
    super::{read_model::Entry, secrets::OWN_VOTE_KEY},
    DirtyArticle, Failure, Transaction,
};

/// An article of the response, as of when its changes were applied.
pub(in super::super) struct ArticleState {
    /// The requested key, which may be an alias.
    pub(in super::super) key: ArticleKey,
    pub(in super::super) entry: Option<Entry>,
    pub(in super::super) mine: Option<OwnVote>,
}

/// The admission hook for a change, and the index of the change in its request.
#[derive(Clone, Copy)]
pub(super) struct AdmissionCheck<'a> {
    admission: Option<&'a dyn Admission>,
    change_index: usize,
}

/// Whether a read or share is known.
enum Lookup {
    /// It was counted in one of the live windows.
    Counted,
    /// It was not. Its digest in the day's window; `None`: the article does not exist yet.
    New(Option<Digest>),
}

impl Transaction<'_> {
    /// Counts the changes that are new and admitted.
    pub(in super::super) fn apply(
        &mut self,
        changes: &Changes,
    ) -> Result<Vec<ArticleState>, Failure> {
        let Changes {
            site,
            day,
            hour,
            visitor,
            changes,
            admission,
        } = changes;
        let at = (*day, *hour);
        self.start_window(site, *day)?;
        self.admissions.extend(admission.clone());
        let voter = visitor
            .as_ref()
            .and_then(|visitor| self.voter(site, *day, visitor));
        let besides = Metric::of_reader(visitor.as_ref());
        let mut asked = Vec::new();
        let mut chosen: Vec<(usize, OwnVote)> = Vec::new();
        for (change_index, change) in changes.iter().enumerate() {
            let index = self.article_index(site, change.article());
            let check = AdmissionCheck {
                admission: admission.as_deref(),
                change_index,
            };
            let outcome = match change {
                Change::Read { dedup_key, .. } => {
                    let outcome = self.count_once(index, at, None, dedup_key, check)?;
                    if let (Outcome::Counted, Some(besides)) = (outcome, &besides) {
                        let metric = self.interner.metric(self.conn, besides)?;
                        self.add(index, at, metric, 1);
                    }
                    outcome
                }
                Change::Share {
                    network, dedup_key, ..
                } => self.count_once(index, at, Some(network), dedup_key, check)?,
                Change::React { reaction, seq, .. } => {
                    let Some(voter) = &voter else { continue };
                    let outcome = self.choose(index, at, voter, reaction.as_ref(), *seq, check)?;
                    chosen.retain(|(of, _)| *of != index);
                    if let Outcome::Counted = outcome {
                        let choice = OwnVote {
                            reaction: reaction.clone(),
                            seq: *seq,
                        };
                        chosen.push((index, choice));
                    }
                    outcome
                }
            };
            self.outcomes.note(change.kind(visitor.as_ref()), outcome);
            if outcome != Outcome::Refused && !asked.contains(&(index, change.article())) {
                asked.push((index, change.article()));
            }
        }
        asked
            .into_iter()
            .map(
                |(index, key)| match chosen.iter().find(|(of, _)| *of == index) {
                    Some((_, mine)) => Ok(self.state_with(index, key, Some(mine.clone()))),
                    None => {
                        self.article_state(index, key, voter.as_ref().map(|voter| &voter.token))
                    }
                },
            )
            .collect()
    }

    /// Deletes the visitor's votes.
    pub(in super::super) fn erase_visitor(
        &mut self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<ArticleState>, Failure> {
        let mut states = Vec::new();
        for key in articles {
            let index = self.article_index(site, key);
            let mut had_voted = false;
            for voter_id in self.candidate_voter_ids(index, visitor) {
                let Some(entry) = &self.articles[index].entry else {
                    break;
                };
                let id = entry.id;
                if self.vote_log.get(&(id, voter_id)).is_some() {
                    self.fold_votes()?;
                }
                let mut delete = self.conn.prepare_cached(
                    "delete from vote where article = ?1 and voter = ?2 returning reaction",
                )?;
                let deleted = delete
                    .query_row(params![id, voter_id], |row| row.get(0))
                    .optional()?;
                had_voted |= deleted.is_some();
                if let Some(Some(reaction)) = deleted {
                    self.add(index, (day, Hour::UNKNOWN), reaction, -1);
                    self.articles[index].bump_revision();
                }
            }
            if had_voted {
                self.erased = true;
                states.push(self.article_state(index, key, None)?);
            }
        }
        Ok(states)
    }

    /// Counts a read (`network`: `None`) or share, unless it was counted in one of the live windows.
    fn count_once(
        &mut self,
        index: usize,
        (day, hour): (Day, Hour),
        network: Option<&Network>,
        dedup_key: &DedupKey,
        check: AdmissionCheck<'_>,
    ) -> Result<Outcome, Failure> {
        let digest = match self.look_up(index, day, network, dedup_key)? {
            Lookup::Counted => return Ok(Outcome::Repeated),
            Lookup::New(digest) => digest,
        };
        if !self.is_admitted(
            index,
            network.map_or(NewEventKind::Read, NewEventKind::Share),
            check,
        ) {
            return Ok(Outcome::Refused);
        }
        let id = self.create(index, day)?.id;
        let site = &self.articles[index].site;
        let current = || self.salts.live(site).iter().find(|salt| salt.day == day);
        let digest_of_new = |salt: &Salt| dedup_digest(&salt.key, site, id, network, dedup_key);
        let digest = digest.or_else(|| current().map(digest_of_new));
        let site_id = self.interner.site(self.conn, site)?;
        self.seen
            .insert(site_id, day, &digest.ok_or(Failure::Panic)?);
        let metric = network.map_or(Metric::Reads, |network| Metric::Share(network.clone()));
        let metric = self.interner.metric(self.conn, &metric)?;
        self.add(index, (day, hour), metric, 1);
        self.articles[index].bump_revision();
        Ok(Outcome::Counted)
    }

    /// Looks up the read or share in the live windows.
    fn look_up(
        &mut self,
        index: usize,
        day: Day,
        network: Option<&Network>,
        dedup_key: &DedupKey,
    ) -> Result<Lookup, Failure> {
        let DirtyArticle {
            site,
            entry: Some(entry),
            ..
        } = &self.articles[index]
        else {
            return Ok(Lookup::New(None));
        };
        // Checks the article's own id, and those of merged articles while their windows are live.
        let joined = || {
            entry
                .sources
                .iter()
                .filter(|source| source.secret == OWN_VOTE_KEY)
        };
        let site_id = self.interner.site(self.conn, site)?;
        let mut of_day = None;
        for salt in self.salts.live(site) {
            let joined = joined()
                .filter(|source| salt.day.since(source.until) <= 1)
                .map(|source| source.number);
            for number in std::iter::once(entry.id).chain(joined) {
                let digest = dedup_digest(&salt.key, site, number, network, dedup_key);
                if self.seen.contains(site_id, salt.day, &digest) {
                    return Ok(Lookup::Counted);
                }
                if (salt.day, number) == (day, entry.id) {
                    of_day = Some(digest);
                }
            }
        }
        Ok(Lookup::New(of_day))
    }

    /// Whether the admission hook admits a new event.
    pub(super) fn is_admitted(
        &self,
        index: usize,
        what: NewEventKind<'_>,
        AdmissionCheck {
            admission,
            change_index,
        }: AdmissionCheck<'_>,
    ) -> bool {
        let DirtyArticle { key, entry, .. } = &self.articles[index];
        let new = NewEvent {
            article: key,
            is_first: entry.is_none(),
            kind: what,
        };
        admission.is_none_or(|admission| admission.admits(change_index, &new))
    }

    /// The article's current state under the requested key, with the visitor's choice.
    pub(super) fn article_state(
        &self,
        index: usize,
        key: &ArticleKey,
        visitor: Option<&VisitorToken>,
    ) -> Result<ArticleState, Failure> {
        let mine = match (&self.articles[index].entry, visitor) {
            (Some(_), Some(visitor)) => self.mine(index, visitor)?,
            _ => None,
        };
        Ok(self.state_with(index, key, mine))
    }

    fn state_with(&self, index: usize, key: &ArticleKey, mine: Option<OwnVote>) -> ArticleState {
        ArticleState {
            key: key.clone(),
            entry: self.articles[index].entry.clone(),
            mine,
        }
    }
}
