//! Readers' events: one script call per article, in its slot; all articles concurrently.

/// Marks and digests under which an article may have stored an event.
mod mark_locations;
/// Prefetch of what is stored, for the admission hook.
mod precheck;
/// Arguments and replies of the script.
mod script_args;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use metrics::Outcome;
use store::{AppliedCounts, Change, Changes, StoreError};
use visitor::Salt;
use wire::{ArticleKey, OwnVote, SiteId, Tally};

use self::{mark_locations::MarkLocations, script_args::ApplyReply};
use super::{
    Redis, buckets,
    cluster::Access,
    command::Command,
    record::{Found, Record},
    record_cache::{BucketCounts, CachedRecord},
};

/// How long to wait for the article's lease to end.
const EVENT_LEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// Delay between attempts while the article is leased; it grows with the wait.
const MIN_LEASE_POLL_DELAY: Duration = Duration::from_millis(5);
const MAX_LEASE_POLL_DELAY: Duration = Duration::from_millis(50);

/// Attempts when the cached record turns out to be stale. Waits for a lease do not count.
const MAX_STALE_RETRIES: u32 = 100;

/// The changes of one article.
struct ArticleEvents {
    key: ArticleKey,
    /// Indices into the request's changes.
    indexes: Vec<usize>,
}

/// Result for one article.
struct GroupResult {
    outcomes: Vec<(usize, Outcome)>,
    record: Option<Record>,
    mine: Option<OwnVote>,
}

/// Decisions of the admission hook, by index of the change.
type AdmissionDecisions = std::collections::HashMap<usize, bool>;

impl Redis {
    /// Counts the changes that are new and admitted. If one article fails, the counts of the others stay.
    pub(super) async fn apply_changes(
        &self,
        changes: &Changes,
    ) -> Result<Vec<AppliedCounts>, StoreError> {
        let salts = self.salts(&changes.site, changes.day).await?;
        let groups = self.groups(changes).await?;
        let done = join_all(
            groups
                .iter()
                .map(|group| self.count_group(changes, &salts, group)),
        )
        .await;
        if let Some(admission) = &changes.admission {
            admission.commit();
        }
        let done = done.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut outcomes: Vec<_> = done
            .iter()
            .enumerate()
            .flat_map(|(group, done)| done.outcomes.iter().map(move |of| (of.0, group, of.1)))
            .collect();
        outcomes.sort_unstable_by_key(|(index, ..)| *index);
        let mut answered: Vec<(usize, &ArticleKey)> = Vec::new();
        for (index, group, outcome) in outcomes {
            let change = &changes.changes[index];
            self.metrics
                .events
                .add_pair(change.kind(changes.visitor.as_ref()), outcome, 1);
            if outcome != Outcome::Refused && !answered.contains(&(group, change.article())) {
                answered.push((group, change.article()));
            }
        }
        let applied = |(group, key): (usize, &ArticleKey)| {
            let GroupResult { record, mine, .. } = &done[group];
            let tally = record.as_ref().map_or_else(
                || Tally::empty(key.clone()),
                |record| record.tally(key.clone()),
            );
            AppliedCounts {
                tally: Tally {
                    mine: mine.clone(),
                    ..tally
                },
                poll: record.as_ref().and_then(|record| record.poll.clone()),
            }
        };
        Ok(answered.into_iter().map(applied).collect())
    }

    /// Groups the changes by article, in the order of first change.
    async fn groups(&self, changes: &Changes) -> Result<Vec<ArticleEvents>, StoreError> {
        let Changes {
            site,
            visitor,
            changes,
            ..
        } = changes;
        let mut groups: Vec<ArticleEvents> = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            if matches!(change, Change::React { .. }) && visitor.is_none() {
                continue;
            }
            let key = self.resolve_key(site, change.article()).await?;
            match groups.iter_mut().find(|group| group.key == key) {
                Some(group) => group.indexes.push(index),
                None => groups.push(ArticleEvents {
                    key,
                    indexes: vec![index],
                }),
            }
        }
        Ok(groups)
    }

    async fn count_group(
        &self,
        changes: &Changes,
        salts: &[Salt],
        group: &ArticleEvents,
    ) -> Result<GroupResult, StoreError> {
        let site = &changes.site;
        let mut key = group.key.clone();
        let begun = Instant::now();
        let mut decisions = AdmissionDecisions::new();
        let mut retries = 0;
        while retries < MAX_STALE_RETRIES {
            retries += 1;
            let cached = match self.records.get_stale_ok(site, &key) {
                Some(cached) => cached,
                None => self.read_record(site, &key, salts).await?,
            };
            if let Found::Moved(to) = cached.found {
                key = to;
                continue;
            }
            let marks = self
                .mark_locations(changes, salts, &key, &cached, &group.indexes)
                .await?;
            if let Some(admission) = &changes.admission
                && !self
                    .admit_new_events(
                        changes,
                        &**admission,
                        &marks,
                        &group.indexes,
                        &mut decisions,
                    )
                    .await?
            {
                self.read_record(site, &key, salts).await?;
                continue;
            }
            let indexes: Vec<_> = group
                .indexes
                .iter()
                .copied()
                .filter(|index| decisions.get(index) != Some(&false))
                .collect();
            let at = Instant::now();
            let reply = self
                .cluster
                .write(marks.names.slot, marks.script_call(changes, &indexes))
                .await?;
            match ApplyReply::parse(&reply) {
                Some(ApplyReply::Done(counted)) => {
                    self.records.insert(site, &key, at, counted.found.clone());
                    self.split_full_buckets(&marks, &counted.sizes);
                    let record = counted.found.article();
                    if let Some(record) = record.as_ref().filter(|record| !record.is_listed) {
                        self.list_article(site, &key, record.id).await?;
                    }
                    self.list_recent(site, &key, changes.day).await;
                    let refused = group
                        .indexes
                        .iter()
                        .filter(|index| !indexes.contains(index));
                    let refused = refused
                        .map(|index| (*index, Outcome::Refused))
                        .collect::<Vec<_>>();
                    let outcomes = indexes
                        .iter()
                        .copied()
                        .zip(counted.outcomes)
                        .chain(refused)
                        .collect();
                    return Ok(GroupResult {
                        outcomes,
                        record,
                        mine: counted.mine,
                    });
                }
                Some(ApplyReply::Moved(to)) => {
                    self.records
                        .insert(site, &key, at, Found::Moved(to.clone()));
                    key = to;
                }
                Some(ApplyReply::Stale(found, buckets)) => {
                    self.records.replace(
                        site,
                        &key,
                        CachedRecord::new(found, at, bucket_counts(salts, &buckets)),
                    );
                }
                Some(ApplyReply::Locked(left)) if left < Duration::ZERO.as_millis() as i64 => {
                    self.recover_intent(site, &key).await?;
                }
                Some(ApplyReply::Locked(_)) if begun.elapsed() < EVENT_LEASE_TIMEOUT => {
                    retries -= 1;
                    tokio::time::sleep(
                        (begun.elapsed() / 4).clamp(MIN_LEASE_POLL_DELAY, MAX_LEASE_POLL_DELAY),
                    )
                    .await;
                }
                Some(ApplyReply::Locked(_)) => return Err(StoreError::Busy),
                None => return Err(self.corrupt_reply("the answer of a script")),
            }
        }
        Err(StoreError::Busy)
    }

    /// Reads the record and the sizes of its tables, and caches them.
    async fn read_record(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        salts: &[Salt],
    ) -> Result<CachedRecord, StoreError> {
        let names = self.names.article(site, key);
        let at = Instant::now();
        let tables = mark_locations::tables(salts.iter().map(|salt| salt.day));
        let sizes_requests = tables
            .iter()
            .map(|table| Command::new("HGET").arg(names.bucket(*table, 0)).arg("n"));
        let commands = std::iter::once(Command::new("HGETALL").arg(names.record()))
            .chain(sizes_requests)
            .collect();
        let replies = self
            .cluster
            .request(Access::Read, names.slot, commands)
            .await?;
        let found = replies.first().map_or(Found::Nothing, Found::parse);
        let buckets = replies
            .iter()
            .skip(1)
            .map(|size| super::reply::number(size).map_or(1, |size| size as u32));
        let cached = CachedRecord::new(
            found,
            at,
            bucket_counts(salts, &buckets.collect::<Vec<_>>()),
        );
        self.records.replace(site, key, cached.clone());
        Ok(cached)
    }

    /// Splits buckets of tables that are too full, in the background.
    fn split_full_buckets(&self, marks: &MarkLocations<'_>, sizes: &[(u64, u64)]) {
        for ((table, buckets), (added, size)) in marks.tables.iter().zip(sizes) {
            if buckets::needs_split(*buckets, *size, *added) {
                let steps = (*buckets..buckets::target_buckets(*size))
                    .map(|buckets| buckets::split(&marks.names, *table, buckets, ""));
                let cluster = Arc::clone(&self.cluster);
                let slot = marks.names.slot;
                let steps = steps.collect();
                // If it fails, the next marks trigger it again.
                tokio::spawn(
                    async move { drop(cluster.request(Access::Write, slot, steps).await) },
                );
            }
        }
    }
}

/// Numbers of buckets, from values in the order of the tables: votes first, then the window of each salt.
fn bucket_counts(salts: &[Salt], buckets: &[u32]) -> BucketCounts {
    let seen = salts
        .iter()
        .map(|salt| salt.day)
        .zip(buckets.iter().skip(1).copied());
    BucketCounts {
        votes: buckets.first().copied().unwrap_or(1),
        seen: seen.filter(|(_, buckets)| *buckets > 1).collect(),
    }
}
