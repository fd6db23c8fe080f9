//! What is read now is what its queries find one by one.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc, time::Duration};

use store::{
    ChooseOfHours, ChooseOfPeriod, Days, HourSums, NowCounts, NowQuery, Period, PeriodSums,
    RecentHours, Removal, Store,
};
use visitor::{Day, Hour};

use super::{Engine, TODAY, changes, react, read, share, site};
use crate::{
    newsroom::{TOMORROW, at, fill_forty_days, sums},
    steps::{alias, apply, remove},
};

/// Hours whose reads are compared: after midnight, some are of the day before.
const COMPARED_HOURS: u8 = 8;

fn query(last: (Day, Hour)) -> NowQuery {
    let of_hours: Arc<ChooseOfHours> = Arc::new(|sums: &HourSums| (0..sums.len() as u32).collect());
    let of_today: Arc<ChooseOfPeriod> =
        Arc::new(|sums: &PeriodSums| (0..sums.len() as u32).collect());
    NowQuery {
        last,
        days: Days::until(last.0, 8),
        hours: COMPARED_HOURS,
        of_hours,
        of_today,
    }
}

/// The reads of each article.
fn rows(recent: &RecentHours) -> BTreeMap<String, Vec<i64>> {
    let rows = recent.cards.iter();
    rows.map(|(index, card)| (card.key.to_string(), recent.sums.of(*index).to_vec()))
        .collect()
}

/// The sums of articles, and those of days, that are not 0.
fn sums_and_days(period: &Period) -> impl PartialEq + Debug + use<> {
    let days = period.sums.days.iter().filter(|(.., sum)| *sum != 0);
    let named = days.map(|(day, column, sum)| {
        let metric = period.sums.metrics[usize::from(*column)].name();
        ((*day, metric), *sum)
    });
    (sums(period), named.collect::<BTreeMap<_, _>>())
}

/// Periods that may share what is known have what they have alone, right after *Now* was gathered.
async fn assert_shared(store: &Arc<dyn Store>, last: (Day, Hour), when: &str) {
    let site = site();
    store.now(&site, None, query(last)).await.unwrap();
    for section in [None, Some("/sport/"), Some("/none/")] {
        for days in [1, 3, 40] {
            let period = |max_age| {
                let all = query(last).of_today;
                store.period(&site, section, Days::until(last.0, days), max_age, all)
            };
            let shared = period(Duration::from_secs(60)).await.unwrap();
            let alone = period(Duration::ZERO).await.unwrap();
            let [shared, alone] = [shared, alone].map(|period| sums_and_days(&period));
            assert_eq!(shared, alone, "{when}: {section:?}, {days} days");
        }
    }
}

async fn assert_same(store: &Arc<dyn Store>, last: (Day, Hour), when: &str) {
    assert_shared(store, last, when).await;
    let site = site();
    for section in [None, Some("/sport/"), Some("/none/")] {
        let now = query(last);
        let NowCounts {
            hours,
            recent,
            today,
        } = store.now(&site, section, now.clone()).await.unwrap();
        let alone = store.site_hours(&site, section, now.days).await.unwrap();
        assert_eq!(hours, alone, "{when}: {section:?}");
        let alone = store.recent_hours(&site, section, last, COMPARED_HOURS, now.of_hours);
        let alone = alone.await.unwrap();
        assert_eq!(recent.sums.hours, alone.sums.hours, "{when}: {section:?}");
        assert_eq!(rows(&recent), rows(&alone), "{when}: {section:?}");
        let alone = store.period(
            &site,
            section,
            Days::until(last.0, 1),
            Duration::ZERO,
            now.of_today,
        );
        let alone = alone.await.unwrap();
        assert_eq!(sums(&today), sums(&alone), "{when}: {section:?}");
        assert_eq!(today.sums.days.len(), alone.sums.days.len(), "{when}");
    }
}

pub async fn now_has_what_its_queries_find<E: Engine>(engine: &E) {
    let store = engine.open();
    let midnight = (TOMORROW, Hour::new(2));
    assert_same(&store, midnight, "of an empty site").await;
    fill_forty_days(&store).await;
    assert_same(&store, (TODAY, Hour::new(20)), "before roll-ups").await;
    store.clean_up(&[site()], TOMORROW).await.unwrap();
    assert_same(&store, (TODAY, Hour::new(20)), "with roll-ups").await;
    for (day, hour, events) in [
        (
            TODAY,
            20,
            vec![read("/sport/c", 900), read("/sport/d", 901)],
        ),
        (
            TOMORROW,
            0,
            vec![read("/sport/c", 902), read("/sport/e", 903)],
        ),
        (
            TOMORROW,
            1,
            vec![
                share("/sport/c", "copy", 904),
                react("/sport/f", Some("sad"), 1),
            ],
        ),
        (
            TOMORROW,
            2,
            vec![read("/world/b", 905), react("/sport/f", None, 2)],
        ),
    ] {
        apply(&store, at(day, hour, changes(77, events))).await;
    }
    assert_same(&store, midnight, "after midnight").await;
    alias(&store, TOMORROW, "/sport/d", "/world/d").await;
    remove(&store, "/sport/e", Removal::Everything).await;
    assert_same(&store, midnight, "after a rename and a removal").await;
    let found = store.now(&site(), None, query(midnight)).await.unwrap();
    let reads = rows(&found.recent);
    assert_eq!(reads["/sport/c"], [0, 1, 0, 0, 0, 1, 0, 0]);
    assert_eq!(reads["/world/d"], [0, 1, 0, 0, 0, 0, 0, 0]);
    assert!(!reads.contains_key("/sport/e"));
    let reads_today = sums(&found.today);
    assert_eq!(reads_today[&("/world/b".to_owned(), "reads".to_owned())], 1);
}
