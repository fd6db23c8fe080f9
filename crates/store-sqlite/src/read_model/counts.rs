use std::fmt::Write;

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
        let mut text = String::from("[");
        for Count {
            metric,
            counted,
            imported,
        } in counts
        {
            let comma = if text.len() > 1 { "," } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(text, "{comma}[{metric},{counted},{imported}]");
        }
        Self((text + "]").into())
    }
}

impl Counts {
    /// The counts, each metric once.
    pub(in super::super) fn iter(&self) -> impl Iterator<Item = Count> {
        let mut numbers = self
            .0
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| !digits.is_empty());
        std::iter::from_fn(move || {
            let metric = numbers.next()?.parse().unwrap_or(MetricId::MAX);
            let mut number = || numbers.next()?.parse().ok();
            Some(Count {
                metric,
                counted: number()?,
                imported: number()?,
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
