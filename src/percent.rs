//! Percentages of the options of a poll, as integers.

/// Maximum count; greater ones are reduced to it. 100 times the sum of a thousand such counts still fits into 64 bits.
const MAX_COUNT: u64 = 1 << 46;

/// Percentages by the largest remainder method, in the order of `counts`; all 0 if there are no votes.
///
/// They add up to 100, and an option with a vote has at least 1, so no option has 100 beside another one's vote. If
/// more than 100 options have votes, both rules cannot hold: then the second one does, and the sum exceeds 100. Ties go
/// to the first option.
pub fn percents(counts: &[u64]) -> Vec<u64> {
    let hundredfold = |count: &u64| (*count).min(MAX_COUNT) * 100;
    let total = counts.iter().map(hundredfold).sum::<u64>() / 100;
    let round = |count| {
        hundredfold(count)
            .checked_div(total)
            .unwrap_or(0)
            .max(u64::from(*count > 0))
    };
    let mut percents: Vec<u64> = counts.iter().map(round).collect();
    loop {
        let sum: u64 = percents.iter().sum();
        if sum == 100 || total == 0 {
            return percents;
        }
        let is_low = sum < 100;
        // By how much an option exceeds its exact share, with an offset that keeps the difference positive.
        let excess = |at: usize| (percents[at] + 100) * total - hundredfold(&counts[at]);
        let places = (0..counts.len()).filter(|at| is_low || percents[*at] > 1);
        // Of equals, the first gains and the last loses.
        let is_better = |at, best| (excess(at) < excess(best)) == is_low;
        let place = places.reduce(|best, at| if is_better(at, best) { at } else { best });
        let Some(place) = place else { return percents };
        percents[place] = percents[place].wrapping_add(if is_low { 1 } else { u64::MAX });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_COUNT, percents};

    #[test]
    fn parts_add_up_to_a_hundred_by_largest_remainder() {
        assert_eq!(percents(&[1, 1, 1, 0, 0]), [34, 33, 33, 0, 0]);
        assert_eq!(percents(&[4, 4, 6]), [29, 28, 43]);
        assert_eq!(percents(&[1500, 0, 0, 500, 0]), [75, 0, 0, 25, 0]);
        assert_eq!(percents(&[1, 1, 1, 1, 1, 1]), [17, 17, 17, 17, 16, 16]);
    }

    #[test]
    fn a_vote_is_never_nothing_and_never_all_beside_another() {
        assert_eq!(percents(&[571, 0, 1, 0, 0]), [99, 0, 1, 0, 0]);
        assert_eq!(percents(&[1, 1, 1, 1, 1_000_000]), [1, 1, 1, 1, 96]);
        assert_eq!(percents(&[7, 0]), [100, 0]);
    }

    #[test]
    fn of_no_votes_all_parts_are_nothing() {
        assert_eq!(percents(&[0, 0, 0]), [0, 0, 0]);
        assert!(percents(&[]).is_empty());
    }

    #[test]
    fn more_options_with_votes_than_percents_have_one_each() {
        assert_eq!(percents(&[1; 101]), [1; 101]);
        assert_eq!(
            percents(&[[9; 100].as_slice(), &[u64::MAX]].concat()),
            [1; 101]
        );
    }

    /// From no votes to more than a JavaScript number represents exactly.
    fn any_counts() -> impl Strategy<Value = Vec<u64>> {
        let count = prop_oneof![
            Just(0),
            1..4_u64,
            1..1_000_u64,
            any::<u32>().prop_map(u64::from),
            any::<u64>()
        ];
        prop::collection::vec(count, 0..30)
    }

    proptest! {
        #[test]
        fn parts_of_any_votes_keep_both_rules(counts in any_counts()) {
            let percents = percents(&counts);
            prop_assert_eq!(percents.len(), counts.len());
            let voted = counts.iter().any(|count| *count > 0);
            prop_assert_eq!(percents.iter().sum::<u64>(), if voted { 100 } else { 0 });
            for (count, percent) in counts.iter().zip(&percents) {
                prop_assert_eq!(*count > 0, *percent > 0);
            }
        }

        #[test]
        fn more_votes_never_have_a_smaller_part(counts in any_counts()) {
            let counts: Vec<u64> = counts.into_iter().map(|count| count.min(MAX_COUNT)).collect();
            let percents = percents(&counts);
            for (count, percent) in counts.iter().zip(&percents) {
                for (other, part) in counts.iter().zip(&percents) {
                    prop_assert!(count <= other || percent >= part, "{counts:?}: {percents:?}");
                }
            }
        }

        /// If no percentage was raised to 1, each differs from the exact one by less than 1.
        #[test]
        fn parts_are_within_a_percent_of_exact_ones(counts in prop::collection::vec(1_000..99_000_u64, 1..5)) {
            let total: u64 = counts.iter().sum();
            for (count, percent) in counts.iter().zip(percents(&counts)) {
                prop_assume!(count * 100 >= total);
                prop_assert!((percent * total).abs_diff(count * 100) < total, "{counts:?}");
            }
        }
    }
}
