use wire::{Article, ArticleKey, Imported, Tally};

use super::Metric;
use crate::visitor::Day;

/// An article's counts, and since when its poll has been open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Every metric that was ever counted, also of options that the site has retired.
    pub tally: Tally,
    /// The day of publication, or else of its first event. None: nothing is known of it.
    pub since: Option<Day>,
    /// How many readers have chosen without JavaScript, also if they took it back. Of each, the choice is in the tally.
    pub noscript: u64,
    /// Which of all that was ever told of it this is.
    pub edition: Edition,
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

/// What was counted of an article in the last days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Its key.
    pub article: ArticleKey,
    /// As in [`Counted`].
    pub since: Day,
    /// By day and metric, in no order; a day and metric may be there several times. Of reactions the net change.
    pub changes: Vec<(Day, Metric, i64)>,
}

/// How much of an article goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The endpoint's copy; counts and votes stay, so that putting it back finds them.
    Copy,
    /// Everything that is known of it, for ever.
    Everything,
}
