/// What every engine promises: the same tests for each.
mod contract;
/// By which doors an article's copy gets in.
mod doors;
/// What was deleted, byte by byte.
mod erasure;
/// Who is asked about what is new.
mod gate;
/// Random histories against a model.
mod history;
/// The write-ahead log, beside a writer that goes on.
mod log;
/// Keys that have moved.
mod moves;
/// What was counted in the last days.
mod recent;
/// The engine of many: the contract on one server and on a cluster, and what is its own.
mod redis;
/// The engine of one machine: the contract, and what is its own.
mod sqlite;
/// What travels from one store to another.
mod transfer;

use std::sync::Arc;

use store::{Change, Changes, Store};
use visitor::{Day, Once};
use wire::{Network, Seq, SiteId, Tally};

use crate::site::{article, event_key, reaction, token};

/// Somewhere to open a store again and again.
trait Engine {
    /// How many times as long as in SQLite a batch takes, roughly: so many times fewer rounds of a soak, and fewer
    /// of a test where it is slow.
    const COST: u32;

    fn new() -> Self;

    /// Opens the one store, which nobody has open.
    fn open(&self) -> Arc<dyn Store>;

    /// Looks at what is on disk, where the engine can: sums must agree. The store is closed.
    fn check(&self);
}

const TODAY: Day = Day::new(16_756);

fn site() -> SiteId {
    SiteId::parse("news").unwrap()
}

fn read(key: &str, event: u64) -> Change {
    Change::Read { article: article(key), once: Once::Key(event_key(event)) }
}

fn share(key: &str, network: &str, event: u64) -> Change {
    let network = Network::parse(network).unwrap();
    Change::Share { article: article(key), network, once: Once::Key(event_key(event)) }
}

fn react(key: &str, option: Option<&str>, seq: u64) -> Change {
    Change::React { article: article(key), reaction: option.map(reaction), seq: Seq::parse(seq).unwrap() }
}

/// Changes of a reader, today.
fn changes(reader: u64, changes: impl Into<Vec<Change>>) -> Changes {
    Changes { site: site(), day: TODAY, visitor: Some(token(reader).into()), changes: changes.into(), gate: None }
}

async fn tally(store: &Arc<dyn Store>, key: &str) -> Tally {
    store.tallies(&site(), &[article(key)]).await.unwrap().remove(0).tally
}
