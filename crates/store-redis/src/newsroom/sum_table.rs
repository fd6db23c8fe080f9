use std::collections::BTreeMap;

use store::{
    Metric, PeriodBuilder, PeriodSums, Rollup, add_articles_of_rollup, add_days_of_rollup,
};
use visitor::Day;
use wire::ArticleKey;

use super::super::{key_table::KeyTable, record::Days as ArticleDays};

/// Sums of articles by key.
#[derive(Default)]
pub(super) struct SumTable {
    pub(super) builder: PeriodBuilder,
    pub(super) keys: KeyTable,
}

impl SumTable {
    /// Adds an article's days.
    pub(super) fn add(
        &mut self,
        key: &ArticleKey,
        days: &ArticleDays,
        is_wanted: impl Fn(Day) -> bool,
    ) {
        let mut sums: BTreeMap<(Day, &str), i64> = BTreeMap::new();
        for ((day, _, metric), change) in days.iter().filter(|((day, ..), _)| is_wanted(*day)) {
            let sum = sums.entry((*day, metric)).or_default();
            *sum = sum.saturating_add(*change);
        }
        for ((day, name), sum) in sums {
            let column = Metric::parse(name).and_then(|metric| self.builder.column(&metric));
            if let Some(column) = column.filter(|_| sum != 0) {
                let article = self.keys.number(key.as_str().as_bytes());
                self.builder.add(article, column, sum);
                self.builder.add_day(day, column, sum);
            }
        }
    }

    /// Adds the articles of a roll-up that are in the section, and its days. If those are not known, the sum of the articles
    /// is added to a day.
    pub(super) fn add_rollup(
        &mut self,
        articles: &[u8],
        days: Option<&[u8]>,
        section: Option<&str>,
        on: Day,
    ) -> Option<()> {
        if let Some(days) = days {
            add_days_of_rollup(days, &mut self.builder)?;
        }
        let (keys, on) = (&mut self.keys, days.is_none().then_some(on));
        add_articles_of_rollup(articles, &mut self.builder, on, |key| {
            let is_wanted = section.is_none_or(|section| key.starts_with(section.as_bytes()));
            is_wanted.then(|| keys.number(key))
        })
    }

    pub(super) fn into_rollup(self) -> Rollup {
        let (sums, keys) = self.into_sums(&[]);
        Rollup::of(&sums, &keys.keys().collect::<Vec<_>>())
    }

    /// The sums, with the keys of the articles. `new`: the numbers of those that are new.
    pub(super) fn into_sums(self, new: &[u32]) -> (PeriodSums, KeyTable) {
        let mut is_new = vec![false; self.keys.len()];
        for article in new {
            is_new[*article as usize] = true;
        }
        (self.builder.finish(is_new), self.keys)
    }
}
