use metrics::Outcome;
use redis::Value;
use store::{Change, Changes, Metric, POLL_OPENS_AT_EVENTS};
use wire::{ArticleKey, OwnVote, Reaction, Seq};

use super::{
    super::{
        command::{Command, Script},
        hours,
        keys::{MarkTable, Name},
        record::{Found, Record, names},
        reply::{list, number, text, utf8},
        salts,
    },
    mark_locations::MarkLocations,
};

/// Keys of the call, deduplicated, and its arguments.
#[derive(Default)]
struct ScriptArgs {
    keys: Vec<Name>,
    args: Vec<Vec<u8>>,
}

impl ScriptArgs {
    fn push(&mut self, arg: impl Into<Vec<u8>>) {
        self.args.push(arg.into());
    }

    fn count(&mut self, number: usize) {
        self.push(number.to_string());
    }

    fn key(&mut self, key: &Name) {
        let index = self
            .keys
            .iter()
            .position(|known| known == key)
            .unwrap_or_else(|| {
                self.keys.push(key.clone());
                self.keys.len() - 1
            });
        self.count(index + 1);
    }
}

impl MarkLocations<'_> {
    /// The script call that counts these changes. The order of the arguments is that in which `scripts/apply.lua`
    /// reads them.
    pub(super) fn script_call(&self, changes: &Changes, indexes: &[usize]) -> Command {
        let mut to = ScriptArgs {
            keys: vec![
                self.names.record(),
                self.names.days(),
                self.names.hours(changes.day),
            ],
            ..ScriptArgs::default()
        };
        to.push(
            self.record
                .map(|record| record.id.to_string())
                .unwrap_or_default(),
        );
        to.push(self.record.map_or(0, |record| record.shape).to_string());
        to.push(self.fresh.to_string());
        to.push(names(&changes.site, &self.key));
        to.push(changes.day.get().to_string());
        to.push(self.record.map_or("voted", |record| record.flag_of_first()));
        to.push(salts::SALT_TTL_SECONDS.to_string());
        let awaiting = self
            .record
            .filter(|record| record.awaits_opening() && record.created < changes.day);
        to.push(awaiting.map_or(String::new(), |_| POLL_OPENS_AT_EVENTS.to_string()));
        let hour = changes.hour;
        to.push(match hour.is_known() {
            true => hour.get().to_string(),
            false => String::new(),
        });
        let first = self.record.map_or(changes.day, Record::first_day);
        let expiry = hours::expiry(first, changes.day);
        to.push(expiry.map_or(String::new(), |seconds| seconds.to_string()));
        to.count(self.tables.len());
        for (table, buckets) in &self.tables {
            to.key(&self.names.bucket(*table, 0));
            to.count(*buckets as usize);
        }
        to.count(self.visitor.len());
        for (mark, bucket) in &self.visitor {
            to.push(mark.to_vec());
            to.key(bucket);
        }
        to.count(indexes.len());
        for index in indexes {
            self.push_change(&mut to, changes, *index);
        }
        Command::script(Script::Apply, to.keys).args(to.args)
    }

    fn push_change(&self, to: &mut ScriptArgs, changes: &Changes, index: usize) {
        let metric = match &changes.changes[index] {
            Change::Read { .. } => Metric::Reads,
            Change::Share { network, .. } => Metric::Share(network.clone()),
            Change::React { reaction, seq, .. } => {
                to.push("vote");
                to.push(reaction.as_ref().map_or("", Reaction::as_str));
                to.push(seq.get().to_string());
                let besides = changes.visitor.as_ref().and_then(Metric::of_voter);
                return to.push(besides.map_or(String::new(), |besides| besides.name()));
            }
        };
        let besides =
            Metric::of_reader(changes.visitor.as_ref()).filter(|_| metric == Metric::Reads);
        to.push("once");
        to.push(metric.name());
        to.push(besides.map_or(String::new(), |besides| besides.name()));
        let current = |(table, _): &(MarkTable, u32)| *table == MarkTable::Seen(changes.day);
        to.count(
            self.tables
                .iter()
                .position(current)
                .map_or(1, |table| table + 1),
        );
        let none = Vec::new();
        let digests = self
            .dedup_digests
            .iter()
            .find(|(of, _)| *of == index)
            .map_or(&none, |(_, digests)| digests);
        to.count(digests.len());
        for (digest, bucket) in digests {
            to.push(digest.to_vec());
            to.key(bucket);
        }
    }
}

/// Reply of the script.
pub(super) enum ApplyReply {
    Done(Box<AppliedEvents>),
    /// The key is an alias of this one.
    Moved(ArticleKey),
    /// The cached record or table sizes are stale: the current record, and the number of buckets of each table.
    Stale(Found, Vec<u32>),
    /// Locked for this many ms. Negative: no lease is held, but an operation was left unfinished; complete it first.
    Locked(i64),
}

/// Result of the script.
pub(super) struct AppliedEvents {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) mine: Option<OwnVote>,
    /// For each table: number of marks added, and of all marks.
    pub(super) sizes: Vec<(u64, u64)>,
    pub(super) found: Found,
}

impl ApplyReply {
    pub(super) fn parse(reply: &Value) -> Option<Self> {
        let reply = list(reply);
        match (utf8(reply.first()?)?, reply) {
            ("moved", [_, to]) => ArticleKey::parse(utf8(to)?).ok().map(Self::Moved),
            ("stale", [_, record, buckets]) => {
                let buckets = list(buckets)
                    .iter()
                    .map(|buckets| u32::try_from(number(buckets)?).ok());
                Some(Self::Stale(
                    Found::parse(record),
                    buckets.collect::<Option<_>>()?,
                ))
            }
            ("locked", [_, left]) => number(left).map(Self::Locked),
            ("done", [_, outcomes, mine, sizes, record]) => {
                let outcome = |value| {
                    if number(value) == Some(1) {
                        Outcome::Counted
                    } else {
                        Outcome::Repeated
                    }
                };
                let size = |value| match list(value) {
                    [added, size] => {
                        Some((number(added)?.unsigned_abs(), number(size)?.unsigned_abs()))
                    }
                    _ => None,
                };
                Some(Self::Done(Box::new(AppliedEvents {
                    outcomes: list(outcomes).iter().map(outcome).collect(),
                    mine: newest(list(mine).iter().filter_map(text)),
                    sizes: list(sizes).iter().filter_map(size).collect(),
                    found: Found::parse(record),
                })))
            }
            _ => None,
        }
    }
}

/// The visitor's latest choice under any of the article's ids.
fn newest<'v>(votes: impl Iterator<Item = &'v [u8]>) -> Option<OwnVote> {
    let newest = votes.filter_map(super::super::vote::decode).max()?;
    Some(OwnVote {
        reaction: newest.1,
        seq: Seq::parse(newest.0).unwrap_or(Seq::MAX),
    })
}
