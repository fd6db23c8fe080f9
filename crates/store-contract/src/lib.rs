//! The contract of every storage engine, as tests that an engine runs on itself (`contract!(Engine)`), and helpers for
//! such tests.

#![expect(missing_docs, reason = "the name of a promise is what it claims")]

/// The newsroom's accounts.
pub mod accounts;
/// Admission hooks are called for new events only.
pub mod admission;
/// Aliases.
pub mod aliases;
/// Articles: copies, starting counts, lists, removal, pruning.
pub mod articles;
/// The contract, and the macro that makes each of its promises a test.
pub mod contract;
/// Events of readers.
pub mod events;
/// Readers without a token, and clients of other counters.
pub mod fingerprints;
/// Constructors of wire types.
pub mod fixtures;
/// Random histories against a model.
pub mod history;
/// Imports of files that no store has exported.
pub mod hostile_imports;
/// Hours of a site and of its articles.
pub mod hours;
/// Import and export.
pub mod import_export;
/// Sums of the newsroom's pages.
pub mod newsroom;
/// What is read now.
pub mod now;
/// The day on which a poll opens.
pub mod poll_opening;
/// The newsroom's settings for polls.
pub mod polls;
/// Recent changes.
pub mod recent;
/// Numbers of refused events.
pub mod refused;
/// Sums of long periods.
pub mod rollups;
/// Number of rounds of a test.
pub mod soak;
/// Steps of tests on a store.
pub mod steps;

use std::sync::Arc;

use store::{Change, Changes, Store};
use visitor::{Day, DedupKey, Hour};
use wire::{Network, Seq, SiteId};

use fixtures::{article, event_key, reaction, token};
pub use steps::tally;

/// A place for one store, which can be opened repeatedly.
pub trait Engine {
    /// Approximate cost of a batch as a multiple of SQLite's. Soaks divide their number of rounds by it, and slow tests
    /// their size.
    const COST: u32;

    fn new() -> Self;

    /// Opens the store. It must not be open.
    fn open(&self) -> Arc<dyn Store>;

    /// Checks the sums in the closed store's files, if the engine supports that.
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

/// Changes of one reader, today.
pub fn changes(reader: u64, changes: impl Into<Vec<Change>>) -> Changes {
    Changes {
        site: site(),
        day: TODAY,
        hour: Hour::new(9),
        visitor: Some(token(reader).into()),
        changes: changes.into(),
        admission: None,
    }
}
