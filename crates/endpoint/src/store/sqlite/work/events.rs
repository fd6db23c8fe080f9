use rusqlite::{OptionalExtension, params};
use wire::{ArticleKey, Mine, Network, Reaction, Seq, SiteId, VisitorToken};

use super::{super::memory::Entry, Failure, Work};
use crate::{
    metrics::Kind,
    store::{Change, Changes, Metric, Once},
    visitor::{Day, seen, voter},
};

/// An article that an answer tells of, as it was when its changes were applied.
pub(in super::super) struct Touch {
    pub(in super::super) key: ArticleKey,
    pub(in super::super) entry: Option<Entry>,
    pub(in super::super) mine: Option<Mine>,
}

impl Work<'_> {
    /// Counts what is new among the changes.
    pub(in super::super) fn apply(&mut self, changes: &Changes) -> Result<Vec<Touch>, Failure> {
        let Changes { site, day, visitor, changes } = changes;
        self.turn_window(site, *day)?;
        let mut places = Vec::new();
        for change in changes {
            let place = self.touch(site, change.article());
            if !places.contains(&place) {
                places.push(place);
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
        places.into_iter().map(|place| self.tell(place, visitor.as_ref())).collect()
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
            if let Some(entry) = &self.touched[place].entry {
                let voter = voter(self.secret, site, entry.id, visitor);
                let mut delete = self
                    .conn
                    .prepare_cached("delete from vote where article = ?1 and voter = ?2 returning reaction")?;
                let deleted = delete.query_row(params![entry.id, voter], |row| row.get(0)).optional()?;
                if let Some(Some(reaction)) = deleted {
                    self.touched[place].add(day, reaction, -1);
                    self.touched[place].rise();
                }
            }
            touches.push(self.tell(place, None)?);
        }
        Ok(touches)
    }

    /// One read (no network) or share, if neither live salt has seen it. Whether it counts.
    fn count_once(&mut self, place: usize, day: Day, network: Option<&Network>, once: &Once) -> Result<bool, Failure> {
        let id = self.create(place, day)?.id;
        let site = &self.touched[place].site;
        let site_id = self.names.site(self.conn, site)?;
        let mut find =
            self.conn.prepare_cached("select 1 from seen where site = ?1 and window = ?2 and digest = ?3")?;
        let mut current = None;
        for salt in self.salts.live(site) {
            let digest = seen(&salt.key, site, id, network, once);
            if find.exists(params![site_id, salt.day.get(), digest])? {
                return Ok(false);
            }
            if salt.day == day {
                current = Some(digest);
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

    /// The visitor's choice, if it is newer than the one that is known. Whether it is.
    fn choose(
        &mut self,
        place: usize,
        day: Day,
        visitor: &VisitorToken,
        reaction: Option<&Reaction>,
        seq: Seq,
    ) -> Result<bool, Failure> {
        let id = self.create(place, day)?.id;
        let voter = voter(self.secret, &self.touched[place].site, id, visitor);
        let mut find = self.conn.prepare_cached("select reaction, seq from vote where article = ?1 and voter = ?2")?;
        let stored: Option<(Option<u16>, i64)> =
            find.query_row(params![id, voter], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let new_seq = seq.get().cast_signed();
        if stored.is_some_and(|(_, known)| new_seq <= known) {
            return Ok(false);
        }
        let old = stored.and_then(|(reaction, _)| reaction);
        let new = match reaction {
            Some(reaction) => Some(self.names.metric(self.conn, &Metric::Reaction(reaction.clone()))?),
            None => None,
        };
        let mut set = self.conn.prepare_cached(
            "insert into vote (article, voter, reaction, seq) values (?1, ?2, ?3, ?4) on conflict do update \
             set reaction = excluded.reaction, seq = excluded.seq",
        )?;
        set.execute(params![id, voter, new, new_seq])?;
        if old != new {
            let touched = &mut self.touched[place];
            if let Some(old) = old {
                touched.add(day, old, -1);
            }
            if let Some(new) = new {
                touched.add(day, new, 1);
            }
            touched.rise();
        }
        Ok(true)
    }

    /// The article as it is now, with the visitor's own choice.
    pub(super) fn tell(&self, place: usize, visitor: Option<&VisitorToken>) -> Result<Touch, Failure> {
        let touched = &self.touched[place];
        let mine = match (&touched.entry, visitor) {
            (Some(entry), Some(visitor)) => self.mine(&touched.site, entry.id, visitor)?,
            _ => None,
        };
        Ok(Touch { key: touched.key.clone(), entry: touched.entry.clone(), mine })
    }

    fn mine(&self, site: &SiteId, id: i64, visitor: &VisitorToken) -> Result<Option<Mine>, Failure> {
        let mut find = self.conn.prepare_cached(
            "select m.name, v.seq from vote v left join metric m on m.id = v.reaction \
             where v.article = ?1 and v.voter = ?2",
        )?;
        let stored = find.query_row(params![id, voter(self.secret, site, id, visitor)], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?))
        });
        Ok(stored.optional()?.map(|(name, seq)| Mine {
            reaction: name.and_then(|name| match Metric::parse(&name) {
                Some(Metric::Reaction(reaction)) => Some(reaction),
                _ => None,
            }),
            seq: Seq::parse(seq.unsigned_abs()).unwrap_or(Seq::MAX),
        }))
    }
}
