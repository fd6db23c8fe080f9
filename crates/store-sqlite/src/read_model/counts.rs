use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

use super::{Count, MetricId};

/// The counts of one article, as the stored text `[[metric,counted,imported],…]`. There is one for every article and
/// few are read, so parsing is deferred: a third of the memory, and no work at startup.
/// Parsing accepts any text; `gema check` detects corrupt ones.
#[derive(Clone, Debug)]
pub(in super::super) struct Counts(Box<str>);

impl Default for Counts {
    fn default() -> Self {
        Self("[]".into())
    }
}

impl FromIterator<Count> for Counts {
    fn from_iter<T: IntoIterator<Item = Count>>(counts: T) -> Self {
        let mut text = String::with_capacity(64);
        text.push('[');
        for Count {
            metric,
            counted,
            imported,
        } in counts
        {
            text.push_str(if text.len() > 1 { ",[" } else { "[" });
            push_number(&mut text, metric.into());
            text.push(',');
            push_number(&mut text, counted);
            text.push(',');
            push_number(&mut text, imported);
            text.push(']');
        }
        text.push(']');
        Self(text.into())
    }
}

/// Appends the number in decimal digits. Every event does this some times, and `write!` takes several times as long.
fn push_number(text: &mut String, number: i64) {
    if number < 0 {
        text.push('-');
    }
    let mut rest = number.unsigned_abs();
    let mut power = 10_u64.pow(rest.checked_ilog10().unwrap_or(0));
    while power > 0 {
        // One digit.
        text.push(char::from(b'0' + (rest / power) as u8));
        rest %= power;
        power /= 10;
    }
}

/// Takes the next digits, with everything before them. `None`: there are none; `Some(None)`: the number is too large.
fn next_number(text: &mut &[u8]) -> Option<Option<i64>> {
    let start = text.iter().position(u8::is_ascii_digit)?;
    let digits = &text[start..];
    let length = digits.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = digits.split_at(length.unwrap_or(digits.len()));
    *text = rest;
    Some(digits.iter().try_fold(0_i64, |number, digit| {
        number.checked_mul(10)?.checked_add((digit - b'0').into())
    }))
}

impl Counts {
    /// The counts, each metric once.
    pub(in super::super) fn iter(&self) -> impl Iterator<Item = Count> {
        let mut text = self.0.as_bytes();
        std::iter::from_fn(move || {
            let metric = next_number(&mut text)?.and_then(|number| number.try_into().ok());
            Some(Count {
                metric: metric.unwrap_or(MetricId::MAX),
                counted: next_number(&mut text)??,
                imported: next_number(&mut text)??,
            })
        })
    }

    /// Whether the stored text is one that this type writes; otherwise its counts are those that could be parsed.
    pub(in super::super) fn is_well_formed(&self) -> bool {
        self.iter().collect::<Self>().0 == self.0
    }

    /// Sum of all counted numbers.
    pub(in super::super) fn total(&self) -> u64 {
        let counted = self.iter().map(|count| count.counted.unsigned_abs());
        counted.fold(0, u64::saturating_add)
    }

    /// Number of counted events. `is_of_events`: see [`Metric::is_of_events`](store::Metric::is_of_events).
    pub(in super::super) fn events(&self, is_of_events: impl Fn(MetricId) -> bool) -> u64 {
        let events = self.iter().filter(|count| is_of_events(count.metric));
        events
            .map(|count| count.counted.unsigned_abs())
            .fold(0, u64::saturating_add)
    }

    /// Updates the count of a metric, which is added with zeros if it is missing.
    pub(in super::super) fn change<T>(
        &mut self,
        metric: MetricId,
        change: impl FnOnce(&mut Count) -> T,
    ) -> T {
        let mut counts: Vec<Count> = self.iter().collect();
        let at = counts
            .iter()
            .position(|count| count.metric == metric)
            .unwrap_or_else(|| {
                counts.push(Count {
                    metric,
                    counted: 0,
                    imported: 0,
                });
                counts.len() - 1
            });
        let result = change(&mut counts[at]);
        *self = counts.into_iter().collect();
        result
    }
}

impl FromSql for Counts {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_str()?.into()))
    }
}

impl ToSql for Counts {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(&*self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn other_text_is_not_well_formed() {
        for text in ["[]", "[[1,5,841]]", "[[1,5,841],[2,2,0]]"] {
            assert!(Counts(text.into()).is_well_formed(), "{text}");
        }
        for text in [
            "",
            "{}",
            "null",
            "\"a\"",
            "[[1,5]]",
            "[[1,-5,0]]",
            "[[1,5,841]",
            "[[1,05,0]]",
        ] {
            assert!(!Counts(text.into()).is_well_formed(), "{text}");
        }
    }

    fn numbers(counts: &Counts) -> Vec<(MetricId, i64, i64)> {
        counts
            .iter()
            .map(|count| (count.metric, count.counted, count.imported))
            .collect()
    }

    proptest! {
        #[test]
        fn counts_survive_encoding_and_are_json(all in vec((any::<MetricId>(), 0..=i64::MAX, 0..=i64::MAX), 0..9)) {
            let counts: Counts =
                all.iter().map(|&(metric, counted, imported)| Count { metric, counted, imported }).collect();
            prop_assert_eq!(numbers(&counts), all.clone());
            prop_assert_eq!(serde_json::from_str::<Vec<(MetricId, i64, i64)>>(&counts.0).unwrap(), all);
        }

        #[test]
        fn counts_parse_any_text(text in ".*") {
            Counts(text.into()).iter().for_each(drop);
        }
    }

    #[test]
    fn numbers_have_the_digits_that_rust_prints() {
        for number in [0, 1, 9, 10, 99, 100, 1000, -7, i64::MAX, i64::MIN] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(text, number.to_string());
        }
    }

    #[test]
    fn a_number_that_is_too_large_ends_the_counts() {
        let counts = |text: &str| numbers(&Counts(text.into()));
        assert_eq!(counts("[[1,2,3],[4,9223372036854775808,0]]"), [(1, 2, 3)]);
        assert_eq!(counts("[[65536,2,3]]"), [(MetricId::MAX, 2, 3)]);
        assert_eq!(counts("é1é2-3ü"), [(1, 2, 3)]);
    }

    #[test]
    fn change_updates_one_count_and_adds_missing_ones() {
        let mut counts = Counts::default();
        counts.change(7, |count| count.counted += 1);
        counts.change(300, |count| count.imported = 841);
        assert_eq!(
            counts.change(7, |count| std::mem::replace(&mut count.counted, 5)),
            1
        );
        assert_eq!(numbers(&counts), [(7, 5, 0), (300, 0, 841)]);
    }
}
