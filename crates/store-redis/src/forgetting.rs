//! Deletion of a visitor's votes. Votes are looked up without the article's lease, because events of the article wait for
//! a lease, and anybody may send the request for any article.

use futures_util::future::try_join_all;
use redis::Value;
use store::{Metric, StoreError};
use tokio::sync::{Mutex, MutexGuard};
use visitor::{Day, Digest, voter_id};
use wire::{ArticleKey, SiteId, Tally, VisitorToken};

use super::{
    Redis,
    buckets::bucket,
    cluster::Access,
    command::Command,
    keys::{ArticleKeySet, MarkTable, Name},
    lease::{Lease, WriteSet},
    record::Record,
    reply::{list, number, text},
    slot::Slot,
    vote::{self, Vote},
};

/// One deletion at a time for each group of slots: of concurrent requests for the same vote, only the first takes the
/// lease.
pub(super) struct Turns([Mutex<()>; 64]);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Turns {
    async fn of(&self, slot: Slot) -> MutexGuard<'_, ()> {
        self.0[usize::from(slot.0) % self.0.len()].lock().await
    }
}

/// The result of a lookup without the lease.
enum Lookup {
    /// There is no vote.
    Nothing,
    /// There is a vote, or another operation changed the article meanwhile.
    Unclear,
}

/// A mark under which the visitor may have voted, and its bucket.
type MarkLocation = (Digest, Name);

impl Redis {
    /// Deletes the visitor's votes.
    pub(super) async fn erase_visitor_votes(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError> {
        let tallies = try_join_all(
            articles
                .iter()
                .map(|key| self.erase_votes_in(site, day, visitor, key)),
        )
        .await?;
        Ok(tallies.into_iter().flatten().collect())
    }

    /// Deletes the visitor's votes in one article. `None`: there were none.
    async fn erase_votes_in(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        key: &ArticleKey,
    ) -> Result<Option<Tally>, StoreError> {
        if let Lookup::Nothing = self.look_up_votes(site, visitor, key).await? {
            return Ok(None);
        }
        let _turn = self.turns.of(self.names.article(site, key).slot).await;
        loop {
            if let Lookup::Nothing = self.look_up_votes(site, visitor, key).await? {
                return Ok(None);
            }
            let lease = self.lease(site, key).await?;
            let Some(record) = lease.record().cloned() else {
                lease.release().await?;
                continue;
            };
            let locations = self
                .vote_locations(site, visitor, &lease.names, &record)
                .await?;
            let votes = self.votes_at(&lease.names, &locations).await?;
            if votes.is_empty() {
                lease.release().await?;
                return Ok(None);
            }
            let own_key = lease.key.clone();
            if let Some(record) = self.commit_erasure(lease, record, day, &votes).await? {
                self.note_index_change(site, &[&own_key]).await;
                return Ok(Some(record.tally(key.clone())));
            }
        }
    }

    /// Looks for the visitor's votes. What decides where they are is read before and after them: votes could be moved
    /// meanwhile, by a split of their bucket or by an operation under a lease.
    async fn look_up_votes(
        &self,
        site: &SiteId,
        visitor: &VisitorToken,
        key: &ArticleKey,
    ) -> Result<Lookup, StoreError> {
        let (key, Some(record)) = self.follow(site, key).await? else {
            return Ok(Lookup::Nothing);
        };
        let names = self.names.article(site, &key);
        let vote_keys = self.vote_keys_of(Some(&record)).await?;
        let buckets = self.buckets(&names, MarkTable::Votes).await?;
        let locations = locations(&record, &vote_keys, site, visitor, &names, buckets);
        let layout = || {
            [
                Command::new("HMGET")
                    .arg(names.record())
                    .args(LAYOUT_FIELDS),
                Command::new("HGET")
                    .arg(names.bucket(MarkTable::Votes, 0))
                    .arg("n"),
            ]
        };
        let commands = layout()
            .into_iter()
            .chain(locations.iter().map(read_mark))
            .chain(layout());
        let replies = self
            .cluster
            .request(Access::Read, names.slot, commands.collect())
            .await?;
        let is_steady = |replies: &[Value]| match replies {
            [fields, count] => {
                is_unlocked(fields, &record) && number(count).unwrap_or(1) == i64::from(buckets)
            }
            _ => false,
        };
        let (before, rest) = replies.split_at_checked(2).unwrap_or_default();
        let (votes, after) = rest.split_at_checked(locations.len()).unwrap_or_default();
        let has_votes = votes.iter().any(|vote| text(vote).is_some());
        Ok(if is_steady(before) && is_steady(after) && !has_votes {
            Lookup::Nothing
        } else {
            Lookup::Unclear
        })
    }

    /// Under the lease: where the visitor may have voted.
    async fn vote_locations(
        &self,
        site: &SiteId,
        visitor: &VisitorToken,
        names: &ArticleKeySet,
        record: &Record,
    ) -> Result<Vec<MarkLocation>, StoreError> {
        let vote_keys = self.vote_keys_of(Some(record)).await?;
        let buckets = self.buckets(names, MarkTable::Votes).await?;
        Ok(locations(record, &vote_keys, site, visitor, names, buckets))
    }

    /// Under the lease: the votes there.
    async fn votes_at(
        &self,
        names: &ArticleKeySet,
        locations: &[MarkLocation],
    ) -> Result<Vec<(MarkLocation, Vote)>, StoreError> {
        let commands = locations.iter().map(read_mark).collect();
        let votes = self
            .cluster
            .request(Access::Read, names.slot, commands)
            .await?;
        Ok(locations
            .iter()
            .zip(&votes)
            .filter_map(|(location, vote)| {
                Some((location.clone(), text(vote).and_then(vote::decode)?))
            })
            .collect())
    }

    /// Deletes the votes, and releases the lease. `None`: the lease was lost, and nothing was deleted.
    async fn commit_erasure(
        &self,
        lease: Lease<'_>,
        mut record: Record,
        day: Day,
        votes: &[(MarkLocation, Vote)],
    ) -> Result<Option<Record>, StoreError> {
        let mut writes = WriteSet::of_erasure();
        let first_bucket = || lease.names.bucket(MarkTable::Votes, 0);
        for ((mark, bucket), (_, reaction)) in votes {
            writes.add("HDEL", bucket.clone(), [mark.to_vec()]);
            writes.add("HINCRBY", first_bucket(), ["c", "-1"]);
            if let Some(reaction) = reaction {
                let metric = Metric::Reaction(reaction.clone()).name();
                record.count(&metric).counted -= 1;
                record.rev += 1;
                record.own = true;
                let change = [format!("{}::{metric}", day.get()), "-1".into()];
                writes.add("HINCRBY", lease.names.days(), change);
            }
        }
        self.note_erasure(lease.names.slot).await?;
        let is_done = lease.commit(&record, writes).await?;
        Ok(is_done.then_some(record))
    }
}

/// The fields of the record that decide where votes are, and whether an operation may be moving them.
const LAYOUT_FIELDS: [&str; 5] = ["id", "shape", "to", "lock", "intent"];

/// Whether the fields are as in the record, and no operation is under way.
fn is_unlocked(fields: &Value, record: &Record) -> bool {
    let [id, shape, others @ ..] = list(fields) else {
        return false;
    };
    number(id) == Some(record.id)
        && number(shape).unwrap_or(0) == record.shape
        && others.iter().all(|field| *field == Value::Nil)
}

fn locations(
    record: &Record,
    vote_keys: &super::vote_keys::VoteKeys,
    site: &SiteId,
    visitor: &VisitorToken,
    names: &ArticleKeySet,
    buckets: u32,
) -> Vec<MarkLocation> {
    record
        .ids_of_votes(vote_keys)
        .iter()
        .filter_map(|id| Some(voter_id(vote_keys.get(&id.of)?, site, id.number, visitor)))
        .map(|mark| (mark, names.bucket(MarkTable::Votes, bucket(&mark, buckets))))
        .collect()
}

fn read_mark((mark, bucket): &MarkLocation) -> Command {
    Command::new("HGET").arg(bucket.clone()).arg(mark.to_vec())
}
