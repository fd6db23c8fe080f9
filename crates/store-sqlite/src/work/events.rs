use std::collections::HashMap;

use metrics::{Kind, Outcome};
use rusqlite::{OptionalExtension, params};
use store::{Change, Changes, Gate, Metric, New, Novelty};
use visitor::{Day, Once, seen};
use wire::{ArticleKey, Network, OwnVote, SiteId, VisitorToken};

use super::{
    super::{memory::Entry, secrets::OWN},
    Failure, Touched, Work,
};

/// An article of the response, as of when its changes were applied.
pub(in super::super) struct Touch {
    /// The requested key, which may be an alias.
    pub(in super::super) key: ArticleKey,
    pub(in super::super) entry: Option<Entry>,
    pub(in super::super) mine: Option<OwnVote>,
}

/// The gate for a change, and the index of the change in its request.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    gate: Option<&'a dyn Gate>,
    index: usize,
}

impl Work<'_> {
    /// Counts the changes that are new and admitted.
    pub(in super::super) fn apply(&mut self, changes: &Changes) -> Result<Vec<Touch>, Failure> {
        let Changes { site, day, visitor, changes, gate } = changes;
        self.turn_window(site, *day)?;
        self.gates.extend(gate.clone());
        let visitor = visitor.as_ref().and_then(|visitor| self.who(site, *day, visitor));
        let (mut asked, mut chosen) = (Vec::new(), HashMap::new());
        for (index, change) in changes.iter().enumerate() {
            let place = self.touch(site, change.article());
            let ask = Ask { gate: gate.as_deref(), index };
            let (kind, outcome) = match change {
                Change::Read { once, .. } => (Kind::Read, self.count_once(place, *day, None, once, ask)?),
                Change::Share { network, once, .. } => {
                    (Kind::Share, self.count_once(place, *day, Some(network), once, ask)?)
                }
                Change::React { reaction, seq, .. } => {
                    let Some(visitor) = &visitor else { continue };
                    let kind = if visitor.stands_in { Kind::Noscript } else { Kind::React };
                    let outcome = self.choose(place, *day, visitor, reaction.as_ref(), *seq, ask)?;
                    match outcome {
                        Outcome::Counted => chosen.insert(place, OwnVote { reaction: reaction.clone(), seq: *seq }),
                        _ => chosen.remove(&place),
                    };
                    (kind, outcome)
                }
            };
            self.outcomes.note(kind, outcome);
            if outcome != Outcome::Refused && !asked.contains(&(place, change.article())) {
                asked.push((place, change.article()));
            }
        }
        asked
            .into_iter()
            .map(|(place, key)| match chosen.remove(&place) {
                Some(mine) => Ok(self.told(place, key, Some(mine))),
                None => self.tell(place, key, visitor.as_ref().map(|visitor| &visitor.token)),
            })
            .collect()
    }

    /// Deletes the visitor's votes.
    pub(in super::super) fn forget(
        &mut self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Touch>, Failure> {
        let mut touches = Vec::new();
        for key in articles {
            let place = self.touch(site, key);
            let mut had_voted = false;
            for mark in self.marks(place, visitor) {
                let Some(entry) = &self.touched[place].entry else { break };
                let mut delete = self
                    .conn
                    .prepare_cached("delete from vote where article = ?1 and voter = ?2 returning reaction")?;
                let deleted = delete.query_row(params![entry.id, mark], |row| row.get(0)).optional()?;
                had_voted |= deleted.is_some();
                if let Some(Some(reaction)) = deleted {
                    self.touched[place].add(day, reaction, -1);
                    self.touched[place].rise();
                }
            }
            if had_voted {
                self.erased = true;
                touches.push(self.tell(place, key, None)?);
            }
        }
        Ok(touches)
    }

    /// Counts a read (`network`: `None`) or share, unless it was counted in one of the live windows.
    fn count_once(
        &mut self,
        place: usize,
        day: Day,
        network: Option<&Network>,
        once: &Once,
        ask: Ask<'_>,
    ) -> Result<Outcome, Failure> {
        if self.is_seen(place, network, once)? {
            return Ok(Outcome::Repeated);
        }
        if !self.may(place, network.map_or(Novelty::Read, Novelty::Share), ask) {
            return Ok(Outcome::Refused);
        }
        let id = self.create(place, day)?.id;
        let site = &self.touched[place].site;
        let current = self.salts.live(site).iter().find(|salt| salt.day == day);
        let digest = current.map(|salt| seen(&salt.key, site, id, network, once));
        let site_id = self.names.site(self.conn, site)?;
        let mut insert = self.conn.prepare_cached("insert into seen (site, window, digest) values (?1, ?2, ?3)")?;
        insert.execute(params![site_id, day.get(), digest])?;
        let metric = network.map_or(Metric::Reads, |network| Metric::Share(network.clone()));
        let metric = self.names.metric(self.conn, &metric)?;
        self.touched[place].add(day, metric, 1);
        self.touched[place].rise();
        Ok(Outcome::Counted)
    }

    /// Whether the read or share was counted in one of the live windows.
    fn is_seen(&mut self, place: usize, network: Option<&Network>, once: &Once) -> Result<bool, Failure> {
        let Touched { site, entry: Some(entry), .. } = &self.touched[place] else { return Ok(false) };
        // Checks the article's own id, and those of merged articles while their windows are live.
        let joined = || entry.sources.iter().filter(|source| source.secret == OWN);
        let site_id = self.names.site(self.conn, site)?;
        let mut find =
            self.conn.prepare_cached("select 1 from seen where site = ?1 and window = ?2 and digest = ?3")?;
        for salt in self.salts.live(site) {
            let joined = joined().filter(|source| salt.day.since(source.until) <= 1).map(|source| source.number);
            for number in std::iter::once(entry.id).chain(joined) {
                let digest = seen(&salt.key, site, number, network, once);
                if find.exists(params![site_id, salt.day.get(), digest])? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether the gate admits a new event.
    pub(super) fn may(&self, place: usize, what: Novelty<'_>, Ask { gate, index }: Ask<'_>) -> bool {
        let Touched { key, entry, .. } = &self.touched[place];
        let new = New { article: key, is_first: entry.is_none(), what };
        gate.is_none_or(|gate| gate.admits(index, &new))
    }

    /// The article's current state under the requested key, with the visitor's choice.
    pub(super) fn tell(
        &self,
        place: usize,
        key: &ArticleKey,
        visitor: Option<&VisitorToken>,
    ) -> Result<Touch, Failure> {
        let mine = match (&self.touched[place].entry, visitor) {
            (Some(_), Some(visitor)) => self.mine(place, visitor)?,
            _ => None,
        };
        Ok(self.told(place, key, mine))
    }

    fn told(&self, place: usize, key: &ArticleKey, mine: Option<OwnVote>) -> Touch {
        Touch { key: key.clone(), entry: self.touched[place].entry.clone(), mine }
    }
}
