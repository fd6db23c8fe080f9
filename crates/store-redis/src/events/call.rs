use metrics::Outcome;
use redis::Value;
use store::{Change, Changes, Metric, SEVERAL};
use visitor::Visitor;
use wire::{ArticleKey, OwnVote, Reaction, Seq};

use super::{
    super::{
        command::{Command, Script},
        keys::{Name, Table},
        record::{Found, names},
        reply::{list, number, text, utf8},
        salts,
    },
    marks::Marks,
};

/// Keys of the call, deduplicated, and its arguments.
#[derive(Default)]
struct Words {
    keys: Vec<Name>,
    words: Vec<Vec<u8>>,
}

impl Words {
    fn say(&mut self, word: impl Into<Vec<u8>>) {
        self.words.push(word.into());
    }

    fn count(&mut self, number: usize) {
        self.say(number.to_string());
    }

    fn key(&mut self, key: &Name) {
        let place = self.keys.iter().position(|known| known == key).unwrap_or_else(|| {
            self.keys.push(key.clone());
            self.keys.len() - 1
        });
        self.count(place + 1);
    }
}

impl Marks<'_> {
    /// The script call that counts these changes. The order of the arguments is that in which `scripts/apply.lua`
    /// reads them.
    pub(super) fn call(&self, changes: &Changes, places: &[usize]) -> Command {
        let mut to = Words { keys: vec![self.names.record(), self.names.days()], ..Words::default() };
        to.say(self.record.map(|record| record.id.to_string()).unwrap_or_default());
        to.say(self.record.map_or(0, |record| record.shape).to_string());
        to.say(self.fresh.to_string());
        to.say(names(&changes.site, &self.key));
        to.say(changes.day.get().to_string());
        to.say(self.record.map_or("voted", |record| record.flag_of_first()));
        to.say(salts::SECONDS.to_string());
        let young = self.record.filter(|record| record.is_young() && record.created < changes.day);
        to.say(young.map_or(String::new(), |_| SEVERAL.to_string()));
        to.count(self.tables.len());
        for (table, buckets) in &self.tables {
            to.key(&self.names.bucket(*table, 0));
            to.count(*buckets as usize);
        }
        to.count(self.visitor.len());
        for (mark, bucket) in &self.visitor {
            to.say(mark.to_vec());
            to.key(bucket);
        }
        to.count(places.len());
        for place in places {
            self.say(&mut to, changes, *place);
        }
        Command::script(Script::Apply, to.keys).args(to.words)
    }

    fn say(&self, to: &mut Words, changes: &Changes, place: usize) {
        let metric = match &changes.changes[place] {
            Change::Read { .. } => Metric::Reads,
            Change::Share { network, .. } => Metric::Share(network.clone()),
            Change::React { reaction, seq, .. } => {
                to.say("vote");
                to.say(reaction.as_ref().map_or("", Reaction::as_str));
                to.say(seq.get().to_string());
                // A metric that the reader's first choice increments in addition.
                let besides = match changes.visitor {
                    Some(Visitor::StandIn(_)) => Metric::Noscript.name(),
                    _ => String::new(),
                };
                return to.say(besides);
            }
        };
        to.say("once");
        to.say(metric.name());
        let current = |(table, _): &(Table, u32)| *table == Table::Seen(changes.day);
        to.count(self.tables.iter().position(current).map_or(1, |table| table + 1));
        let none = Vec::new();
        let digests = self.once.iter().find(|(of, _)| *of == place).map_or(&none, |(_, digests)| digests);
        to.count(digests.len());
        for (digest, bucket) in digests {
            to.say(digest.to_vec());
            to.key(bucket);
        }
    }
}

/// Reply of the script.
pub(super) enum Answer {
    Done(Box<Counted>),
    /// The key is an alias of this one.
    Moved(ArticleKey),
    /// The cached record or table sizes are stale: the current record, and the number of buckets of each table.
    Stale(Found, Vec<u32>),
    /// Locked for this many ms. Negative: no lease is held, but an operation was left unfinished; complete it first.
    Locked(i64),
}

/// Result of the script.
pub(super) struct Counted {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) mine: Option<OwnVote>,
    /// For each table: number of marks added, and of all marks.
    pub(super) sizes: Vec<(u64, u64)>,
    pub(super) found: Found,
}

impl Answer {
    pub(super) fn parse(answer: &Value) -> Option<Self> {
        let answer = list(answer);
        match (utf8(answer.first()?)?, answer) {
            ("moved", [_, to]) => ArticleKey::parse(utf8(to)?).ok().map(Self::Moved),
            ("stale", [_, record, buckets]) => {
                let buckets = list(buckets).iter().map(|buckets| u32::try_from(number(buckets)?).ok());
                Some(Self::Stale(Found::parse(record), buckets.collect::<Option<_>>()?))
            }
            ("locked", [_, left]) => number(left).map(Self::Locked),
            ("done", [_, outcomes, mine, sizes, record]) => {
                let outcome = |value| if number(value) == Some(1) { Outcome::Counted } else { Outcome::Repeated };
                let size = |value| match list(value) {
                    [added, size] => Some((number(added)?.unsigned_abs(), number(size)?.unsigned_abs())),
                    _ => None,
                };
                Some(Self::Done(Box::new(Counted {
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
    let newest = votes.filter_map(super::super::vote::parse).max()?;
    Some(OwnVote { reaction: newest.1, seq: Seq::parse(newest.0).unwrap_or(Seq::MAX) })
}
