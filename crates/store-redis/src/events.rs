//! Readers' events: one script call per article, in its slot; all articles concurrently.

/// Arguments and replies of the script.
mod call;
/// Marks and digests under which an article may have stored an event.
mod marks;
/// Prefetch of what is stored, for the gate.
mod peek;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::{join_all, try_join_all};
use metrics::{Kind, Outcome};
use store::{Change, Changes, StoreError};
use visitor::{Salt, Visitor};
use wire::{ArticleKey, OwnVote, SiteId, Tally, VisitorToken};

use self::{call::Answer, marks::Marks};
use super::{
    Redis,
    cluster::Kind as Asking,
    command::Command,
    known::{Heard, Sizes},
    record::{Found, Record},
    table,
};

/// How long to wait for the article's lease to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// Attempts when the cached record turns out to be stale.
const TRIES: u32 = 100;

/// The changes of one article.
struct Group {
    key: ArticleKey,
    /// Indices into the request's changes.
    places: Vec<usize>,
}

/// Result for one article.
struct Done {
    outcomes: Vec<(usize, Outcome)>,
    record: Option<Record>,
    mine: Option<OwnVote>,
}

/// Decisions of the gate, by index of the change.
type Said = std::collections::HashMap<usize, bool>;

impl Redis {
    /// Counts the changes that are new and admitted. If one article fails, the counts of the others stand.
    pub(super) async fn count(&self, changes: &Changes) -> Result<Vec<Tally>, StoreError> {
        let salts = self.salts(&changes.site, changes.day).await?;
        let groups = self.groups(changes).await?;
        let done = join_all(groups.iter().map(|group| self.count_group(changes, &salts, group))).await;
        if let Some(gate) = &changes.gate {
            gate.settle(true);
        }
        let done = done.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut outcomes: Vec<_> = done
            .iter()
            .enumerate()
            .flat_map(|(group, done)| done.outcomes.iter().map(move |of| (of.0, group, of.1)))
            .collect();
        outcomes.sort_unstable_by_key(|(place, ..)| *place);
        let mut told: Vec<(usize, &ArticleKey)> = Vec::new();
        for (place, group, outcome) in outcomes {
            let change = &changes.changes[place];
            self.storing.events.add_pair(kind(change, &changes.visitor), outcome, 1);
            if outcome != Outcome::Refused && !told.contains(&(group, change.article())) {
                told.push((group, change.article()));
            }
        }
        let tell = |(group, key): (usize, &ArticleKey)| {
            let Done { record, mine, .. } = &done[group];
            let tally = record.as_ref().map_or_else(|| Tally::empty(key.clone()), |record| record.tally(key.clone()));
            Tally { mine: mine.clone(), ..tally }
        };
        Ok(told.into_iter().map(tell).collect())
    }

    /// Groups the changes by article, in the order of first change.
    async fn groups(&self, changes: &Changes) -> Result<Vec<Group>, StoreError> {
        let Changes { site, visitor, changes, .. } = changes;
        let mut groups: Vec<Group> = Vec::new();
        for (place, change) in changes.iter().enumerate() {
            if matches!(change, Change::React { .. }) && visitor.is_none() {
                continue;
            }
            let key = self.leads_to(site, change.article()).await?;
            match groups.iter_mut().find(|group| group.key == key) {
                Some(group) => group.places.push(place),
                None => groups.push(Group { key, places: vec![place] }),
            }
        }
        Ok(groups)
    }

    async fn count_group(&self, changes: &Changes, salts: &[Salt], group: &Group) -> Result<Done, StoreError> {
        let (site, mut key, begun) = (&changes.site, group.key.clone(), Instant::now());
        let mut said = Said::new();
        for _ in 0..TRIES {
            let heard = match self.known.usable(site, &key) {
                Some(heard) => heard,
                None => self.hear_of(site, &key, salts).await?,
            };
            if let Found::Moved(to) = heard.found {
                key = to;
                continue;
            }
            let marks = self.marks(changes, salts, &key, &heard, &group.places).await?;
            if let Some(gate) = &changes.gate
                && !self.ask_gate(changes, &**gate, &marks, &group.places, &mut said).await?
            {
                self.hear_of(site, &key, salts).await?;
                continue;
            }
            let places: Vec<_> = group.places.iter().copied().filter(|place| said.get(place) != Some(&false)).collect();
            let at = Instant::now();
            let answer = self.cluster.write(marks.names.slot, marks.call(changes, &places)).await?;
            match Answer::parse(&answer) {
                Some(Answer::Done(counted)) => {
                    self.known.hear(site, &key, at, counted.found.clone());
                    self.grow_crowded(&marks, &counted.sizes);
                    let record = counted.found.article();
                    if let Some(record) = record.as_ref().filter(|record| !record.is_listed) {
                        self.list(site, &key, record.id).await?;
                    }
                    self.note_recent(site, &key, changes.day).await;
                    let refused = group.places.iter().filter(|place| !places.contains(place));
                    let refused = refused.map(|place| (*place, Outcome::Refused)).collect::<Vec<_>>();
                    let outcomes = places.iter().copied().zip(counted.outcomes).chain(refused).collect();
                    return Ok(Done { outcomes, record, mine: counted.mine });
                }
                Some(Answer::Moved(to)) => {
                    self.known.hear(site, &key, at, Found::Moved(to.clone()));
                    key = to;
                }
                Some(Answer::Stale(found, buckets)) => {
                    self.known.hear_all(site, &key, Heard::new(found, at, sizes(salts, &buckets)));
                }
                Some(Answer::Locked(left)) if left < Duration::ZERO.as_millis() as i64 => {
                    self.bring_to_end(site, &key).await?;
                }
                Some(Answer::Locked(_)) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Some(Answer::Locked(_)) => return Err(StoreError::Busy),
                None => return Err(self.nonsense("the answer of a script")),
            }
        }
        Err(StoreError::Busy)
    }

    /// Reads the record and the sizes of its tables, and caches them.
    async fn hear_of(&self, site: &SiteId, key: &ArticleKey, salts: &[Salt]) -> Result<Heard, StoreError> {
        let (names, at) = (self.names.article(site, key), Instant::now());
        let tables = marks::tables(salts.iter().map(|salt| salt.day));
        let asked = tables.iter().map(|table| Command::new("HGET").arg(names.bucket(*table, 0)).arg("n"));
        let commands = std::iter::once(Command::new("HGETALL").arg(names.record())).chain(asked).collect();
        let answers = self.cluster.ask(Asking::Read, names.slot, commands).await?;
        let found = answers.first().map_or(Found::Nothing, Found::parse);
        let buckets = answers.iter().skip(1).map(|size| super::reply::number(size).map_or(1, |size| size as u32));
        let heard = Heard::new(found, at, sizes(salts, &buckets.collect::<Vec<_>>()));
        self.known.hear_all(site, key, heard.clone());
        Ok(heard)
    }

    /// Splits buckets of tables that are too full, in the background.
    fn grow_crowded(&self, marks: &Marks<'_>, sizes: &[(u64, u64)]) {
        for ((table, buckets), (added, size)) in marks.tables.iter().zip(sizes) {
            if table::is_crowded(*buckets, *size, *added) {
                let steps =
                    (*buckets..table::roomy(*size)).map(|buckets| table::grow(&marks.names, *table, buckets, ""));
                let (cluster, slot, steps) = (Arc::clone(&self.cluster), marks.names.slot, steps.collect());
                // If it fails, the next marks trigger it again.
                tokio::spawn(async move { drop(cluster.ask(Asking::Write, slot, steps).await) });
            }
        }
    }

    /// Deletes the visitor's votes.
    pub(super) async fn forget_visitor(
        &self,
        site: &SiteId,
        day: visitor::Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        let tallies = try_join_all(articles.iter().map(|key| self.forget_in(site, day, visitor, key))).await?;
        Ok(tallies.into_iter().flatten().collect())
    }
}

/// In the order of the tables: votes first, then the window of each salt.
fn sizes(salts: &[Salt], buckets: &[u32]) -> Sizes {
    let seen = salts.iter().map(|salt| salt.day).zip(buckets.iter().skip(1).copied());
    Sizes { votes: buckets.first().copied().unwrap_or(1), seen: seen.filter(|(_, buckets)| *buckets > 1).collect() }
}

fn kind(change: &Change, visitor: &Option<Visitor>) -> Kind {
    match change {
        Change::Read { .. } => Kind::Read,
        Change::React { .. } if matches!(visitor, Some(Visitor::StandIn(_))) => Kind::Noscript,
        Change::React { .. } => Kind::React,
        Change::Share { .. } => Kind::Share,
    }
}
