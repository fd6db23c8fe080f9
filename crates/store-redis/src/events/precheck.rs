use std::collections::HashSet;

use redis::Value;
use store::{Admission, Change, Changes, NewEvent, NewEventKind, StoreError};
use visitor::Digest;

use super::{
    super::{
        Redis,
        cluster::Access,
        command::Command,
        reply::{list, number, text, utf8},
        vote,
    },
    AdmissionDecisions,
    mark_locations::MarkLocations,
};

/// The events of a request that the article has already stored.
struct StoredEvents {
    seen: HashSet<Digest>,
    /// `seq` of each of the visitor's votes.
    votes: Vec<u64>,
}

impl Redis {
    /// Submits the new events to the admission hook. An event that another endpoint counts in between is charged
    /// needlessly: limits err on the strict side. Returns false if the cached record is stale.
    pub(super) async fn admit_new_events(
        &self,
        changes: &Changes,
        admission: &dyn Admission,
        marks: &MarkLocations<'_>,
        indexes: &[usize],
        decisions: &mut AdmissionDecisions,
    ) -> Result<bool, StoreError> {
        if indexes.iter().all(|index| decisions.contains_key(index)) {
            return Ok(true);
        }
        let Some(mut stored) = self.read_stored(marks).await? else {
            return Ok(false);
        };
        let mut is_first = marks.record.is_none();
        for index in indexes {
            let kind = match &changes.changes[*index] {
                Change::Read { .. } => NewEventKind::Read,
                Change::Share { network, .. } => NewEventKind::Share(network),
                Change::React { seq, .. }
                    if stored.votes.iter().any(|known| *known >= seq.get()) =>
                {
                    continue;
                }
                Change::React { .. } if stored.votes.is_empty() => NewEventKind::Voter,
                Change::React { .. } => NewEventKind::Choice,
            };
            let digests = marks
                .dedup_digests
                .iter()
                .find(|(of, _)| of == index)
                .map(|(_, digests)| digests);
            if digests.is_some_and(|digests| {
                digests
                    .iter()
                    .any(|(digest, _)| stored.seen.contains(digest))
            }) {
                continue;
            }
            let new = NewEvent {
                article: &marks.key,
                is_first,
                kind,
            };
            let is_admitted = *decisions
                .entry(*index)
                .or_insert_with(|| admission.admits(*index, &new));
            if is_admitted {
                is_first = false;
                stored.add(
                    &changes.changes[*index],
                    digests
                        .and_then(|digests| digests.first())
                        .map(|(digest, _)| *digest),
                );
            }
        }
        Ok(true)
    }

    /// Reads what is stored. `None`: the cached record is stale.
    async fn read_stored(
        &self,
        marks: &MarkLocations<'_>,
    ) -> Result<Option<StoredEvents>, StoreError> {
        let names = &marks.names;
        let digests = marks.dedup_digests.iter().flat_map(|(_, digests)| digests);
        let record = Command::new("HMGET")
            .arg(names.record())
            .args(["id", "shape", "to"]);
        let sizes = marks
            .tables
            .iter()
            .map(|(table, _)| Command::new("HGET").arg(names.bucket(*table, 0)).arg("n"));
        let votes = marks
            .visitor
            .iter()
            .map(|(mark, key)| Command::new("HGET").arg(key.clone()).arg(mark.to_vec()));
        let seen = digests.clone().map(|(digest, key)| {
            Command::new("HEXISTS")
                .arg(key.clone())
                .arg(digest.to_vec())
        });
        let commands = std::iter::once(record)
            .chain(sizes)
            .chain(votes)
            .chain(seen)
            .collect();
        let replies = self
            .cluster
            .request(Access::Read, names.slot, commands)
            .await?;
        let mut replies = replies.iter();
        let [id, shape, to] = list(replies.next().unwrap_or(&Value::Nil)) else {
            return Ok(None);
        };
        let expected = marks
            .record
            .map_or((None, 0), |record| (Some(record.id), record.shape));
        if utf8(to).is_some() || (number(id), number(shape).unwrap_or(0)) != expected {
            return Ok(None);
        }
        for ((_, buckets), size) in marks.tables.iter().zip(replies.by_ref()) {
            if number(size).unwrap_or(1) != i64::from(*buckets) {
                return Ok(None);
            }
        }
        let votes = replies
            .by_ref()
            .take(marks.visitor.len())
            .filter_map(|value| Some(vote::decode(text(value)?)?.0));
        let votes = votes.collect();
        let seen = digests
            .zip(replies)
            .filter(|(_, is_there)| number(is_there) == Some(1));
        Ok(Some(StoredEvents {
            votes,
            seen: seen.map(|((digest, _), _)| *digest).collect(),
        }))
    }
}

impl StoredEvents {
    /// Adds an admitted event.
    fn add(&mut self, change: &Change, digest: Option<Digest>) {
        self.seen.extend(digest);
        if let Change::React { seq, .. } = change {
            self.votes = vec![seq.get()];
        }
    }
}
