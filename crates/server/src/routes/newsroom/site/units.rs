use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use newsroom::pages::period::Unit;
use store::{Days, MAX_DAYS_OF_SECTION};
use visitor::Day;

/// The longest periods that are shown by days and by weeks.
const MAX_BY_DAY: i64 = 45;
const MAX_BY_WEEK: i64 = MAX_DAYS_OF_SECTION;

/// The unit in which a period is shown.
pub(super) fn unit_of(days: Days) -> Unit {
    let count = days.count();
    if count <= MAX_BY_DAY {
        Unit::Day
    } else if count <= MAX_BY_WEEK {
        Unit::Week
    } else {
        Unit::Month
    }
}

/// The sum of each day, week or month, also of those without any. Weeks and months at the ends may be incomplete.
pub(super) fn by_unit(reads: &BTreeMap<Day, i64>, days: Days, unit: Unit) -> Vec<(Day, i64)> {
    let mut units: Vec<(Day, i64)> = Vec::new();
    for day in days.iter() {
        let count = reads.get(&day).copied().unwrap_or(0);
        let first = first_of(day, unit).max(days.first);
        match units.last_mut() {
            Some((known, sum)) if *known == first => *sum = sum.saturating_add(count),
            _ => units.push((first, count)),
        }
    }
    units
}

/// The first day of the unit that has this day.
fn first_of(day: Day, unit: Unit) -> Day {
    let Some(date) = day.to_string().parse::<Date>().ok() else {
        return day;
    };
    match unit {
        Unit::Day => day,
        Unit::Week => {
            let since = date.weekday().since(Weekday::Monday);
            Day::new(day.get() - i32::from(since))
        }
        Unit::Month => Day::new(day.get() - i32::from(date.day()) + 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, prelude::*};

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        assert_eq!(first_of(day("2015-11-17"), Unit::Week), day("2015-11-16"));
        assert_eq!(first_of(day("2015-11-16"), Unit::Week), day("2015-11-16"));
        assert_eq!(first_of(day("2015-11-17"), Unit::Month), day("2015-11-01"));
    }

    proptest! {
        #[test]
        fn units_have_every_read_once(
            reads in btree_map(16_700..16_900_i32, 0..1000_i64, 0..80),
            count in 1..300_u16,
        ) {
            let days = Days::until(Day::new(16_899), count);
            let reads: BTreeMap<_, _> = reads.into_iter().map(|(day, reads)| (Day::new(day), reads)).collect();
            let sum: i64 = reads.range(days.first..=days.last).map(|(_, reads)| reads).sum();
            for unit in [Unit::Day, Unit::Week, Unit::Month] {
                let units = by_unit(&reads, days, unit);
                prop_assert_eq!(units.iter().map(|(_, reads)| reads).sum::<i64>(), sum);
                prop_assert!(units.is_sorted_by_key(|(day, _)| *day));
            }
        }
    }
}
