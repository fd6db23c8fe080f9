use std::collections::BTreeMap;

use proptest::{collection::btree_map, prelude::*};
use wire::Reaction;

use super::*;

fn shown() -> [Metric; 2] {
    [
        Metric::Reads,
        Metric::Reaction(Reaction::parse("sad").unwrap()),
    ]
}

type Rows = BTreeMap<Vec<u8>, [i64; 2]>;

/// The sums that are not 0.
type Named = BTreeMap<(Vec<u8>, String), i64>;

fn sums(rows: &Rows, days: &BTreeMap<i32, i64>) -> PeriodSums {
    PeriodSums {
        metrics: shown().into(),
        sums: rows.values().flatten().copied().collect(),
        is_new: vec![false; rows.len()],
        days: days
            .iter()
            .map(|(day, sum)| (Day::new(*day), 0, *sum))
            .collect(),
    }
}

fn named(sums: &PeriodSums, labels: &[Vec<u8>]) -> (Named, BTreeMap<(Day, String), i64>) {
    let mut articles = Named::new();
    for (label, article) in labels.iter().zip(0..) {
        for (metric, sum) in sums.metrics.iter().zip(sums.of(article)) {
            articles.insert((label.clone(), metric.name()), *sum);
        }
    }
    articles.retain(|_, sum| *sum != 0);
    let name = |column: u16| sums.metrics[usize::from(column)].name();
    let days = sums.days.iter().filter(|(.., sum)| *sum != 0);
    let days = days.map(|(day, column, sum)| ((*day, name(*column)), *sum));
    (articles, days.collect())
}

proptest! {
    #[test]
    fn a_rollup_returns_the_sums_of_which_it_was_made(
        rows in btree_map(prop::collection::vec(any::<u8>(), 0..5), any::<[i32; 2]>(), 0..20),
        days in btree_map(-800_000..2_000_000_i32, any::<i64>(), 0..20),
    ) {
        let rows: Rows = rows
            .into_iter()
            .map(|(label, row)| (label, row.map(i64::from)))
            .collect();
        let labels: Vec<_> = rows.keys().cloned().collect();
        let before = sums(&rows, &days);
        let rollup = Rollup::of(&before, &labels);
        let mut builder = PeriodBuilder::default();
        let mut found: Vec<Vec<u8>> = Vec::new();
        add_days_of_rollup(&rollup.days, &mut builder).unwrap();
        add_articles_of_rollup(&rollup.articles, &mut builder, None, |label| {
            found.push(label.to_vec());
            Some(found.len() as u32 - 1)
        })
        .unwrap();
        let after = builder.finish(vec![false; found.len()]);
        prop_assert_eq!(named(&after, &found), named(&before, &labels));
        prop_assert_eq!(Rollup::of(&after, &found), rollup);
    }

    #[test]
    fn parts_cover_a_period_once(first in 0..800_i32, count in 0..900_i32, gaps in prop::collection::vec(any::<bool>(), 200)) {
        let spans = rollup_spans(Day::new(5), Day::new(1000));
        let spans: Vec<_> = spans.into_iter().zip(gaps).filter(|(_, is)| *is).map(|(span, _)| span).collect();
        let days = Days { first: Day::new(first), last: Day::new(first + count) };
        let parts = cover(days, &spans);
        let mut covered = Vec::new();
        for part in &parts {
            let (PeriodPart::Rollup(part) | PeriodPart::Days(part)) = part;
            covered.extend(part.iter());
        }
        prop_assert_eq!(covered, days.iter().collect::<Vec<_>>());
        let usable = |span: &&Days| span.first >= days.first && span.last <= days.last;
        for span in spans.iter().filter(usable) {
            prop_assert!(parts.iter().all(|part| !matches!(part, PeriodPart::Days(days) if days.contains(span.first))));
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes: Vec<u8>) {
        let mut builder = PeriodBuilder::default();
        add_days_of_rollup(&bytes, &mut builder);
        add_articles_of_rollup(&bytes, &mut builder, None, |_| Some(0));
    }
}

#[test]
fn spans_are_tens_months_quarters_halves_and_years() {
    let day = |text| Day::parse(text).unwrap();
    let spans = rollup_spans(day("2014-11-20"), day("2016-02-29"));
    let shown: Vec<_> = spans
        .iter()
        .map(|span| format!("{} {}", span.first, span.last))
        .collect();
    assert_eq!(
        shown[..11],
        [
            "2014-11-01 2014-11-10",
            "2014-11-11 2014-11-20",
            "2014-11-21 2014-11-30",
            "2014-11-01 2014-11-30",
            "2014-12-01 2014-12-10",
            "2014-12-11 2014-12-20",
            "2014-12-21 2014-12-31",
            "2014-12-01 2014-12-31",
            "2014-10-01 2014-12-31",
            "2014-07-01 2014-12-31",
            "2014-01-01 2014-12-31",
        ]
    );
    // The month that has not ended has its tens.
    assert_eq!(
        shown[shown.len() - 3..],
        [
            "2016-01-01 2016-01-31",
            "2016-02-01 2016-02-10",
            "2016-02-11 2016-02-20"
        ]
    );
    let lengths = |longer_than: i64| {
        spans
            .iter()
            .filter(|span| span.count() > longer_than)
            .count()
    };
    assert_eq!([11, 31, 92, 184].map(lengths), [25, 10, 5, 2]);
    assert_eq!(rollup_spans(day("2015-11-02"), day("2015-12-01")).len(), 4);
    assert_eq!(rollup_spans(day("2015-11-02"), day("2015-11-30")).len(), 2);
    let of_old_days = |first| rollup_spans(first, day("2015-11-30")).len();
    assert!(of_old_days(day("0001-01-01")) < 2500);
    assert!(of_old_days(Day::new(i32::MIN)) < 2500);
}

proptest! {
    #[test]
    fn each_span_is_made_of_spans_before_it(first in 0..20_000_i32, count in 0..2000_i32) {
        let spans = rollup_spans(Day::new(first), Day::new(first + count));
        for (at, span) in spans.iter().enumerate() {
            prop_assert!(span.last.get() < first + count);
            let is_in = |other: &&Days| other.count() < span.count() && other.first >= span.first && other.last <= span.last;
            let longest = spans.iter().filter(is_in).map(|other| other.count()).max();
            let before = spans[..at].iter().filter(is_in).map(|other| other.count()).max();
            prop_assert_eq!(before, longest);
        }
    }
}
