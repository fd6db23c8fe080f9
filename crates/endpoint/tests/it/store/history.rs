use std::collections::{BTreeMap, HashMap};

use endpoint::{
    store::{Change, Changes, Once, Publication},
    visitor::Day,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Handle;
use wire::{Imported, Tally};

use super::{Engine, TODAY, react, read, share, site};
use crate::{
    site::{article, token},
    soak::rounds,
};

const ARTICLES: [&str; 3] = ["a", "b", "c"];
const OPTIONS: [&str; 3] = ["happy", "sad", "angry"];
const NETWORKS: [&str; 2] = ["copy", "whatsapp"];

/// Something that may happen to a store.
#[derive(Clone, Debug)]
enum Step {
    /// A reader's batch arrives.
    Batch { reader: u64, changes: Vec<Change> },
    /// An earlier one arrives again, in any order.
    Again { which: prop::sample::Index, backwards: bool },
    /// A reader takes everything back.
    Forget { reader: u64 },
    /// A starting count is set.
    Import { article: &'static str, reads: u64 },
    /// Days pass, or the clock is set back by one.
    Days(i32),
    /// The store is closed and opened.
    Restart,
}

fn change() -> impl Strategy<Value = Change> {
    let which = prop::sample::select(&ARTICLES[..]);
    let option = prop::option::of(prop::sample::select(&OPTIONS[..]));
    let network = prop::sample::select(&NETWORKS[..]);
    prop_oneof![
        2 => (which.clone(), 0..6_u64).prop_map(|(article, key)| read(article, key)),
        1 => (which.clone(), network, 0..4_u64).prop_map(|(article, network, key)| share(article, network, key)),
        4 => (which, option, 0..12_u64).prop_map(|(article, option, seq)| react(article, option, seq)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let batch = (0..4_u64, prop::collection::vec(change(), 1..6));
    prop_oneof![
        10 => batch.prop_map(|(reader, changes)| Step::Batch { reader, changes }),
        4 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(which, backwards)| Step::Again { which, backwards }),
        1 => (0..4_u64).prop_map(|reader| Step::Forget { reader }),
        1 => (prop::sample::select(&ARTICLES[..]), 0..1000_u64).prop_map(|(article, reads)| Step::Import { article, reads }),
        2 => prop::sample::select(&[1, 1, 1, 2, 5, -1][..]).prop_map(Step::Days),
        1 => Just(Step::Restart),
    ]
}

/// What a store should say, in the simplest words.
#[derive(Default)]
struct Model {
    rev: BTreeMap<String, u64>,
    imported: BTreeMap<String, u64>,
    /// Reads and shares, by article and button.
    clicks: BTreeMap<(String, Option<String>), u64>,
    /// By article and reader: what she chose, and when.
    votes: BTreeMap<(String, u64), (Option<String>, u64)>,
    /// In each live window: which keys.
    windows: HashMap<i32, Vec<(String, Option<String>, String)>>,
}

impl Model {
    fn apply(&mut self, reader: u64, day: i32, changes: &[Change]) {
        self.windows.retain(|window, _| (window - day).abs() <= 1);
        self.windows.entry(day).or_default();
        if self.windows.len() > 2 {
            self.windows.remove(&(day - 1));
        }
        for change in changes {
            let key = change.article().to_string();
            match change {
                Change::Read { once, .. } => self.click(day, key, None, once),
                Change::Share { network, once, .. } => self.click(day, key, Some(network.to_string()), once),
                Change::React { reaction, seq, .. } => {
                    let stored = self.votes.get(&(key.clone(), reader)).cloned();
                    if stored.as_ref().is_none_or(|(_, known)| seq.get() > *known) {
                        let chosen = reaction.as_ref().map(ToString::to_string);
                        let moved = stored.and_then(|(old, _)| old) != chosen;
                        self.votes.insert((key.clone(), reader), (chosen, seq.get()));
                        *self.rev.entry(key).or_default() += u64::from(moved);
                    }
                }
            }
        }
    }

    fn click(&mut self, day: i32, key: String, network: Option<String>, once: &Once) {
        let Once::Key(once) = once else { unreachable!("histories have keys") };
        let seen = (key.clone(), network.clone(), once.to_string());
        if !self.windows.values().flatten().any(|known| *known == seen) {
            self.windows.entry(day).or_default().push(seen);
            *self.clicks.entry((key.clone(), network)).or_default() += 1;
            *self.rev.entry(key).or_default() += 1;
        }
    }

    fn forget(&mut self, reader: u64) {
        for key in ARTICLES {
            if let Some((Some(_), _)) = self.votes.remove(&(key.to_owned(), reader)) {
                *self.rev.entry(key.to_owned()).or_default() += 1;
            }
        }
    }

    fn import(&mut self, key: &str, reads: u64) {
        if self.imported.insert(key.to_owned(), reads).unwrap_or(0) != reads {
            *self.rev.entry(key.to_owned()).or_default() += 1;
        }
    }

    /// The rev, the reads, each option and each button of an article: what is not zero.
    fn said(&self, key: &str) -> BTreeMap<String, u64> {
        let mut said = BTreeMap::new();
        let mut add = |name: String, count: u64| *said.entry(name).or_default() += count;
        add("rev".into(), self.rev.get(key).copied().unwrap_or(0));
        add("reads".into(), self.imported.get(key).copied().unwrap_or(0));
        for ((of, network), count) in &self.clicks {
            if of == key {
                add(network.clone().unwrap_or("reads".into()), *count);
            }
        }
        for ((of, _), (chosen, _)) in &self.votes {
            if let (true, Some(chosen)) = (of == key, chosen) {
                add(chosen.clone(), 1);
            }
        }
        said.retain(|_, count| *count > 0);
        said
    }

    fn mine(&self, key: &str, reader: u64) -> Option<(Option<String>, u64)> {
        self.votes.get(&(key.to_owned(), reader)).cloned()
    }
}

/// The same of a tally.
fn said(tally: &Tally) -> BTreeMap<String, u64> {
    let mut said = BTreeMap::from([("rev".into(), tally.rev), ("reads".into(), tally.reads)]);
    said.extend(tally.reactions.0.iter().map(|(key, count)| (key.to_string(), *count)));
    said.extend(tally.shares.0.iter().map(|(key, count)| (key.to_string(), *count)));
    said.retain(|_, count| *count > 0);
    said
}

/// Runs a history on a fresh engine and on the model, comparing every answer.
async fn live<E: Engine>(steps: &[Step]) -> Result<(), TestCaseError> {
    let engine = E::new();
    let mut store = engine.open();
    let (mut model, mut day) = (Model::default(), TODAY.get());
    let mut sent: Vec<(u64, Vec<Change>)> = Vec::new();
    for step in steps {
        let batch = match step {
            Step::Batch { reader, changes } => Some((*reader, changes.clone())),
            Step::Again { which, backwards } if !sent.is_empty() => {
                let (reader, mut changes) = which.get(&sent).clone();
                if *backwards {
                    changes.reverse();
                }
                Some((reader, changes))
            }
            _ => None,
        };
        match step {
            Step::Batch { .. } | Step::Again { .. } => {
                let Some((reader, changes)) = batch else { continue };
                model.apply(reader, day, &changes);
                sent.push((reader, changes.clone()));
                let changes = Changes { site: site(), day: Day::new(day), visitor: Some(token(reader)), changes };
                for tally in store.apply(changes).await.unwrap() {
                    let key = tally.article.as_str();
                    prop_assert_eq!(said(&tally), model.said(key));
                    let mine = tally
                        .mine
                        .as_ref()
                        .map(|mine| (mine.reaction.as_ref().map(ToString::to_string), mine.seq.get()));
                    prop_assert_eq!(mine, model.mine(key, reader));
                }
            }
            Step::Forget { reader } => {
                model.forget(*reader);
                let keys = ARTICLES.map(article);
                store.forget(&site(), Day::new(day), &token(*reader), &keys).await.unwrap();
            }
            Step::Import { article: key, reads } => {
                model.import(key, *reads);
                let imported = Some(Imported { reads: *reads, ..Imported::default() });
                let publication = Publication { article: None, imported };
                store.put_article(&site(), Day::new(day), &article(key), publication).await.unwrap();
            }
            Step::Days(days) => day += days,
            Step::Restart => {
                drop(store);
                store = engine.open();
            }
        }
    }
    for counted in store.tallies(&site(), &ARTICLES.map(article)).await.unwrap() {
        prop_assert_eq!(said(&counted.tally), model.said(counted.tally.article.as_str()));
    }
    drop(store);
    engine.check();
    Ok(())
}

/// Each history has an engine of its own.
pub(super) async fn any_history_ends_as_the_model_says<E: Engine>(engine: &E) {
    drop(engine.open());
    let runtime = Handle::current();
    let run = move || {
        let config = Config { cases: rounds(40, 2000), failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&prop::collection::vec(step(), 1..60), |steps| runtime.block_on(live::<E>(&steps)))
            .unwrap_or_else(|failure| panic!("{failure}"));
    };
    tokio::task::block_in_place(run);
}
