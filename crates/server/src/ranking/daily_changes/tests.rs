use proptest::prelude::*;
use wire::Reaction;

use super::*;

const TODAY: Day = Day::new(16_756);

/// An article: its key, the day on which its poll opened, and its counts with their age in days.
type Told<'a> = (&'a str, i32, &'a [(i32, Metric, i64)]);

fn happy() -> Metric {
    Metric::Reaction(Reaction::parse("happy").unwrap())
}

fn list(articles: &[Told<'_>], site: Site, by: RankBy, days: u16) -> Vec<(String, u64)> {
    let mut recent = RecentChanges::default();
    for (place, (key, since, changes)) in (0..).zip(articles) {
        recent.articles.push(named(key, *since));
        for (ago, metric, change) in *changes {
            recent.metrics.push(metric.clone());
            let metric = u16::try_from(recent.metrics.len() - 1).unwrap();
            let day = Day::new(TODAY.get() - ago);
            recent.changes.push(DailyDelta {
                article: place,
                metric,
                day,
                change: *change,
            });
        }
    }
    ranked(recent, site, by, days)
}

fn ranked(recent: RecentChanges, site: Site, by: RankBy, days: u16) -> Vec<(String, u64)> {
    let ranked = DailyChanges::of(recent, Arc::new(site), TODAY).ranked(by, days, "");
    ranked
        .into_iter()
        .map(|(key, count)| (key.to_string(), count))
        .collect()
}

fn named(key: &str, since: i32) -> RecentArticle {
    RecentArticle {
        key: ArticleKey::parse(key).unwrap(),
        poll_opened: Some(Day::new(since)),
        poll: None,
        is_known: false,
    }
}

fn expected(list: &[(&str, u64)]) -> Vec<(String, u64)> {
    list.iter()
        .map(|(key, count)| ((*key).to_owned(), *count))
        .collect()
}

#[test]
fn rankings_use_only_the_requested_days() {
    let articles: [Told<'_>; 3] = [
        ("b", 1, &[(0, Metric::Reads, 2), (6, Metric::Reads, 1)]),
        (
            "a",
            1,
            &[
                (0, Metric::Reads, 1),
                (0, Metric::Reads, 1),
                (7, Metric::Reads, 100),
            ],
        ),
        ("c", 1, &[(1, Metric::Reads, 9), (0, happy(), 1)]),
    ];
    let list = |days| list(&articles, Site::demo(), RankBy::Reads, days);
    assert_eq!(list(1), expected(&[("a", 2), ("b", 2)]));
    assert_eq!(list(7), expected(&[("c", 9), ("b", 3), ("a", 2)]));
    assert_eq!(list(8), expected(&[("a", 102), ("c", 9), ("b", 3)]));
}

#[test]
fn a_ranking_leaves_closed_polls_and_retired_options_out() {
    let proud = Metric::Reaction(Reaction::parse("proud").unwrap());
    let articles: [Told<'_>; 4] = [
        ("closed", TODAY.get() - 30, &[(0, happy(), 5)]),
        ("open", TODAY.get() - 29, &[(0, happy(), 2)]),
        ("back", TODAY.get(), &[(1, happy(), 1), (0, happy(), -1)]),
        ("retired", TODAY.get(), &[(0, proud, 9)]),
    ];
    let closing = Site {
        poll_closes_after_days: Some(30),
        ..Site::demo()
    };
    assert_eq!(
        list(&articles, closing, RankBy::Reactions, 7),
        expected(&[("open", 2)])
    );
    assert_eq!(
        list(&articles, Site::demo(), RankBy::Reactions, 7),
        expected(&[("closed", 5), ("open", 2)])
    );
}

proptest! {
    /// Compares with sorting all articles.
    #[test]
    fn the_first_of_many_are_the_first(counts in prop::collection::vec(-1..20_i64, 0..200)) {
        let mut recent = RecentChanges { metrics: vec![Metric::Reads], ..RecentChanges::default() };
        for (place, change) in (0..).zip(&counts) {
            recent.articles.push(named(&format!("{place}"), 1));
            recent.changes.push(DailyDelta { article: place, metric: 0, day: TODAY, change: *change });
        }
        let mut sorted: Vec<_> = (0..).zip(&counts).map(|(place, count): (u32, _)| (place.to_string(), *count)).collect();
        sorted.retain(|(_, count)| *count > 0);
        sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let expected: Vec<_> = sorted.into_iter().take(MAX_ENTRIES).map(|(key, count)| (key, count.unsigned_abs())).collect();
        prop_assert_eq!(ranked(recent, Site::demo(), RankBy::Reads, 7), expected);
    }
}
