use proptest::{collection::vec, prelude::*};

use super::*;

fn sums(rows: &[[i64; 4]]) -> PeriodSums {
    let option = |key| Metric::Reaction(Reaction::parse(key).unwrap());
    let share = Metric::Share(wire::Network::parse("copy").unwrap());
    PeriodSums {
        metrics: vec![Metric::Reads, option("happy"), option("sad"), share],
        sums: rows.concat(),
        is_new: rows.iter().map(|row| row[0] < 100).collect(),
        days: Vec::new(),
    }
}

fn ranked(sums: &PeriodSums, by: RankedBy) -> Vec<u32> {
    let rankings = rankings(sums);
    let (_, found) = rankings.iter().find(|(of, _)| *of == by).unwrap();
    found.iter().map(|(article, _)| *article).collect()
}

#[test]
fn each_ranking_has_its_own_first() {
    let sums = sums(&[
        [900, 5, 0, 1],
        [300, 10, 10, 0],
        [40, 20, 1, 0],
        [0, 0, 0, 0],
        [200, 0, 30, 9],
        [500, 0, 0, 0],
    ]);
    let happy = RankedBy::Option(Reaction::parse("happy").unwrap());
    assert_eq!(ranked(&sums, RankedBy::Reads)[..2], [0, 5]);
    assert_eq!(ranked(&sums, RankedBy::FewestReads), [3, 2]);
    assert_eq!(ranked(&sums, happy)[0], 2);
    assert_eq!(ranked(&sums, RankedBy::Division)[0], 1);
    assert_eq!(ranked(&sums, RankedBy::Love)[0], 2);
    assert_eq!(ranked(&sums, RankedBy::Shares), [4, 0]);
}

proptest! {
    #[test]
    fn division_is_from_none_to_even(counts in vec(0..1000_i64, 0..8)) {
        let division = division(counts.iter().copied());
        prop_assert!((0.0..=1.0 + 1e-9).contains(&division));
        let is_one = counts.iter().filter(|count| **count > 0).count() <= 1;
        prop_assert_eq!(division == 0.0, is_one || counts.len() < 2);
    }

    #[test]
    fn totals_are_the_sums_of_days(changes in vec((0..4_i32, 0..4_u16, -5..50_i64), 0..40)) {
        let mut sums = sums(&[]);
        sums.days = changes.iter().map(|(day, column, change)| (Day::new(*day), *column, *change)).collect();
        let totals = totals(&sums, Vec::new());
        let all: i64 = totals.iter().map(|(_, sum, _)| sum).sum();
        prop_assert_eq!(all, changes.iter().map(|(.., change)| change).sum::<i64>());
        let reads: i64 = reads_by_day(&sums).values().sum();
        prop_assert_eq!(reads, totals[0].1);
    }
}
