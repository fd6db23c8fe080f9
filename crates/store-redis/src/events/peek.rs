use std::collections::HashSet;

use redis::Value;
use store::{Change, Changes, Gate, New, Novelty, StoreError};
use visitor::Digest;

use super::{
    super::{
        Redis,
        cluster::Kind,
        command::Command,
        reply::{list, number, text, utf8},
        vote,
    },
    Said,
    marks::Marks,
};

/// What the article has stored of the events.
struct Peek {
    seen: HashSet<Digest>,
    /// `seq` of each of the visitor's votes.
    votes: Vec<u64>,
}

impl Redis {
    /// Asks the gate to admit the new events. An event that another endpoint counts in between is charged needlessly:
    /// limits err on the strict side. False: the cached record is stale.
    pub(super) async fn ask_gate(
        &self,
        changes: &Changes,
        gate: &dyn Gate,
        marks: &Marks<'_>,
        places: &[usize],
        said: &mut Said,
    ) -> Result<bool, StoreError> {
        if places.iter().all(|place| said.contains_key(place)) {
            return Ok(true);
        }
        let Some(mut peek) = self.peek(marks).await? else { return Ok(false) };
        let mut is_first = marks.record.is_none();
        for place in places {
            let what = match &changes.changes[*place] {
                Change::Read { .. } => Novelty::Read,
                Change::Share { network, .. } => Novelty::Share(network),
                Change::React { seq, .. } if peek.votes.iter().any(|known| *known >= seq.get()) => continue,
                Change::React { .. } if peek.votes.is_empty() => Novelty::Voter,
                Change::React { .. } => Novelty::Choice,
            };
            let digests = marks.once.iter().find(|(of, _)| of == place).map(|(_, digests)| digests);
            if digests.is_some_and(|digests| digests.iter().any(|(digest, _)| peek.seen.contains(digest))) {
                continue;
            }
            let new = New { article: &marks.key, is_first, what };
            let is_admitted = *said.entry(*place).or_insert_with(|| gate.admits(*place, &new));
            if is_admitted {
                is_first = false;
                peek.note(
                    &changes.changes[*place],
                    digests.and_then(|digests| digests.first()).map(|(digest, _)| *digest),
                );
            }
        }
        Ok(true)
    }

    /// Reads what is stored. `None`: the cached record is stale.
    async fn peek(&self, marks: &Marks<'_>) -> Result<Option<Peek>, StoreError> {
        let names = &marks.names;
        let digests = marks.once.iter().flat_map(|(_, digests)| digests);
        let record = Command::new("HMGET").arg(names.record()).args(["id", "shape", "to"]);
        let sizes = marks.tables.iter().map(|(table, _)| Command::new("HGET").arg(names.bucket(*table, 0)).arg("n"));
        let votes = marks.visitor.iter().map(|(mark, key)| Command::new("HGET").arg(key.clone()).arg(mark.to_vec()));
        let seen = digests.clone().map(|(digest, key)| Command::new("HEXISTS").arg(key.clone()).arg(digest.to_vec()));
        let commands = std::iter::once(record).chain(sizes).chain(votes).chain(seen).collect();
        let answers = self.cluster.ask(Kind::Read, names.slot, commands).await?;
        let mut answers = answers.iter();
        let [id, shape, to] = list(answers.next().unwrap_or(&Value::Nil)) else { return Ok(None) };
        let expected = marks.record.map_or((None, 0), |record| (Some(record.id), record.shape));
        if utf8(to).is_some() || (number(id), number(shape).unwrap_or(0)) != expected {
            return Ok(None);
        }
        for ((_, buckets), size) in marks.tables.iter().zip(answers.by_ref()) {
            if number(size).unwrap_or(1) != i64::from(*buckets) {
                return Ok(None);
            }
        }
        let votes = answers.by_ref().take(marks.visitor.len()).filter_map(|value| Some(vote::parse(text(value)?)?.0));
        let votes = votes.collect();
        let seen = digests.zip(answers).filter(|(_, is_there)| number(is_there) == Some(1));
        Ok(Some(Peek { votes, seen: seen.map(|((digest, _), _)| *digest).collect() }))
    }
}

impl Peek {
    /// Adds an admitted event.
    fn note(&mut self, change: &Change, digest: Option<Digest>) {
        self.seen.extend(digest);
        if let Change::React { seq, .. } = change {
            self.votes = vec![seq.get()];
        }
    }
}
