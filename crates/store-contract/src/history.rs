/// The expected results.
mod model;

use std::collections::BTreeMap;

use model::Model;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use store::{ArticleUpdate, Change, Changes, Removal};
use tokio::runtime::Handle;
use visitor::{Day, Hour};
use wire::{Imported, Tally};

use super::{
    Engine, TODAY,
    import_export::{export, import},
    react, read, share, site,
};
use crate::{
    fixtures::{article, token},
    soak::rounds,
    steps::{apply, put, remove},
};

/// The articles that occur in histories.
const ARTICLE_KEYS: [&str; 16] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
];
/// Number of articles in short histories: with more, few events would affect the same article.
const SHORT_HISTORY_ARTICLES: usize = 4;
const OPTIONS: [&str; 3] = ["happy", "sad", "angry"];
const NETWORKS: [&str; 2] = ["copy", "whatsapp"];

/// An operation on a store.
#[derive(Clone, Debug)]
enum Step {
    /// A reader sends a batch.
    Batch { reader: u64, changes: Vec<Change> },
    /// An earlier batch is sent again, in the same or the reverse order.
    Again {
        which: prop::sample::Index,
        backwards: bool,
    },
    /// A reader's votes are erased.
    Forget { reader: u64 },
    /// The starting count of an article is set.
    Import { article: &'static str, reads: u64 },
    /// `old` is made an alias of `new`.
    Alias {
        old: &'static str,
        new: &'static str,
        dry_run: bool,
    },
    /// An alias is removed.
    Unalias { old: &'static str },
    /// An article is removed with all its counts.
    Remove { article: &'static str },
    /// The clock advances by some days, or is set back by one.
    Days(i32),
    /// The store is closed and reopened.
    Restart,
    /// All data is exported and imported into an empty store, which replaces this one.
    Move,
}

fn change(articles: usize) -> impl Strategy<Value = Change> {
    let which = prop::sample::select(&ARTICLE_KEYS[..articles]);
    let option = prop::option::of(prop::sample::select(&OPTIONS[..]));
    let network = prop::sample::select(&NETWORKS[..]);
    prop_oneof![
        2 => (which.clone(), 0..6_u64).prop_map(|(article, key)| read(article, key)),
        1 => (which.clone(), network, 0..4_u64).prop_map(|(article, network, key)| share(article, network, key)),
        4 => (which, option, 0..12_u64).prop_map(|(article, option, seq)| react(article, option, seq)),
    ]
}

fn step(readers: u64, articles: usize) -> impl Strategy<Value = Step> {
    let batch = (0..readers, prop::collection::vec(change(articles), 1..6));
    let which = prop::sample::select(&ARTICLE_KEYS[..articles]);
    prop_oneof![
        10 => batch.prop_map(|(reader, changes)| Step::Batch { reader, changes }),
        4 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(which, backwards)| Step::Again { which, backwards }),
        1 => (0..readers).prop_map(|reader| Step::Forget { reader }),
        1 => (which.clone(), 0..1000_u64).prop_map(|(article, reads)| Step::Import { article, reads }),
        2 => (which.clone(), which.clone(), prop::bool::weighted(0.2))
            .prop_map(|(old, new, dry_run)| Step::Alias { old, new, dry_run }),
        1 => which.clone().prop_map(|old| Step::Unalias { old }),
        1 => prop::option::weighted(0.3, which)
            .prop_map(|article| article.map_or(Step::Restart, |article| Step::Remove { article })),
        2 => prop::sample::select(&[1, 1, 1, 2, 5, -1][..]).prop_map(Step::Days),
        1 => Just(Step::Restart),
    ]
}

/// The nonzero counts of a tally, in the form of [`Model::counts_of`].
fn counts_of(tally: &Tally) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::from([("rev".into(), tally.rev), ("reads".into(), tally.reads)]);
    counts.extend(
        tally
            .reactions
            .0
            .iter()
            .map(|(key, count)| (key.to_string(), *count)),
    );
    counts.extend(
        tally
            .shares
            .0
            .iter()
            .map(|(key, count)| (key.to_string(), *count)),
    );
    counts.retain(|_, count| *count > 0);
    counts
}

/// Runs a history on a new store and on the model, comparing every result.
async fn live<'s, E: Engine>(
    steps: impl IntoIterator<Item = &'s Step>,
) -> Result<(), TestCaseError> {
    let mut engine = E::new();
    let mut store = engine.open();
    let mut model = Model::default();
    let mut day = TODAY.get();
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
                let Some((reader, changes)) = batch else {
                    continue;
                };
                model.apply(reader, day, &changes);
                sent.push((reader, changes.clone()));
                let changes = Changes {
                    site: site(),
                    day: Day::new(day),
                    hour: Hour::new(day.rem_euclid(24) as u8),
                    visitor: Some(token(reader).into()),
                    changes,
                    admission: None,
                };
                for tally in apply(&store, changes).await {
                    let key = tally.article.as_str();
                    prop_assert_eq!(counts_of(&tally), model.counts_of(key));
                    let mine = tally.mine.as_ref().map(|mine| {
                        (
                            mine.reaction.as_ref().map(ToString::to_string),
                            mine.seq.get(),
                        )
                    });
                    prop_assert_eq!(mine, model.mine(key, reader));
                }
            }
            Step::Forget { reader } => {
                model.forget(*reader);
                let keys = ARTICLE_KEYS.map(article);
                store
                    .erase_visitor(&site(), Day::new(day), &token(*reader), &keys)
                    .await
                    .unwrap();
            }
            Step::Import {
                article: key,
                reads,
            } => {
                model.import(key, *reads);
                let imported = Some(Imported {
                    reads: *reads,
                    ..Imported::default()
                });
                let update = ArticleUpdate {
                    article: None,
                    imported,
                    poll: None,
                };
                put(&store, Day::new(day), key, update).await;
            }
            Step::Alias { old, new, dry_run } => {
                let expected = model.alias(old, new, *dry_run);
                let old = article(old);
                let new = article(new);
                let did = store
                    .alias(&site(), Day::new(day), &old, &new, *dry_run)
                    .await
                    .unwrap();
                prop_assert_eq!(did.map(|did| (did.new.to_string(), did.effect)), expected);
            }
            Step::Unalias { old } => {
                let did = store.remove_alias(&site(), &article(old)).await.unwrap();
                prop_assert_eq!(did, model.unalias(old));
            }
            Step::Remove { article: key } => {
                let did = remove(&store, key, Removal::Everything).await;
                prop_assert_eq!(did, model.remove(key));
            }
            Step::Days(days) => day += days,
            Step::Restart => {
                drop(store);
                store = engine.open();
            }
            Step::Move => {
                let export = export(&store, Day::new(day)).await;
                drop(store);
                engine.check();
                engine = E::new();
                store = engine.open();
                for _ in 0..2 {
                    import(&store, &export).await.unwrap();
                    prop_assert_eq!(&self::export(&store, Day::new(day)).await, &export);
                }
                model.forget_what_was_seen();
            }
        }
    }
    for counted in store
        .tallies(&site(), &ARTICLE_KEYS.map(article))
        .await
        .unwrap()
    {
        prop_assert_eq!(
            counts_of(&counted.tally),
            model.counts_of(counted.tally.article.as_str())
        );
    }
    drop(store);
    engine.check();
    Ok(())
}

/// Runs random histories, each on a store of its own, with one migration to another store.
pub async fn any_history_matches_the_model<E: Engine>(engine: &E) {
    drop(engine.open());
    let runtime = Handle::current();
    let run = move || {
        let cases = rounds((100 / E::COST).clamp(5, 25), 2000 / E::COST);
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        TestRunner::new(config)
            .run(
                &[1..60, 0..30]
                    .map(|many| prop::collection::vec(step(4, SHORT_HISTORY_ARTICLES), many)),
                |[before, after]| {
                    let steps = before.iter().chain([&Step::Move]).chain(&after);
                    runtime.block_on(live::<E>(steps))
                },
            )
            .unwrap_or_else(|failure| panic!("{failure}"));
    };
    tokio::task::block_in_place(run);
}

/// Runs one long history with many readers: about 10,000 events, or 1,000 on a slow engine outside of soaks.
pub async fn long_history_matches_the_model<E: Engine>(engine: &E) {
    drop(engine.open());
    let runtime = Handle::current();
    let many = rounds((11_200 / E::COST).clamp(700, 5600), 5600) as usize;
    let run = move || {
        let config = Config {
            cases: rounds(1, 20 / E::COST),
            max_shrink_iters: 0,
            failure_persistence: None,
            ..Config::default()
        };
        TestRunner::new(config)
            .run(
                &prop::collection::vec(step(100, ARTICLE_KEYS.len()), many),
                |steps| {
                    let batches = steps.iter().map(|step| {
                        if let Step::Batch { changes, .. } = step {
                            changes.len()
                        } else {
                            0
                        }
                    });
                    let events: usize = batches.sum();
                    prop_assert!(events > many, "{events}, and those that come again");
                    // Without merges: an article has at most eight ids, which that many merges would exceed.
                    runtime.block_on(live::<E>(
                        steps
                            .iter()
                            .filter(|step| !matches!(step, Step::Alias { .. })),
                    ))
                },
            )
            .unwrap_or_else(|failure| panic!("{failure}"));
    };
    tokio::task::block_in_place(run);
}
