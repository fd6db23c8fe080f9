use std::{
    collections::BTreeMap,
    io::{Seek, Write},
    sync::Arc,
};

use admin::ImportError;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use store::{ArticleUpdate, ImportReport, Store, export_format::ExportWriter};
use tokio::{runtime::Handle, sync::mpsc, task::JoinSet};
use visitor::Day;
use wire::{Imported, Tally};

use super::{Engine, TODAY, changes, react, read, share, site};
use crate::{
    fixtures::{article, chose, reaction, token},
    soak::rounds,
    steps::{alias, apply, later, on, put, tally},
};

/// Exports all exportable data of the store.
pub async fn export(store: &Arc<dyn Store>, day: Day) -> Vec<u8> {
    let (sender, mut lines) = mpsc::channel(16);
    let exporting = tokio::spawn({
        let store = Arc::clone(store);
        async move { store.export(None, day, sender).await }
    });
    let mut writer = ExportWriter::default();
    let mut bytes = Vec::new();
    while let Some(line) = lines.recv().await {
        writer.line(&line, &mut bytes);
    }
    exporting.await.unwrap().unwrap();
    writer.end(&mut bytes);
    bytes
}

/// Imports an export.
pub async fn import(store: &Arc<dyn Store>, export: &[u8]) -> Result<ImportReport, ImportError> {
    take(store, export, false).await
}

/// Copies all data of one store into another.
pub async fn transfer(from: &Arc<dyn Store>, to: &Arc<dyn Store>, day: Day) -> ImportReport {
    import(to, &export(from, day).await).await.unwrap()
}

async fn take(
    store: &Arc<dyn Store>,
    export: &[u8],
    dry_run: bool,
) -> Result<ImportReport, ImportError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(export).unwrap();
    file.rewind().unwrap();
    let store = Arc::clone(store);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || admin::import(&*store, &runtime, file, dry_run))
        .await
        .unwrap()
}

/// The nonzero counts of a tally, without its revision.
fn numbers(tally: &Tally) -> BTreeMap<String, u64> {
    let mut numbers = BTreeMap::from([
        ("reads".into(), tally.reads),
        ("imported".into(), tally.imported.reads),
    ]);
    numbers.extend(
        tally
            .reactions
            .0
            .iter()
            .map(|(key, count)| (key.to_string(), *count)),
    );
    numbers.extend(
        tally
            .shares
            .0
            .iter()
            .map(|(key, count)| (key.to_string(), *count)),
    );
    numbers.retain(|_, count| *count > 0);
    numbers
}

/// An event: reader, article, and `None` for a read or `Some` for a choice. Its position in the history is its `seq`,
/// and the key of a read.
type Act = (u64, &'static str, Option<Option<&'static str>>);

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let option = prop::option::of(prop::sample::select(&["happy", "sad", "angry"][..]));
    let act = prop_oneof![1 => Just(None), 2 => option.prop_map(Some)];
    prop::collection::vec(
        (0..4_u64, prop::sample::select(&["a", "b", "c"][..]), act),
        0..20,
    )
}

/// Readers send events to two stores in turn, which import each other's exports. At the end both have all counts.
async fn count_apart<E: Engine>(
    before: &[Act],
    here: &[Act],
    there: &[Act],
) -> Result<(), TestCaseError> {
    let engines = [E::new(), E::new()];
    let stores = engines.each_ref().map(Engine::open);
    let mut clock = 0;
    let mut newest = BTreeMap::new();
    let mut reads: BTreeMap<&str, u64> = BTreeMap::new();
    let mut act = async |store: &Arc<dyn Store>, acts: &[Act]| {
        for (reader, key, act) in acts {
            clock += 1;
            let change = match act {
                None => read(key, clock),
                Some(option) => react(key, *option, clock),
            };
            let day = later(i32::try_from(clock % 3).unwrap());
            apply(store, on(day, changes(*reader, [change]))).await;
            match act {
                None => *reads.entry(key).or_default() += 1,
                Some(option) => drop(newest.insert((*reader, *key), *option)),
            }
        }
    };
    // Create the articles before the first export: otherwise each store would create its own, with other ids, and votes
    // of the same reader would count twice.
    act(&stores[0], &["a", "b", "c"].map(|key| (0, key, None))).await;
    act(&stores[0], before).await;
    transfer(&stores[0], &stores[1], TODAY).await;
    let mut stale = Vec::new();
    for (here, there) in here.chunks(5).zip(there.chunks(5)) {
        act(&stores[0], here).await;
        stale = export(&stores[0], TODAY).await;
        act(&stores[1], there).await;
        for (from, to) in [(0, 1), (1, 0)] {
            transfer(&stores[from], &stores[to], TODAY).await;
        }
    }
    for (store, engine) in stores.into_iter().zip(engines) {
        for key in ["a", "b", "c"] {
            let mut expected =
                BTreeMap::from([("reads".to_owned(), reads.get(key).copied().unwrap_or(0))]);
            for option in newest
                .iter()
                .filter(|((_, of), _)| *of == key)
                .filter_map(|(_, option)| *option)
            {
                *expected.entry(option.into()).or_default() += 1;
            }
            expected.retain(|_, count| *count > 0);
            prop_assert_eq!(numbers(&tally(&store, key).await), expected);
        }
        let rev = tally(&store, "a").await.rev;
        if !stale.is_empty() {
            import(&store, &stale).await.unwrap();
        }
        prop_assert_eq!(
            tally(&store, "a").await.rev,
            rev,
            "importing an older export changes nothing"
        );
        drop(store);
        engine.check();
    }
    Ok(())
}

pub async fn stores_agree_after_importing_each_other<E: Engine>(engine: &E) {
    drop(engine.open());
    let runtime = Handle::current();
    let run = move || {
        let config = Config {
            cases: rounds(8, 500 / E::COST),
            failure_persistence: None,
            ..Config::default()
        };
        TestRunner::new(config)
            .run(&[acts(), acts(), acts()], |[before, here, there]| {
                runtime.block_on(count_apart::<E>(&before, &here, &there))
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    };
    tokio::task::block_in_place(run);
}

pub async fn import_keeps_the_newest_vote<E: Engine>(engine: &E) {
    let here = engine.open();
    let other = E::new();
    let there = other.open();
    apply(
        &here,
        changes(1, [react("a", Some("happy"), 5), read("a", 1)]),
    )
    .await;
    transfer(&here, &there, TODAY).await;
    let got = apply(&there, changes(1, [react("a", Some("sad"), 4)]))
        .await
        .remove(0);
    assert_eq!(
        got.mine.unwrap().reaction,
        Some(reaction("happy")),
        "the other store recognises the reader"
    );
    apply(
        &there,
        changes(1, [react("a", Some("sad"), 6), read("a", 1)]),
    )
    .await;
    apply(
        &here,
        changes(2, [react("a", Some("happy"), 1), share("a", "copy", 1)]),
    )
    .await;
    let late = export(&here, TODAY).await;
    for _ in 0..2 {
        import(&there, &late).await.unwrap();
        let got = tally(&there, "a").await;
        assert_eq!(
            (
                chose(&got, "happy"),
                chose(&got, "sad"),
                got.reads,
                got.shares.total()
            ),
            (1, 1, 2, 1)
        );
    }
    drop(there);
    other.check();
}

pub async fn import_skips_conflicting_articles_with_a_reason<E: Engine>(engine: &E) {
    let here = engine.open();
    let other = E::new();
    let there = other.open();
    apply(&here, changes(1, [read("a", 1), read("b", 1)])).await;
    transfer(&here, &there, TODAY).await;
    // `a` and its alias `c` are one article here, and two articles there: the import merges those.
    alias(&here, TODAY, "a", "c").await;
    apply(&there, changes(1, [read("c", 2)])).await;
    let report = transfer(&here, &there, TODAY).await;
    assert_eq!(
        (report.skipped.len(), tally(&there, "c").await.reads),
        (0, 2),
        "the alias came along"
    );
    assert_eq!(tally(&there, "a").await.reads, 2);

    alias(&there, TODAY, "b", "d").await;
    alias(&here, TODAY, "b", "e").await;
    apply(&there, changes(1, [read("e", 3)])).await;
    let report = transfer(&here, &there, TODAY).await;
    let skipped: Vec<_> = report
        .skipped
        .iter()
        .map(|skipped| (skipped.article.as_str(), skipped.why.as_str()))
        .collect();
    assert_eq!(skipped, [("e", "its counts are part of d here")]);
    assert_eq!(
        (
            tally(&there, "d").await.reads,
            tally(&there, "e").await.reads
        ),
        (1, 1)
    );
    drop(there);
    other.check();
}

pub async fn import_dry_run_reports_and_changes_nothing<E: Engine>(engine: &E) {
    let here = engine.open();
    let other = E::new();
    let there = other.open();
    apply(
        &here,
        changes(
            1,
            [
                read("a", 1),
                react("a", Some("happy"), 5),
                react("b", None, 1),
            ],
        ),
    )
    .await;
    let imported = Some(Imported {
        reads: 841,
        ..Imported::default()
    });
    let update = ArticleUpdate {
        article: None,
        imported,
        poll: None,
    };
    put(&here, TODAY, "b", update).await;
    apply(&there, changes(9, [read("b", 9)])).await;
    apply(&there, changes(9, [react("c", Some("happy"), 7)])).await;
    let voted = tally(&there, "c").await;
    let export_of_here = export(&here, TODAY).await;
    let before = export(&there, TODAY).await;
    let dry = take(&there, &export_of_here, true).await.unwrap();
    assert_eq!(export(&there, TODAY).await, before);
    assert_eq!(
        dry,
        ImportReport {
            new: 1,
            changed: 1,
            reads: 1,
            votes: 2,
            ..ImportReport::default()
        }
    );
    apply(&there, changes(9, [react("c", Some("happy"), 7)])).await;
    assert_eq!(
        numbers(&tally(&there, "c").await),
        numbers(&voted),
        "the same vote again"
    );
    let erased = there
        .erase_visitor(&site(), TODAY, &token(9), &[article("c")])
        .await
        .unwrap();
    assert_eq!(erased.len(), 1, "the vote is found");
    assert_eq!(import(&there, &export_of_here).await.unwrap(), dry);
    assert_eq!(
        import(&there, &export_of_here).await.unwrap(),
        ImportReport {
            same: 2,
            ..ImportReport::default()
        }
    );
    assert_eq!(tally(&there, "b").await.reads, 842);
    drop(there);
    other.check();
}

pub async fn import_takes_more_votes_than_a_batch_holds<E: Engine>(engine: &E) {
    const VOTERS: u64 = 4090;
    let here = engine.open();
    let other = E::new();
    let there = other.open();
    let options = ["happy", "sad"];
    let mut voting = JoinSet::new();
    for reader in 0..VOTERS {
        // At most this many at once, so that no engine's queue is full.
        if voting.len() >= 256 {
            voting.join_next().await.unwrap().unwrap();
        }
        let here = Arc::clone(&here);
        let vote = react("a", Some(options[reader as usize % 2]), reader);
        voting.spawn(async move { apply(&here, changes(reader, [vote])).await });
    }
    voting.join_all().await;
    let export_of_here = export(&here, TODAY).await;
    let report = import(&there, &export_of_here).await.unwrap();
    assert_eq!((report.new, report.votes), (1, VOTERS));
    assert_eq!(
        numbers(&tally(&there, "a").await),
        numbers(&tally(&here, "a").await)
    );
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let days = |export: Vec<u8>| -> Vec<String> {
        text(export)
            .lines()
            .filter(|line| line.starts_with("{\"day\""))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(
        days(export(&there, TODAY).await),
        days(export_of_here),
        "daily counts are imported unchanged"
    );
    drop(there);
    other.check();
}
