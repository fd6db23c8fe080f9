use std::collections::{BTreeMap, BTreeSet};

use store::{Check, Metric, Of, StoreError};
use wire::ArticleKey;

use super::{Redis, lists::ARTICLES, sheet::Sheet};

/// Keys read per page of a list.
const PAGE: usize = 500;

impl Redis {
    /// Checks the sums of every article, on a consistent read of each.
    pub(super) async fn look_at_everything(&self) -> Result<Check, StoreError> {
        let mut check = Check::default();
        for site in self.sites().await? {
            let mut after: Option<ArticleKey> = None;
            loop {
                let keys = self.listed(ARTICLES, &site, after.as_ref(), PAGE).await?;
                for key in &keys {
                    let Some(sheet) = self.sheet(&site, key).await? else { continue };
                    check.articles += 1;
                    let of = Of { site: site.clone(), article: key.clone() };
                    for says in differences(&sheet) {
                        check.find(Some(&of), says);
                    }
                    for alias in sheet.record.aliases.keys() {
                        let (to, _) = self.follow(&site, alias).await?;
                        if to != *key {
                            check.find(Some(&of), format!("{alias} should lead to it, but leads to {to}"));
                        }
                    }
                }
                if keys.len() < PAGE {
                    break;
                }
                after = keys.last().cloned();
            }
        }
        Ok(check)
    }
}

/// Describes each sum that does not match.
fn differences(sheet: &Sheet) -> Vec<String> {
    let mut found = Vec::new();
    let (mut votes, mut days) = (BTreeMap::new(), BTreeMap::new());
    for reaction in sheet.votes.iter().filter_map(|(_, (_, reaction))| reaction.clone()) {
        *votes.entry(Metric::Reaction(reaction).name()).or_insert(0) += 1;
    }
    for ((_, _, metric), change) in &sheet.days {
        *days.entry(metric.clone()).or_insert(0) += change;
    }
    let number = |of: &BTreeMap<String, i64>, metric| of.get(metric).copied().unwrap_or(0);
    let metrics: BTreeSet<_> = sheet.record.counts.keys().chain(votes.keys()).chain(days.keys()).collect();
    for name in metrics {
        let counted = sheet.record.counts.get(name).map_or(0, |count| count.counted);
        let (votes, days) = (number(&votes, name), number(&days, name));
        if counted != days {
            found.push(format!("{name}: {counted} counted, but its days add up to {days}"));
        }
        if name.starts_with("reaction:") && counted != votes {
            found.push(format!("{name}: {counted} counted, but there are {votes} votes"));
        }
    }
    if sheet.marks != sheet.votes.len() as u64 {
        found.push(format!("{} votes by their number, but there are {}", sheet.marks, sheet.votes.len()));
    }
    found
}

#[cfg(test)]
mod tests {
    use visitor::Day;
    use wire::Reaction;

    use super::*;
    use crate::record::{Count, OWN_DAYS, Record};

    #[test]
    fn each_difference_is_told_with_both_numbers() {
        let counts = [
            ("reads".into(), Count { counted: 5, imported: 841 }),
            ("reaction:happy".into(), Count { counted: 1, imported: 0 }),
        ];
        let record = Record { counts: counts.into(), ..Record::new(1, Day::new(1)) };
        let day = |metric: &str, change| ((Day::new(1), OWN_DAYS.to_owned(), metric.to_owned()), change);
        let happy = ([0; 16], (1, Some(Reaction::parse("happy").unwrap())));
        let days = [day("reads", 5), day("reaction:happy", 1)].into();
        let mut sheet = Sheet { record, days, copy: None, votes: vec![happy], marks: 1 };
        assert!(differences(&sheet).is_empty());
        sheet.days.extend([day("reads", 4)]);
        sheet.votes.clear();
        assert_eq!(
            differences(&sheet),
            [
                "reaction:happy: 1 counted, but there are 0 votes",
                "reads: 5 counted, but its days add up to 4",
                "1 votes by their number, but there are 0",
            ]
        );
    }
}
