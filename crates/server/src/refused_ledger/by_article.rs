use std::collections::HashMap;

use metrics::{Kind, Reason};
use store::Refused;
use wire::ArticleKey;

use super::add_one;

/// Number of articles of a site and day whose numbers are kept: anybody can make up any number of keys.
const MAX_COUNTED_ARTICLES: usize = 128;

/// Numbers of refused events of the articles that have the most. An article with more than one in [`MAX_COUNTED_ARTICLES`] of all
/// refused events is always among them ("space saving", Metwally 2005); what was counted of an article before it was
/// pushed out is lost.
#[derive(Default)]
pub(super) struct RefusedByArticle {
    articles: HashMap<ArticleKey, ArticleNumbers>,
}

struct ArticleNumbers {
    /// Its rank among the articles: at least its sum.
    rank: u64,
    refused: Vec<Refused>,
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

    /// What the store does not have yet.
    pub(super) fn unwritten(&self) -> Vec<(ArticleKey, Vec<Refused>)> {
        let articles = self.articles.iter();
        articles
            .filter(|(_, numbers)| !numbers.is_written)
            .map(|(article, numbers)| (article.clone(), numbers.refused.clone()))
            .collect()
    }

    /// Notes that the store has these numbers, as far as they have not changed since.
    pub(super) fn written(&mut self, articles: &[(ArticleKey, Vec<Refused>)]) {
        for (article, refused) in articles {
            if let Some(numbers) = self.articles.get_mut(article) {
                numbers.is_written = numbers.refused == *refused;
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
        let kept = all.unwritten();
        assert_eq!(kept.len(), MAX_COUNTED_ARTICLES);
        let (_, refused) = kept.iter().find(|(key, _)| *key == article(0)).unwrap();
        let count = refused[0].count;
        assert!(count > MAX_COUNTED_ARTICLES as u64 / 2, "{count}");
        all.written(&kept);
        assert!(all.unwritten().is_empty());
        all.add(&article(0), Kind::React, Reason::Closed);
        assert_eq!(all.unwritten()[0].1.len(), 2);
        all.written(&kept);
        assert_eq!(all.unwritten().len(), 1, "it has changed meanwhile");
    }
}
