use rusqlite::{OptionalExtension, params};
use wire::{ArticleKey, Mine, Network, SiteId, VisitorToken};

use super::{
    super::{memory::Entry, secrets::OWN},
    Failure, Work,
};
use crate::{
    metrics::Kind,
    store::{Change, Changes, Metric, Once},
    visitor::{Day, seen},
};

/// An article that an answer tells of, as it was when its changes were applied.
pub(in super::super) struct Touch {
    /// As it was asked for.
    pub(in super::super) key: ArticleKey,
    pub(in super::super) entry: Option<Entry>,
    pub(in super::super) mine: Option<Mine>,
}

impl Work<'_> {
    /// Counts what is new among the changes.
    pub(in super::super) fn apply(&mut self, changes: &Changes) -> Result<Vec<Touch>, Failure> {
        let Changes { site, day, visitor, changes } = changes;
        self.turn_window(site, *day)?;
        let mut asked = Vec::new();
        for change in changes {
            let place = self.touch(site, change.article());
            if !asked.contains(&(place, change.article())) {
                asked.push((place, change.article()));
            }
            let (kind, new) = match change {
                Change::Read { once, .. } => (Kind::Read, self.count_once(place, *day, None, once)?),
                Change::Share { network, once, .. } => {
                    (Kind::Share, self.count_once(place, *day, Some(network), once)?)
                }
                Change::React { reaction, seq, .. } => {
                    let Some(visitor) = visitor else { continue };
                    (Kind::React, self.choose(place, *day, visitor, reaction.as_ref(), *seq)?)
                }
            };
            self.outcomes.note(kind, new);
        }
        asked.into_iter().map(|(place, key)| self.tell(place, key, visitor.as_ref())).collect()
    }

    /// Deletes the visitor's votes.
    pub(in super::super) fn forget(
        &mut self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Touch>, Failure> {
        let mut touches = Vec::with_capacity(articles.len());
        for key in articles {
            let place = self.touch(site, key);
            for mark in self.marks(place, visitor) {
                let Some(entry) = &self.touched[place].entry else { break };
                let mut delete = self
                    .conn
                    .prepare_cached("delete from vote where article = ?1 and voter = ?2 returning reaction")?;
                let deleted = delete.query_row(params![entry.id, mark], |row| row.get(0)).optional()?;
                self.erased |= deleted.is_some();
                if let Some(Some(reaction)) = deleted {
                    self.touched[place].add(day, reaction, -1);
                    self.touched[place].rise();
                }
            }
            touches.push(self.tell(place, key, None)?);
        }
        Ok(touches)
    }

    /// One read (no network) or share, if neither live salt has seen it. Whether it counts.
    fn count_once(&mut self, place: usize, day: Day, network: Option<&Network>, once: &Once) -> Result<bool, Failure> {
        let entry = self.create(place, day)?;
        // Under its own id, and under those of articles that have become part of it while what they saw is known.
        let id = entry.id;
        let joined: Vec<_> = entry
            .sources
            .iter()
            .filter(|source| source.secret == OWN)
            .map(|source| (source.number, source.until))
            .collect();
        let site = &self.touched[place].site;
        let site_id = self.names.site(self.conn, site)?;
        let mut find =
            self.conn.prepare_cached("select 1 from seen where site = ?1 and window = ?2 and digest = ?3")?;
        let mut current = None;
        for salt in self.salts.live(site) {
            let joined = joined.iter().filter(|(_, until)| salt.day.since(*until) <= 1).map(|(number, _)| *number);
            for number in std::iter::once(id).chain(joined) {
                let digest = seen(&salt.key, site, number, network, once);
                if find.exists(params![site_id, salt.day.get(), digest])? {
                    return Ok(false);
                }
                if number == id && salt.day == day {
                    current = Some(digest);
                }
            }
        }
        let mut insert = self.conn.prepare_cached("insert into seen (site, window, digest) values (?1, ?2, ?3)")?;
        insert.execute(params![site_id, day.get(), current])?;
        let metric = network.map_or(Metric::Reads, |network| Metric::Share(network.clone()));
        let metric = self.names.metric(self.conn, &metric)?;
        self.touched[place].add(day, metric, 1);
        self.touched[place].rise();
        Ok(true)
    }

    /// The article as it is now, by the key that it was asked for, with the visitor's own choice.
    pub(super) fn tell(
        &self,
        place: usize,
        key: &ArticleKey,
        visitor: Option<&VisitorToken>,
    ) -> Result<Touch, Failure> {
        let entry = &self.touched[place].entry;
        let mine = match (entry, visitor) {
            (Some(entry), Some(visitor)) => self.mine(place, entry.id, visitor)?,
            _ => None,
        };
        Ok(Touch { key: key.clone(), entry: entry.clone(), mine })
    }
}
