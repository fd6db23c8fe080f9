use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use config::Site;
use store::{DailyDelta, Metric, RecentArticle, RecentChanges};
use visitor::Day;
use wire::{ArticleKey, Poll};

use super::{MAX_ENTRIES, RankBy, first};

/// Daily changes of a site.
pub(super) struct DailyChanges {
    /// The site's configuration when the changes were read.
    pub(super) site: Arc<Site>,
    /// The last of the days.
    pub(super) day: Day,
    articles: Vec<RecentArticle>,
    changes: Vec<DailyChange>,
}

/// The change of one article on one day. `article`: index into `articles`.
struct DailyChange {
    article: u32,
    day: Day,
    by: RankBy,
    change: i64,
}

impl DailyChanges {
    /// `recent`: only articles that the lists may contain. Leaves out options that the site has retired.
    pub(super) fn of(recent: RecentChanges, site: Arc<Site>, day: Day) -> Self {
        let by = |metric: &Metric| match metric {
            Metric::Reads => Some(RankBy::Reads),
            Metric::Reaction(reaction) if site.has_reaction(reaction) => Some(RankBy::Reactions),
            _ => None,
        };
        let by: Vec<_> = recent.metrics.iter().map(by).collect();
        let changes = recent.changes.iter().filter_map(
            |&DailyDelta {
                 article,
                 metric,
                 day,
                 change,
             }| {
                Some(DailyChange {
                    article,
                    day,
                    by: (*by.get(usize::from(metric))?)?,
                    change,
                })
            },
        );
        let changes = changes.collect();
        Self {
            site,
            day,
            articles: recent.articles,
            changes,
        }
    }

    /// At most [`MAX_ENTRIES`] articles whose keys begin with `section`; ties are ordered by key. For reactions, articles
    /// with a closed poll are left out.
    pub(super) fn ranked(&self, by: RankBy, days: u16, section: &str) -> Vec<(ArticleKey, u64)> {
        let days = first(self.day, days)..=self.day;
        let mut sums = vec![0_i64; self.articles.len()];
        for change in self
            .changes
            .iter()
            .filter(|change| change.by == by && days.contains(&change.day))
        {
            if let Some(sum) = sums.get_mut(change.article as usize) {
                *sum = sum.saturating_add(change.change);
            }
        }
        // A min-heap of the best articles.
        let mut best = BinaryHeap::with_capacity(MAX_ENTRIES + 1);
        for (article, sum) in self.articles.iter().zip(sums).filter(|(_, sum)| *sum > 0) {
            let rank = Reverse((sum.unsigned_abs(), Reverse(article.key.as_str())));
            let is_full = best.len() >= MAX_ENTRIES;
            // Check the rank first, because it is cheap and excludes most articles.
            if is_full && best.peek().is_some_and(|least| rank >= *least)
                || !article.key.as_str().starts_with(section)
                || !self.is_open(article, by)
            {
                continue;
            }
            if !is_full {
                best.push(rank);
            } else if let Some(mut least) = best.peek_mut() {
                *least = rank;
            }
        }
        let best = best
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse((count, Reverse(key)))| (key, count));
        best.filter_map(|(key, count)| Some((ArticleKey::parse(key).ok()?, count)))
            .collect()
    }

    /// Whether readers can still add to the counts of this list.
    fn is_open(&self, article: &RecentArticle, by: RankBy) -> bool {
        let poll = rules::PollFacts {
            opened: article.poll_opened,
            own: article.poll.as_deref(),
        };
        by == RankBy::Reads || rules::poll_state(&self.site, self.day, poll) == Poll::Open
    }
}

#[cfg(test)]
mod tests;
