//! Hours of a site and of its articles agree with what was counted, also after a move.

use std::{collections::BTreeMap, sync::Arc};

use store::{
    ArticleUpdate, Days, HourChange, HourSums, Removal, START_HOURS, Store,
    export_format::{DayLine, HoursLine, Line},
};
use visitor::{Day, Hour};
use wire::Article;

use super::{
    Engine, TODAY, changes,
    hostile_imports::{article_line, file},
    import_export::{export, import},
    newsroom::{TOMORROW, at, both, days_of_site, fill_forty_days, forty_days, period, sums},
    react, read, share, site,
};
use crate::fixtures::{article, token};

/// Known hours: by day relative to today, hour and metric.
type KnownHours = BTreeMap<(i32, u8, String), i64>;

fn known_hours(changes: Vec<HourChange>) -> KnownHours {
    let known = changes.into_iter().filter(|change| change.hour.is_known());
    known
        .map(|change| {
            let day = change.day.get() - TODAY.get();
            (
                (day, change.hour.get(), change.metric.name()),
                change.change,
            )
        })
        .collect()
}

fn around_today() -> Days {
    Days {
        first: Day::new(TODAY.get() - 30),
        last: Day::new(TODAY.get() + 30),
    }
}

async fn hours_of_site(store: &Arc<dyn Store>, section: Option<&str>) -> KnownHours {
    let found = store.site_hours(&site(), section, around_today()).await;
    known_hours(found.unwrap())
}

async fn hours_of_article(store: &Arc<dyn Store>, key: &str) -> Option<KnownHours> {
    let found = store
        .article_hours(&site(), &article(key), around_today())
        .await;
    found.unwrap().map(known_hours)
}

fn reads_at(hours: &[(i32, u8, i64)]) -> KnownHours {
    hours
        .iter()
        .map(|(day, hour, reads)| ((*day, *hour, "reads".to_owned()), *reads))
        .collect()
}

pub async fn hours_of_a_site_are_the_sums_of_its_articles<E: Engine>(engine: &E) {
    let store = engine.open();
    for (day, hour, key, event) in [
        (-1, 23, "/sport/a", 1),
        (0, 0, "/sport/a", 2),
        (0, 0, "/world/b", 3),
        (0, 9, "/world/b", 4),
    ] {
        let batch = at(
            Day::new(TODAY.get() + day),
            hour,
            changes(1, [read(key, event)]),
        );
        store.apply(batch).await.unwrap();
    }
    let all = reads_at(&[(-1, 23, 1), (0, 0, 2), (0, 9, 1)]);
    assert_eq!(hours_of_site(&store, None).await, all);
    let sport = reads_at(&[(-1, 23, 1), (0, 0, 1)]);
    assert_eq!(hours_of_site(&store, Some("/sport/")).await, sport);
    assert_eq!(hours_of_article(&store, "/sport/a").await, Some(sport));
    assert_eq!(hours_of_article(&store, "unknown").await, None);
    // A merged article has the hours of both; a removed one leaves none in the site's.
    let (old, new) = (article("/sport/a"), article("/world/b"));
    let merged = store.alias(&site(), TODAY, &old, &new, false).await;
    merged.unwrap().unwrap();
    for key in ["/sport/a", "/world/b"] {
        assert_eq!(hours_of_article(&store, key).await, Some(all.clone()));
    }
    let renamed = article("/dunia/b");
    let moved = store.alias(&site(), TODAY, &new, &renamed, false).await;
    moved.unwrap().unwrap();
    assert_eq!(
        hours_of_article(&store, "/dunia/b").await,
        Some(all.clone())
    );
    assert_eq!(hours_of_site(&store, None).await, all);
    let removed = store
        .remove_article(&site(), &renamed, Removal::Everything)
        .await;
    assert!(removed.unwrap());
    assert_eq!(hours_of_site(&store, None).await, KnownHours::new());
    // An article of that name begins without hours.
    let batch = at(TODAY, 5, changes(1, [read("/dunia/b", 9)]));
    store.apply(batch).await.unwrap();
    let hours = hours_of_article(&store, "/dunia/b").await;
    assert_eq!(hours, Some(reads_at(&[(0, 5, 1)])));
}

pub async fn an_erased_vote_leaves_the_hours_of_others<E: Engine>(engine: &E) {
    let store = engine.open();
    for reader in [1, 2] {
        let batch = changes(reader, [react("a", Some("sad"), 1)]);
        store.apply(at(TODAY, 9, batch)).await.unwrap();
    }
    let erased = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("a")])
        .await;
    erased.unwrap();
    let hours = hours_of_site(&store, None).await;
    assert_eq!(
        hours,
        KnownHours::from([((0, 9, "reaction:sad".to_owned()), 2)])
    );
    let entry = |sum| BTreeMap::from([((0, "reaction:sad".to_owned()), sum)]);
    assert_eq!(days_of_site(&store, None, both()).await, entry(1));
}

pub async fn hours_of_an_erased_vote_move_or_stay<E: Engine>(engine: &E) {
    let store = engine.open();
    let vote = changes(1, [react("a", Some("happy"), 1)]);
    store.apply(at(TODAY, 4, vote)).await.unwrap();
    let erased = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("a")])
        .await;
    erased.unwrap();
    // The article's first day is this one from now on.
    let later = changes(2, [read("a", 1)]);
    store.apply(at(TOMORROW, 5, later)).await.unwrap();
    let exported = export(&store, TOMORROW).await;
    let other = E::new();
    let moved = other.open();
    import(&moved, &exported).await.unwrap();
    assert_eq!(export(&moved, TOMORROW).await, exported);
}

pub async fn recent_hours_are_reads_of_each_article<E: Engine>(engine: &E) {
    let store = engine.open();
    for (day, hour, key, event) in [
        (TODAY, 20, "/sport/a", 1),
        (TODAY, 22, "/sport/a", 2),
        (TOMORROW, 1, "/sport/a", 3),
        (TOMORROW, 1, "/world/b", 4),
        (TOMORROW, 1, "/world/b", 5),
        (TOMORROW, 2, "/world/b", 6),
    ] {
        let batch = changes(1, [read(key, event), share(key, "copy", event)]);
        store.apply(at(day, hour, batch)).await.unwrap();
    }
    for (section, expected) in [
        (
            None,
            vec![
                ("/sport/a", vec![0, 1, 0, 0, 1]),
                ("/world/b", vec![0, 0, 0, 0, 2]),
            ],
        ),
        (Some("/sport/"), vec![("/sport/a", vec![0, 1, 0, 0, 1])]),
    ] {
        let all = Arc::new(|sums: &HourSums| (0..sums.len() as u32).collect());
        let last = (TOMORROW, Hour::new(1));
        let found = store.recent_hours(&site(), section, last, 5, all).await;
        let found = found.unwrap();
        assert_eq!(found.sums.hours[0], (TODAY, Hour::new(21)));
        let mut rows: Vec<_> = found
            .cards
            .iter()
            .map(|(index, card)| (card.key.as_str(), found.sums.of(*index).to_vec()))
            .collect();
        rows.sort();
        assert_eq!(rows, expected);
    }
}

pub async fn a_typical_start_is_the_median_articles<E: Engine>(engine: &E) {
    let store = engine.open();
    for (number, key) in ["a", "b", "c"].into_iter().enumerate() {
        let copy = Article {
            title: key.into(),
            byline: None,
            published: Some(TODAY.to_string()),
            url: None,
            html: String::new(),
        };
        let update = ArticleUpdate {
            article: Some(copy),
            imported: None,
            poll: None,
        };
        let put = store
            .put_article(&site(), TODAY, &article(key), update)
            .await;
        put.unwrap();
        // In the first hour 1, 2 and 3 reads; three hours later one more.
        for (hour, reads) in [(22, number as u64 + 1), (25, 1)] {
            let event = 100 * number as u64 + 10 * hour;
            let reads = (0..reads).map(|read_number| read(key, event + read_number));
            let batch = changes(1, reads.collect::<Vec<_>>());
            let day = Day::new(TODAY.get() + i32::from(hour > 23));
            store
                .apply(at(day, (hour % 24) as u8, batch))
                .await
                .unwrap();
        }
    }
    let old = at(Day::new(TODAY.get() - 9), 3, changes(1, [read("old", 1)]));
    store.apply(old).await.unwrap();
    let days = Days::until(TODAY, 3);
    let start = store.typical_start(&site(), None, days).await.unwrap();
    assert_eq!((start.articles, start.reads.len()), (3, START_HOURS));
    assert_eq!(start.reads[..5], [2, 2, 2, 3, 3]);
    let of_section = store.typical_start(&site(), Some("c"), days).await.unwrap();
    assert_eq!(of_section.articles, 1);
    assert_eq!(of_section.reads[..5], [3, 3, 3, 4, 4]);
}

/// An engine's answers about the site: hours, days and the sums of the period.
async fn all_sums(
    store: &Arc<dyn Store>,
) -> (
    KnownHours,
    BTreeMap<(i32, String), i64>,
    BTreeMap<(String, String), i64>,
) {
    let hours = hours_of_site(store, None).await;
    let days = days_of_site(store, None, forty_days()).await;
    (hours, days, sums(&period(store, None, forty_days()).await))
}

pub async fn hours_move_with_an_export<E: Engine>(engine: &E) {
    let store = engine.open();
    fill_forty_days(&store).await;
    let before = all_sums(&store).await;
    let of_article = hours_of_article(&store, "/world/b").await.unwrap();
    // In the clean-ups of later days, the hours of articles may be deleted; those of the site stay.
    for day in 1..4 {
        let today = Day::new(TODAY.get() + day);
        store.clean_up(&[site()], today).await.unwrap();
    }
    let file = export(&store, TOMORROW).await;
    let elsewhere = E::new();
    let other = elsewhere.open();
    for _ in 0..2 {
        import(&other, &file).await.unwrap();
        let after = all_sums(&other).await;
        assert_eq!((&after.1, &after.2), (&before.1, &before.2));
        let hours = hours_of_article(&other, "/world/b").await.unwrap();
        let first_days: KnownHours = of_article
            .clone()
            .into_iter()
            .filter(|((day, ..), _)| *day < -39 + 8 || *day > -8)
            .collect();
        let kept = |(hour, _): &(&(i32, u8, String), &i64)| first_days.contains_key(*hour);
        let kept: KnownHours = hours
            .iter()
            .filter(kept)
            .map(|(hour, change)| (hour.clone(), *change))
            .collect();
        assert_eq!(kept, first_days);
        let known = |hours: &KnownHours| {
            let reads = hours.iter().filter(|((.., metric), _)| metric == "reads");
            reads
                .map(|(hour, change)| (hour.clone(), *change))
                .collect::<KnownHours>()
        };
        assert_eq!(known(&after.0), known(&hours_of_site(&store, None).await));
    }
    drop(other);
    elsewhere.check();
}

/// What a file has of a site's hours, and the day has not, is left out; also where hours are known.
pub async fn imported_hours_of_a_site_are_no_more_than_its_day<E: Engine>(engine: &E) {
    let store = engine.open();
    let day = Day::new(TODAY.get() - 20).to_string();
    let file_with = |hour: u8, reads: i64| {
        let of_day = Line::Day(DayLine {
            day: day.clone(),
            source: 0,
            counts: [("reads".to_owned(), 3)].into(),
        });
        let of_hour = Line::Hours(HoursLine {
            site: Some(site()),
            day: day.clone(),
            counts: [("reads".to_owned(), [(hour, reads)].into())].into(),
        });
        file(&[article_line("a", 1, &[]), of_day, of_hour])
    };
    for hour in [9, 4] {
        import(&store, &file_with(hour, 7)).await.unwrap();
        assert_eq!(hours_of_site(&store, None).await, reads_at(&[(-20, 9, 3)]));
    }
}
