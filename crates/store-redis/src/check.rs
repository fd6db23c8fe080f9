/// Ranges of numbers.
mod ranges;

use std::collections::{BTreeMap, BTreeSet};

use store::{ArticleRef, CheckReport, Metric, StoreError};
use visitor::Day;
use wire::ArticleKey;

use super::{
    Redis,
    article_dump::ArticleDump,
    lists::{ARTICLE_LIST, LIST_PAGE_KEYS},
};

impl Redis {
    /// Checks the sums of every article, on a consistent read of each.
    pub(super) async fn check_all(&self) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::default();
        for site in self.sites().await? {
            let mut sums = DaySums::new();
            let mut after: Option<ArticleKey> = None;
            loop {
                let keys = self
                    .list_page(ARTICLE_LIST, &site, after.as_ref(), LIST_PAGE_KEYS)
                    .await?;
                for key in &keys {
                    let Some(dump) = self.dump(&site, key).await? else {
                        continue;
                    };
                    report.articles += 1;
                    let article = ArticleRef {
                        site: site.clone(),
                        article: key.clone(),
                    };
                    add_days(&mut sums, &dump);
                    for difference in differences(&dump) {
                        report.add(Some(&article), difference);
                    }
                    for alias in dump.record.aliases.keys() {
                        let (to, _) = self.follow(&site, alias).await?;
                        if to != *key {
                            report.add(
                                Some(&article),
                                format!("{alias} should lead to it, but leads to {to}"),
                            );
                        }
                    }
                }
                if keys.len() < LIST_PAGE_KEYS {
                    break;
                }
                after = keys.last().cloned();
            }
            self.check_rollups(&site, &sums, &mut report).await?;
        }
        self.check_accounts(&mut report).await?;
        Ok(report)
    }
}

/// The sum of each metric on each day, of all articles.
pub(super) type DaySums = BTreeMap<(Day, String), i64>;

fn add_days(sums: &mut DaySums, dump: &ArticleDump) {
    let shown = dump.days.iter();
    let shown = shown.filter(|((.., metric), _)| Metric::parse_of_others(metric).is_some());
    for ((day, _, metric), change) in shown {
        let sum = sums.entry((*day, metric.clone())).or_default();
        *sum = sum.saturating_add(*change);
    }
}

/// Describes each sum that does not match.
fn differences(dump: &ArticleDump) -> Vec<String> {
    let mut found = ranges::out_of_range(dump);
    if !found.is_empty() {
        // Sums of such numbers are not defined.
        return found;
    }
    let mut votes = BTreeMap::new();
    let mut days = BTreeMap::new();
    for reaction in dump
        .votes
        .iter()
        .filter_map(|(_, (_, reaction))| reaction.clone())
    {
        *votes.entry(Metric::Reaction(reaction).name()).or_insert(0) += 1;
    }
    for ((_, _, metric), change) in &dump.days {
        *days.entry(metric.clone()).or_insert(0) += change;
    }
    let number = |of: &BTreeMap<String, i64>, metric| of.get(metric).copied().unwrap_or(0);
    let metrics: BTreeSet<_> = dump
        .record
        .counts
        .keys()
        .chain(votes.keys())
        .chain(days.keys())
        .collect();
    for name in metrics {
        let counted = dump
            .record
            .counts
            .get(name)
            .map_or(0, |count| count.counted);
        let votes = number(&votes, name);
        let days = number(&days, name);
        if counted != days {
            found.push(format!(
                "{name}: {counted} counted, but its days add up to {days}"
            ));
        }
        if name.starts_with("reaction:") && counted != votes {
            found.push(format!(
                "{name}: {counted} counted, but there are {votes} votes"
            ));
        }
    }
    found.extend(hours_beyond_days(dump));
    if dump.marks != dump.votes.len() as u64 {
        found.push(format!(
            "{} votes by their number, but there are {}",
            dump.marks,
            dump.votes.len()
        ));
    }
    found
}

/// Describes each day whose hours have more than the day. Reactions, which may be taken back in an unknown hour, are left
/// out.
fn hours_beyond_days(dump: &ArticleDump) -> Vec<String> {
    let counts = dump.hours.iter();
    let counts = counts.filter(|((_, metric), _)| !metric.starts_with("reaction:"));
    let beyond = counts.filter_map(|((day, metric), hours)| {
        let of_day = dump
            .days
            .iter()
            .filter(|((of, _, name), _)| (of, name) == (day, metric));
        let total: i64 = of_day.map(|(_, change)| change).sum();
        let sum = hours
            .iter()
            .fold(0_i64, |sum, change| sum.saturating_add(*change));
        let is_beyond = sum > total || hours.iter().any(|change| *change < 0);
        is_beyond
            .then(|| format!("{metric} on {day}: {total} counted, but its hours add up to {sum}"))
    });
    beyond.collect()
}

#[cfg(test)]
mod tests;
