use std::collections::HashMap;

use metrics::{Kind, Reason};
use store::Refused;
use wire::ArticleKey;

use super::add_one;

/// Number of articles of a site and day whose numbers are kept: anybody can make up any number of keys.
const MAX_COUNTED_ARTICLES: usize = 128;

/// Number of articles of a site and day that the store gets without a condition. Then an article must have one in
/// [`MAX_COUNTED_ARTICLES`] of all refused events so far: a robot that walks through an archive does not fill the store.
const MAX_FREE_ARTICLES: usize = 1000;

/// Numbers of refused events of the articles that have the most. An article with more than one in [`MAX_COUNTED_ARTICLES`] of all
/// refused events is always among them ("space saving", Metwally 2005); what was counted of an article before it was
/// pushed out is lost.
#[derive(Default)]
pub(super) struct RefusedByArticle {
    articles: HashMap<ArticleKey, ArticleNumbers>,
    /// How often the store got numbers of an article that was not among these before.
    stored: usize,
}

struct ArticleNumbers {
    /// Its rank among the articles: at least its sum.
    rank: u64,
    refused: Vec<Refused>,
    /// Whether the store has numbers of it.
    is_stored: bool,
    /// Whether the store has these numbers.
    is_written: bool,
}

impl RefusedByArticle {
    pub(super) fn add(&mut self, article: &ArticleKey, kind: Kind, reason: Reason) {
        if !self.articles.contains_key(article) {
            let rank = self.make_room();
            let new = ArticleNumbers {
                rank,
                refused: Vec::new(),
                is_stored: false,
                is_written: false,
            };
            self.articles.insert(article.clone(), new);
        }
        if let Some(numbers) = self.articles.get_mut(article) {
            numbers.rank += 1;
            numbers.is_written = false;
            add_one(&mut numbers.refused, kind, reason);
        }
    }

    /// Makes room for one more article. Returns the rank with which it begins.
    fn make_room(&mut self) -> u64 {
        if self.articles.len() < MAX_COUNTED_ARTICLES {
            return 0;
        }
        let least = self.articles.iter().min_by_key(|(_, numbers)| numbers.rank);
        let Some((article, rank)) = least.map(|(key, numbers)| (key.clone(), numbers.rank)) else {
            return 0;
        };
        self.articles.remove(&article);
        rank
    }

    /// What the store does not have yet and gets. `total`: all refused events of the site and day.
    pub(super) fn unwritten(&self, total: u64) -> Vec<(ArticleKey, Vec<Refused>)> {
        let mut free = MAX_FREE_ARTICLES.saturating_sub(self.stored);
        let mut gets = |numbers: &ArticleNumbers| {
            let has_many = numbers.sum() * MAX_COUNTED_ARTICLES as u64 >= total;
            if numbers.is_stored || has_many {
                return true;
            }
            let is_free = free > 0;
            free = free.saturating_sub(1);
            is_free
        };
        let articles = self.articles.iter();
        articles
            .filter(|(_, numbers)| !numbers.is_written && gets(numbers))
            .map(|(article, numbers)| (article.clone(), numbers.refused.clone()))
            .collect()
    }

    /// Notes that the store has these numbers, as far as they have not changed since.
    pub(super) fn written(&mut self, articles: &[(ArticleKey, Vec<Refused>)]) {
        for (article, refused) in articles {
            if let Some(numbers) = self.articles.get_mut(article) {
                numbers.is_written = numbers.refused == *refused;
                self.stored += usize::from(!numbers.is_stored);
                numbers.is_stored = true;
            }
        }
    }
}

impl ArticleNumbers {
    fn sum(&self) -> u64 {
        self.refused.iter().map(|one| one.count).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn article(number: usize) -> ArticleKey {
        ArticleKey::parse(&format!("/{number}")).unwrap()
    }

    #[test]
    fn refused_by_article_is_bounded_and_keeps_the_most() {
        let mut all = RefusedByArticle::default();
        // Every twentieth event is about one article; the others about made-up ones.
        for event in 0..20 * MAX_COUNTED_ARTICLES {
            let about = if event % 20 == 0 { 0 } else { event };
            all.add(&article(about), Kind::Read, Reason::Bot);
        }
        let kept = all.unwritten(0);
        assert_eq!(kept.len(), MAX_COUNTED_ARTICLES);
        let (_, refused) = kept.iter().find(|(key, _)| *key == article(0)).unwrap();
        let count = refused[0].count;
        assert!(count > MAX_COUNTED_ARTICLES as u64 / 2, "{count}");
        all.written(&kept);
        assert!(all.unwritten(0).is_empty());
        all.add(&article(0), Kind::React, Reason::Closed);
        assert_eq!(all.unwritten(0)[0].1.len(), 2);
        all.written(&kept);
        assert_eq!(all.unwritten(0).len(), 1, "it has changed meanwhile");
    }

    #[test]
    fn a_walk_through_an_archive_does_not_fill_the_store() {
        let mut all = RefusedByArticle::default();
        let mut stored = HashSet::new();
        let mut total = 0;
        let mut write = |all: &mut RefusedByArticle, total| {
            let new = all.unwritten(total);
            all.written(&new);
            stored.extend(new.into_iter().map(|(key, _)| key));
            stored.len()
        };
        for minute in 0..100 {
            for number in 0..MAX_COUNTED_ARTICLES {
                let about = article(1 + minute * MAX_COUNTED_ARTICLES + number);
                all.add(&about, Kind::Read, Reason::Bot);
                total += 1;
            }
            write(&mut all, total);
        }
        assert_eq!(write(&mut all, total), MAX_FREE_ARTICLES);
        // A flood of one article is still told.
        for _ in 0..total / 64 {
            all.add(&article(0), Kind::React, Reason::Limit);
            total += 1;
        }
        assert_eq!(write(&mut all, total), MAX_FREE_ARTICLES + 1);
    }
}
