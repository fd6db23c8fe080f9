//! Sums of long periods are those of their days.

use std::{collections::BTreeMap, sync::Arc};

use store::{Days, Removal, Store};
use visitor::Day;

use super::{
    Engine, TODAY, changes,
    import_export::{export, import},
    newsroom::{at, fill_forty_days, period, sums},
    read, site,
};
use crate::fixtures::{article, token};

/// Any period's sums are those of its days, before and after roll-ups, and after changes to days in them.
pub async fn a_period_of_rollups_has_the_sums_of_its_days<E: Engine>(engine: &E) {
    let store = engine.open();
    fill_forty_days(&store).await;
    let next_month = Day::new(TODAY.get() + 60);
    let days_of = async |store: &Arc<dyn Store>, section: Option<&str>, days: Days| {
        let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
        for key in ["/sport/a", "/world/b", "/world/c"] {
            let key = article(key);
            if section.is_some_and(|section| !key.as_str().starts_with(section)) {
                continue;
            }
            let target = store.alias_target(&site(), &key).await.unwrap();
            let found = store.article_days(&site(), &key, days.first).await.unwrap();
            let found = found.filter(|_| target.is_none()).unwrap_or_default();
            for change in found.into_iter().filter(|change| days.contains(change.day)) {
                let sum = (key.to_string(), change.metric.name());
                *expected.entry(sum).or_default() += change.change;
            }
        }
        expected.retain(|_, sum| *sum != 0);
        expected
    };
    let assert_sums = async |when: &str| {
        for (first, count) in [(0, 40), (0, 300), (3, 31), (9, 1), (16, 23), (-400, 500)] {
            let first = Day::new(TODAY.get() - 39 + first);
            let days = Days {
                first,
                last: Day::new(first.get() + count - 1),
            };
            for section in [None, Some("/world/")] {
                let expected = days_of(&store, section, days).await;
                let found = period(&store, section, days).await;
                assert_eq!(sums(&found), expected, "{when}: {days:?} {section:?}");
                let mut totals: BTreeMap<String, i64> = BTreeMap::new();
                for ((_, metric), sum) in expected {
                    *totals.entry(metric).or_default() += sum;
                }
                totals.retain(|_, sum| *sum != 0);
                let of_days = found.sums.days.iter().map(|(.., sum)| sum).sum::<i64>();
                assert_eq!(of_days, totals.values().sum::<i64>(), "{when}: {days:?}");
                let found = store.totals(&site(), section, days).await.unwrap();
                let found = found.into_iter().filter(|(_, sum)| *sum != 0);
                let found: BTreeMap<_, _> =
                    found.map(|(metric, sum)| (metric.name(), sum)).collect();
                assert_eq!(found, totals, "{when}: {days:?} {section:?}");
            }
        }
    };
    assert_sums("without roll-ups").await;
    store.clean_up(&[site()], next_month).await.unwrap();
    assert_sums("with roll-ups").await;
    let (old, new) = (article("/sport/a"), article("/world/c"));
    let renamed = store.alias(&site(), next_month, &old, &new, false).await;
    renamed.unwrap().unwrap();
    assert_sums("after a rename").await;
    store.clean_up(&[site()], next_month).await.unwrap();
    assert_sums("after a rename and a clean-up").await;
    let elsewhere = E::new();
    let other = elsewhere.open();
    let past = at(
        Day::new(TODAY.get() - 20),
        4,
        changes(7, [read("/world/b", 7_000), read("/world/c", 7_001)]),
    );
    other.apply(past).await.unwrap();
    import(&store, &export(&other, TODAY).await).await.unwrap();
    assert_sums("after an import").await;
    store.clean_up(&[site()], next_month).await.unwrap();
    let (old, new) = (article("/world/c"), article("/world/b"));
    let merged = store.alias(&site(), next_month, &old, &new, false).await;
    merged.unwrap().unwrap();
    assert_sums("after a merge").await;
    let erased = store
        .erase_visitor(&site(), next_month, &token(1), &[article("/world/b")])
        .await;
    erased.unwrap();
    assert_sums("after an erasure").await;
    store.clean_up(&[site()], next_month).await.unwrap();
    let removed = store
        .remove_article(&site(), &article("/world/b"), Removal::Everything)
        .await;
    assert!(removed.unwrap());
    assert_sums("after a removal").await;
}
