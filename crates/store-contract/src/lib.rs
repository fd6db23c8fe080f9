//! The contract of every storage engine, as tests that an engine runs on itself (`contract!(Engine)`), and helpers for
//! such tests.

#![expect(missing_docs, reason = "the name of a promise is what it claims")]

/// Who is asked about what is new.
pub mod admission;
/// Keys that have moved.
pub mod aliases;
/// The contract, and the macro that makes a test of each promise.
pub mod contract;
/// Constructors of wire types.
pub mod fixtures;
/// Random histories against a model.
pub mod history;
/// What travels from one store to another.
pub mod import_export;
/// What was counted in the last days.
pub mod recent;
/// How long a test runs.
pub mod soak;

use std::sync::Arc;

use store::{Change, Changes, Store};
use visitor::{Day, DedupKey};
use wire::{Network, Seq, SiteId, Tally};

use fixtures::{article, event_key, reaction, token};

/// Somewhere to open a store again and again.
pub trait Engine {
    /// How many times as long as in SQLite a batch takes, roughly: so many times fewer rounds of a soak, and fewer
    /// of a test where it is slow.
    const COST: u32;

    fn new() -> Self;

    /// Opens the one store, which nobody has open.
    fn open(&self) -> Arc<dyn Store>;

    /// Looks at what is on disk, where the engine can: sums must agree. The store is closed.
    fn check(&self);
}

pub const TODAY: Day = Day::new(16_756);

pub fn site() -> SiteId {
    SiteId::parse("news").unwrap()
}

pub fn read(key: &str, event: u64) -> Change {
    Change::Read {
        article: article(key),
        dedup_key: DedupKey::Browser(event_key(event)),
    }
}

pub fn share(key: &str, network: &str, event: u64) -> Change {
    let network = Network::parse(network).unwrap();
    Change::Share {
        article: article(key),
        network,
        dedup_key: DedupKey::Browser(event_key(event)),
    }
}

pub fn react(key: &str, option: Option<&str>, seq: u64) -> Change {
    Change::React {
        article: article(key),
        reaction: option.map(reaction),
        seq: Seq::parse(seq).unwrap(),
    }
}

/// Changes of a reader, today.
pub fn changes(reader: u64, changes: impl Into<Vec<Change>>) -> Changes {
    Changes {
        site: site(),
        day: TODAY,
        visitor: Some(token(reader).into()),
        changes: changes.into(),
        admission: None,
    }
}

pub async fn tally(store: &Arc<dyn Store>, key: &str) -> Tally {
    store
        .tallies(&site(), &[article(key)])
        .await
        .unwrap()
        .remove(0)
        .tally
}
