use visitor::{Day, HOURS_PER_DAY};

/// Number of days for which an article's hours are kept: its first ones, and the site's last ones.
pub const ARTICLE_HOURS_DAYS: i32 = 8;

/// The changes of one metric in each hour of a day.
pub type DayHours = [i64; HOURS_PER_DAY as usize];

/// Whether the day is one of the first days of an article, whose hours are kept for ever. `first`: its day of
/// publication, or else of its creation.
pub fn is_first_day(first: Day, day: Day) -> bool {
    day.since(first) < i64::from(ARTICLE_HOURS_DAYS)
}

/// The hours of a metric on a day after an import of `imported`. Where the sum of the hours is less than that of the day
/// (`total`), the rest has no known hour. Counts that only grow: the greater number of each hour, as far as the day has so
/// many. Net changes: those of the side that knows more.
pub fn merged_hours(
    known: &DayHours,
    imported: &DayHours,
    total: i64,
    is_net_change: bool,
) -> DayHours {
    if is_net_change {
        let size = |hours: &DayHours| -> u64 {
            hours
                .iter()
                .map(|change| change.unsigned_abs())
                .fold(0, u64::saturating_add)
        };
        return if size(imported) > size(known) {
            *imported
        } else {
            *known
        };
    }
    let sum = known
        .iter()
        .fold(0_i64, |sum, change| sum.saturating_add(*change));
    let mut rest = total.saturating_sub(sum).max(0);
    std::array::from_fn(|hour| {
        let more = imported[hour].saturating_sub(known[hour]).clamp(0, rest);
        rest -= more;
        known[hour] + more
    })
}

#[cfg(test)]
mod tests {
    use proptest::{array::uniform24, prelude::*};

    use super::*;

    fn hours(some: &[(usize, i64)]) -> DayHours {
        let mut hours = [0; 24];
        for (hour, change) in some {
            hours[*hour] = *change;
        }
        hours
    }

    #[test]
    fn merged_hours_are_no_more_than_their_day() {
        let (known, imported) = (hours(&[(9, 5)]), hours(&[(9, 7), (10, 4)]));
        assert_eq!(
            merged_hours(&known, &imported, 8, false),
            hours(&[(9, 7), (10, 1)])
        );
        assert_eq!(merged_hours(&known, &imported, 5, false), known);
    }

    #[test]
    fn merged_net_changes_are_those_of_one_side() {
        let (known, imported) = (hours(&[(9, 1)]), hours(&[(9, 1), (10, -1)]));
        assert_eq!(merged_hours(&known, &imported, 0, true), imported);
        assert_eq!(merged_hours(&imported, &known, 0, true), imported);
    }

    proptest! {
        #[test]
        fn merging_hours_again_changes_nothing(
            known in uniform24(0..50_i64),
            imported in uniform24(0..50_i64),
            more in 0..2000_i64,
            is_net_change: bool,
        ) {
            let total = known.iter().sum::<i64>() + more;
            let merged = merged_hours(&known, &imported, total, is_net_change);
            if !is_net_change {
                prop_assert!(merged.iter().sum::<i64>() <= total);
                prop_assert!(merged.iter().zip(&known).all(|(merged, known)| merged >= known));
            }
            prop_assert_eq!(merged_hours(&merged, &imported, total, is_net_change), merged);
        }
    }
}
