use std::{collections::HashMap, hash::Hash};

use visitor::{Day, HOURS_PER_DAY, Hour};

use super::{START_HOURS, TypicalStart};

/// Hours since day 0.
fn number((day, hour): (Day, Hour)) -> i64 {
    i64::from(day.get()) * i64::from(HOURS_PER_DAY) + i64::from(hour.get())
}

fn hour_of(number: i64) -> (Day, Hour) {
    let hours = i64::from(HOURS_PER_DAY);
    let day = i32::try_from(number.div_euclid(hours)).unwrap_or_default();
    let hour = u8::try_from(number.rem_euclid(hours)).unwrap_or_default();
    (Day::new(day), Hour::new(hour))
}

/// The `count` hours that end with `last`.
pub fn hours_until(last: (Day, Hour), count: u8) -> Vec<(Day, Hour)> {
    let first = number(last) + 1 - i64::from(count);
    (first..=number(last)).map(hour_of).collect()
}

/// The reads of articles in their first hours, from which a [`TypicalStart`] is computed.
#[derive(Debug)]
pub struct StartHours<A>(HashMap<A, (i64, [i64; START_HOURS])>);

impl<A> Default for StartHours<A> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<A: Eq + Hash> StartHours<A> {
    /// Adds the reads of an article in an hour. Of each article, the first hour with reads comes first.
    pub fn add(&mut self, article: A, at: (Day, Hour), reads: i64) {
        let hour = number(at);
        let (first, sums) = self.0.entry(article).or_insert((hour, [0; START_HOURS]));
        let since = usize::try_from(hour - *first).unwrap_or(START_HOURS);
        if let Some(sum) = sums.get_mut(since) {
            *sum = sum.saturating_add(reads);
        }
    }

    /// The median article's reads.
    pub fn typical(self) -> TypicalStart {
        let starts: Vec<_> = self
            .0
            .into_values()
            .map(|(_, reads)| cumulative(reads))
            .collect();
        TypicalStart {
            articles: u32::try_from(starts.len()).unwrap_or(u32::MAX),
            reads: (0..START_HOURS)
                .map(|hour| median(starts.iter().map(|reads| reads[hour]).collect()))
                .collect(),
        }
    }
}

fn cumulative(mut reads: [i64; START_HOURS]) -> [u64; START_HOURS] {
    let mut sum = 0_i64;
    for count in &mut reads {
        sum = sum.saturating_add(*count);
        *count = sum;
    }
    reads.map(|count| count.max(0).unsigned_abs())
}

fn median(mut counts: Vec<u64>) -> u64 {
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_numbered_across_days() {
        for at in [
            (Day::new(0), Hour::new(0)),
            (Day::new(16_756), Hour::new(23)),
        ] {
            assert_eq!(hour_of(number(at)), at);
        }
        let midnight = (Day::new(5), Hour::new(0));
        assert_eq!(
            hours_until(midnight, 2),
            [(Day::new(4), Hour::new(23)), midnight]
        );
    }

    #[test]
    fn typical_start_is_the_median_articles() {
        let mut starts = StartHours::default();
        for (article, hour, reads) in [(1, 9, 2), (1, 10, 3), (2, 22, 4), (3, 0, 9), (3, 5, 1)] {
            starts.add(article, (Day::new(1), Hour::new(hour)), reads);
        }
        let typical = starts.typical();
        assert_eq!(typical.articles, 3);
        assert_eq!(typical.reads[..2], [4, 5]);
    }
}
