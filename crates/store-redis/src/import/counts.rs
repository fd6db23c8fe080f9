use std::collections::{BTreeMap, BTreeSet};

use store::{Metric, Portion, StoreError, Taken, transfer::Part};
use visitor::Day;
use wire::Reaction;

use super::{
    super::{
        Redis,
        cluster::Kind,
        command::Command,
        held::{Held, Writes},
        keys::{self, Table},
        record::OWN_DAYS,
        reply::text,
        sheet::Days,
        table::bucket,
        vote,
    },
    Added, Origin,
};

/// Merges the daily counts. Reads and shares: the greater number of each day and source. Reactions: if the source is
/// newer, its days replace the stored ones; days of the article's own id change only with votes.
pub(super) fn take_days(days: &mut Days, part: &Part, origins: &[Origin], added: &mut Added) {
    if part.continues {
        return;
    }
    let is_open = |origin: &Origin| origin.label != OWN_DAYS && origin.is_newer;
    for origin in origins.iter().filter(|origin| is_open(origin)) {
        days.retain(|(_, label, metric), change| {
            let is_old = *label == origin.label && metric.starts_with("reaction:");
            if is_old {
                *added.booked.entry(metric.clone()).or_default() -= *change;
            }
            !is_old
        });
    }
    for line in &part.days {
        let (Some(day), Some(origin)) = (Day::parse(&line.day), origins.get(line.source)) else { continue };
        for (name, change) in &line.counts {
            let Some(metric) = Metric::parse(name) else { continue };
            let known = days.get(&(day, origin.label.clone(), name.clone())).copied().unwrap_or(0);
            let (to, sums) = match (metric, is_open(origin)) {
                // The source's old days were removed above.
                (Metric::Reaction(_), true) => (known + change, &mut added.booked),
                (Metric::Reaction(_), false) => continue,
                _ => (known.max(*change), &mut added.counted),
            };
            if to != known {
                days.insert((day, origin.label.clone(), name.clone()), to);
                *sums.entry(name.clone()).or_default() += to - known;
            }
        }
    }
}

/// Keeps the sum of days equal to the votes: any difference is booked on the day of the export.
pub(super) fn book(days: &mut Days, day: Day, added: &Added) {
    let metrics: BTreeSet<_> = added.voted.keys().chain(added.booked.keys()).collect();
    for metric in metrics {
        let of = |sums: &BTreeMap<String, i64>| sums.get(metric).copied().unwrap_or(0);
        let rest = of(&added.voted) - of(&added.booked);
        if rest != 0 {
            let place = (day, OWN_DAYS.to_owned(), metric.clone());
            let change = days.entry(place.clone()).or_default();
            *change += rest;
            if *change == 0 {
                days.remove(&place);
            }
        }
    }
}

/// Writes the differences.
pub(super) fn write_days(names: &keys::Article, before: &Days, after: &Days, to: &mut Writes) {
    let field = |(day, label, metric): &(Day, String, String)| format!("{}:{label}:{metric}", day.get());
    for (place, change) in after.iter().filter(|(place, change)| before.get(*place) != Some(*change)) {
        to.add("HSET", names.days(), [field(place), change.to_string()]);
    }
    for place in before.keys().filter(|place| !after.contains_key(*place)) {
        to.add("HDEL", names.days(), [field(place)]);
    }
}

impl Redis {
    /// Merges the votes: the highest `seq` of each mark wins.
    pub(super) async fn take_votes(
        &self,
        held: &Held<'_>,
        portion: &Portion,
        part: &Part,
        taken: &mut Taken,
        added: &mut Added,
        writes: &mut Writes,
    ) -> Result<(), StoreError> {
        if part.votes.is_empty() {
            return Ok(());
        }
        let table = Table::Votes;
        let size = self.size(&held.names, table).await?;
        let buckets = match portion.dry_run {
            true => self.buckets(&held.names, table).await?,
            false => self.make_room(held, table, size + part.votes.len() as u64).await?,
        };
        let places: Vec<_> =
            part.votes.iter().map(|vote| (vote, held.names.bucket(table, bucket(&vote.mark.0, buckets)))).collect();
        let ask = places.iter().map(|(vote, name)| Command::new("HGET").arg(name.clone()).arg(vote.mark.0.to_vec()));
        let known = self.cluster.ask(Kind::Read, held.names.slot, ask.collect()).await?;
        let mut new_marks = 0;
        for ((vote, name), known) in places.into_iter().zip(&known) {
            let known = text(known).and_then(vote::parse);
            if known.as_ref().is_some_and(|(known, _)| *known >= vote.seq) {
                continue;
            }
            *(if known.is_some() { &mut taken.newer_votes } else { &mut taken.votes }) += 1;
            new_marks += usize::from(known.is_none());
            writes.add("HSET", name, [vote.mark.0.to_vec(), vote::pack(vote.seq, vote.reaction.as_ref())]);
            added.other = true;
            let mut count = |reaction: &Reaction, change: i64| {
                *added.voted.entry(Metric::Reaction(reaction.clone()).name()).or_default() += change;
            };
            known.and_then(|(_, option)| option).iter().for_each(|option| count(option, -1));
            vote.reaction.iter().for_each(|option| count(option, 1));
        }
        if new_marks > 0 {
            writes.add("HINCRBY", held.names.bucket(table, 0), ["c".to_owned(), new_marks.to_string()]);
        }
        Ok(())
    }
}
