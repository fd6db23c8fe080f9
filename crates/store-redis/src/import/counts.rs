use std::collections::{BTreeMap, BTreeSet};

use store::{
    ImportBatch, ImportReport, Metric, StoreError,
    export_format::{ArticlePart, VoteLine},
};
use visitor::Day;
use wire::Reaction;

use super::{
    super::{
        Redis,
        buckets::bucket,
        cluster::Access,
        command::Command,
        keys::{self, MarkTable},
        lease::{Lease, WriteSet},
        record::Days,
        record::OWN_DAYS,
        reply::text,
        vote,
    },
    ImportDelta, SourceDays,
};

/// Merges the daily counts. Reads and shares: the greater number of each day and source. Reactions: if the source is
/// newer, its days replace the stored ones; days of the article's own id change only with votes.
pub(super) fn import_days(
    days: &mut Days,
    part: &ArticlePart,
    source_days: &[SourceDays],
    delta: &mut ImportDelta,
) {
    if part.continues {
        return;
    }
    let is_replaced = |source: &SourceDays| source.label != OWN_DAYS && source.is_newer;
    for source in source_days.iter().filter(|source| is_replaced(source)) {
        days.retain(|(_, label, metric), change| {
            let is_old = *label == source.label && metric.starts_with("reaction:");
            if is_old {
                *delta.day_changes.entry(metric.clone()).or_default() -= *change;
            }
            !is_old
        });
    }
    for line in &part.days {
        let (Some(day), Some(source)) = (Day::parse(&line.day), source_days.get(line.source))
        else {
            continue;
        };
        for (name, change) in &line.counts {
            let Some(metric) = Metric::parse(name) else {
                continue;
            };
            let known = days
                .get(&(day, source.label.clone(), name.clone()))
                .copied()
                .unwrap_or(0);
            let (to, sums) = match (metric, is_replaced(source)) {
                // The source's old days were removed above.
                (Metric::Reaction(_), true) => (known + change, &mut delta.day_changes),
                (Metric::Reaction(_), false) => continue,
                _ => (known.max(*change), &mut delta.counted),
            };
            if to != known {
                days.insert((day, source.label.clone(), name.clone()), to);
                *sums.entry(name.clone()).or_default() += to - known;
            }
        }
    }
}

/// Keeps the sum of days equal to the votes: any difference is booked on the day of the export.
pub(super) fn balance_days(days: &mut Days, day: Day, delta: &ImportDelta) {
    let metrics: BTreeSet<_> = delta.voted.keys().chain(delta.day_changes.keys()).collect();
    for metric in metrics {
        let of = |sums: &BTreeMap<String, i64>| sums.get(metric).copied().unwrap_or(0);
        let rest = of(&delta.voted) - of(&delta.day_changes);
        if rest != 0 {
            let field_key = (day, OWN_DAYS.to_owned(), metric.clone());
            let change = days.entry(field_key.clone()).or_default();
            *change += rest;
            if *change == 0 {
                days.remove(&field_key);
            }
        }
    }
}

/// The days that differ.
pub(super) fn changed_days(before: &Days, after: &Days) -> BTreeSet<Day> {
    let differs = |key: &&(Day, String, String)| before.get(*key) != after.get(*key);
    let keys = before.keys().chain(after.keys());
    keys.filter(differs).map(|(day, ..)| *day).collect()
}

/// Writes the differences.
pub(super) fn write_days(
    names: &keys::ArticleKeySet,
    before: &Days,
    after: &Days,
    to: &mut WriteSet,
) {
    let field =
        |(day, label, metric): &(Day, String, String)| format!("{}:{label}:{metric}", day.get());
    for (field_key, change) in after
        .iter()
        .filter(|(field_key, change)| before.get(*field_key) != Some(*change))
    {
        to.add("HSET", names.days(), [field(field_key), change.to_string()]);
    }
    for field_key in before
        .keys()
        .filter(|field_key| !after.contains_key(*field_key))
    {
        to.add("HDEL", names.days(), [field(field_key)]);
    }
}

/// The vote with the highest `seq` of each mark, of equal ones the first: a mark that is repeated is one reader.
fn newest(votes: &[VoteLine]) -> Vec<&VoteLine> {
    let mut newest: BTreeMap<&[u8; 16], &VoteLine> = BTreeMap::new();
    for vote in votes {
        let kept = newest.entry(&vote.mark.0).or_insert(vote);
        if vote.seq > kept.seq {
            *kept = vote;
        }
    }
    newest.into_values().collect()
}

impl Redis {
    /// Merges the votes: the highest `seq` of each mark wins.
    pub(super) async fn import_votes(
        &self,
        lease: &Lease<'_>,
        batch: &ImportBatch,
        part: &ArticlePart,
        report: &mut ImportReport,
        delta: &mut ImportDelta,
        writes: &mut WriteSet,
    ) -> Result<(), StoreError> {
        if part.votes.is_empty() {
            return Ok(());
        }
        let votes = newest(&part.votes);
        let table = MarkTable::Votes;
        let size = self.size(&lease.names, table).await?;
        let buckets = match batch.dry_run {
            true => self.buckets(&lease.names, table).await?,
            false => {
                self.split_for(lease, table, size + votes.len() as u64)
                    .await?
            }
        };
        let locations: Vec<_> = votes
            .into_iter()
            .map(|vote| {
                (
                    vote,
                    lease.names.bucket(table, bucket(&vote.mark.0, buckets)),
                )
            })
            .collect();
        let ask = locations.iter().map(|(vote, name)| {
            Command::new("HGET")
                .arg(name.clone())
                .arg(vote.mark.0.to_vec())
        });
        let known = self
            .cluster
            .request(Access::Read, lease.names.slot, ask.collect())
            .await?;
        let mut new_marks = 0;
        for ((vote, name), known) in locations.into_iter().zip(&known) {
            let known = text(known).and_then(vote::decode);
            if known.as_ref().is_some_and(|(known, _)| *known >= vote.seq) {
                continue;
            }
            *(if known.is_some() {
                &mut report.newer_votes
            } else {
                &mut report.votes
            }) += 1;
            new_marks += usize::from(known.is_none());
            writes.add(
                "HSET",
                name,
                [
                    vote.mark.0.to_vec(),
                    vote::encode(vote.seq, vote.reaction.as_ref()),
                ],
            );
            delta.other = true;
            let mut count = |reaction: &Reaction, change: i64| {
                *delta
                    .voted
                    .entry(Metric::Reaction(reaction.clone()).name())
                    .or_default() += change;
            };
            known
                .and_then(|(_, option)| option)
                .iter()
                .for_each(|option| count(option, -1));
            vote.reaction.iter().for_each(|option| count(option, 1));
        }
        if new_marks > 0 {
            writes.add(
                "HINCRBY",
                lease.names.bucket(table, 0),
                ["c".to_owned(), new_marks.to_string()],
            );
        }
        Ok(())
    }
}
