use wire::{Article, ArticleKey, Imported, Tally};

use super::Metric;
use crate::visitor::Day;

/// An article's counts, and since when its poll has been open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Every metric that was ever counted, also of options that the site has retired.
    pub tally: Tally,
    /// Since when its poll has been open: its publication, or being put, or the day of its tenth event. None: nobody knows yet.
    pub since: Option<Day>,
    /// How many readers have chosen without JavaScript, also if they took it back. Of each, the choice is in the tally.
    pub noscript: u64,
    /// Which of all that was ever told of it this is.
    pub edition: Edition,
}

/// After so many events, an article has had several readers.
pub(super) const SEVERAL: u64 = 10;

/// Since when an article's poll has been open: the day of publication; or that on which the newsroom put it; or that on which it had had
/// several readers. Until then it is nobody's: the first stranger must not close a poll by a read of a page that is not published yet.
pub(super) fn opened(published: Option<Day>, is_put: bool, created: Day, events: u64) -> Option<Day> {
    published.or_else(|| (is_put || events >= SEVERAL).then_some(created))
}

/// Changes whenever anything changes that is told of an article, and never comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edition {
    /// Of the article's own, given at its creation and never again. 0: there is none.
    pub id: i64,
    /// Of the tally.
    pub rev: i64,
}

/// What a newsroom says about an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The copy to keep, its HTML made safe. None leaves what is there.
    pub article: Option<Article>,
    /// What an earlier counter had, in place of what was said before. None leaves what is there.
    pub imported: Option<Imported>,
}

/// One line of a site's list of articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The headline, if the endpoint has a copy.
    pub title: Option<String>,
    /// The day of publication, if it has one.
    pub published: Option<String>,
    /// Its key and counts.
    pub tally: Tally,
}

/// What was counted in the last days. There may be much of it, so that names are said once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// The articles.
    pub articles: Vec<Named>,
    /// What is counted.
    pub metrics: Vec<Metric>,
    /// In no order; an article, day and metric may be there several times.
    pub changes: Vec<InDay>,
}

/// An article of which something was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its key.
    pub key: ArticleKey,
    /// Since when its poll has been open, as in [`Counted`].
    pub since: Option<Day>,
    /// Whether the newsroom has said something of it: a copy, starting counts (or that there are none), or an alias.
    pub is_known: bool,
}

/// Which articles are wanted. Of others nothing is read or kept: anybody can make as many as they like.
pub type Wanted = dyn Fn(&Named) -> bool + Send + Sync;

/// What was counted of one metric of an article in a day; of reactions the net change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InDay {
    /// Its place in [`Recent::articles`].
    pub article: u32,
    /// Its place in [`Recent::metrics`].
    pub metric: u16,
    /// The day of the site.
    pub day: Day,
    /// How much more.
    pub change: i64,
}

impl Recent {
    /// The place of an article that is not there yet.
    pub(super) fn add(&mut self, article: Named) -> u32 {
        self.articles.push(article);
        // No store has four thousand million articles.
        u32::try_from(self.articles.len() - 1).unwrap_or(u32::MAX)
    }

    /// The place of a metric.
    pub(super) fn metric(&mut self, metric: Metric) -> u16 {
        let place = self.metrics.iter().position(|known| *known == metric).unwrap_or_else(|| {
            self.metrics.push(metric);
            self.metrics.len() - 1
        });
        // Options and networks of all time are a few dozens.
        u16::try_from(place).unwrap_or(u16::MAX)
    }
}

/// How much of an article goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The endpoint's copy; counts and votes stay, so that putting it back finds them.
    Copy,
    /// Everything that is known of it, for ever.
    Everything,
}
