use std::sync::Arc;

use visitor::{Client, Day};
use wire::{Article, ArticleKey, Imported, Tally};

use super::{ArticlePoll, Metric};

/// The stored fields of an article's copy, without its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `wire::Article`")]
pub struct ArticleMetadata {
    pub title: String,
    pub byline: Option<String>,
    pub published: Option<String>,
    pub url: Option<String>,
}

impl From<ArticleMetadata> for Article {
    /// The copy without its body.
    fn from(metadata: ArticleMetadata) -> Self {
        let ArticleMetadata {
            title,
            byline,
            published,
            url,
        } = metadata;
        Self {
            title,
            byline,
            published,
            url,
            html: String::new(),
        }
    }
}

/// An article's counts, and the day on which its poll opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleCounts {
    /// Every metric ever counted, including options that the site has retired.
    pub tally: Tally,
    /// The day on which its poll opened: that of publication, of the newsroom's first update, or of the tenth event.
    /// `None`: not open yet.
    pub poll_opened: Option<Day>,
    /// The newsroom's settings for its poll; `None`: there are none.
    pub poll: Option<Arc<ArticlePoll>>,
    /// Number of readers who ever chose without JavaScript, including those who withdrew. Their choices are in the
    /// tally.
    pub noscript: u64,
    /// The counts that each other counter's client has reported; they are in the tally too.
    pub clients: Vec<ClientCounts>,
    /// Version of these counts.
    pub version: CountsVersion,
}

/// What decides about the poll of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PollRecord {
    /// See [`ArticleCounts::poll_opened`].
    pub opened: Option<Day>,
    /// The newsroom's settings for it; `None`: there are none.
    pub own: Option<Arc<ArticlePoll>>,
}

impl From<ArticleCounts> for PollRecord {
    fn from(counts: ArticleCounts) -> Self {
        Self {
            opened: counts.poll_opened,
            own: counts.poll,
        }
    }
}

/// The counts of an article after changes were applied to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedCounts {
    /// Every metric ever counted, with the visitor's choice.
    pub tally: Tally,
    /// The newsroom's settings for its poll; `None`: there are none.
    pub poll: Option<Arc<ArticlePoll>>,
}

impl ArticleCounts {
    /// Those of an article that does not exist.
    pub fn none(key: ArticleKey) -> Self {
        Self {
            tally: Tally::empty(key),
            poll_opened: None,
            poll: None,
            noscript: 0,
            clients: Vec::new(),
            version: CountsVersion::default(),
        }
    }

    /// Sets the count of a metric about the origin of events (`noscript`, other counters' clients); ignores other metrics.
    pub fn note(&mut self, metric: &Metric, count: u64) {
        match metric {
            Metric::Noscript => self.noscript = count,
            Metric::ClientReads(client) => self.of(*client).reads = count,
            Metric::ClientVoters(client) => self.of(*client).voters = count,
            Metric::Reads | Metric::Reaction(_) | Metric::Share(_) => {}
        }
    }

    fn of(&mut self, client: Client) -> &mut ClientCounts {
        let known = self.clients.iter().position(|of| of.client == client);
        let at = known.unwrap_or_else(|| {
            self.clients.push(ClientCounts {
                client,
                reads: 0,
                voters: 0,
            });
            self.clients.len() - 1
        });
        &mut self.clients[at]
    }
}

/// An article's counts that another counter's client has reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientCounts {
    /// The client.
    pub client: Client,
    /// Reads.
    pub reads: u64,
    /// Readers who ever chose, including those who withdrew.
    pub voters: u64,
}

/// Number of events from which an article counts as read by several readers. Each event is one, however its reader
/// came.
pub const POLL_OPENS_AT_EVENTS: u64 = 10;

/// Largest count: the largest integer that a JavaScript number represents exactly.
pub const MAX_COUNT: u64 = (1 << 53) - 1;

/// The sum of the starting counts of two articles that are merged.
pub fn sum_of_starting_counts(first: i64, second: i64) -> i64 {
    first
        .saturating_add(second)
        .clamp(0, MAX_COUNT.cast_signed())
}

/// The starting count of a metric, at most [`MAX_COUNT`]: other programs may have stored more.
pub fn starting_count(imported: i64) -> u64 {
    imported.unsigned_abs().min(MAX_COUNT)
}

/// The count of a metric: what was counted here, and its starting count; at most [`MAX_COUNT`].
pub fn total_count(counted: i64, imported: i64) -> u64 {
    counted
        .unsigned_abs()
        .saturating_add(starting_count(imported))
        .min(MAX_COUNT)
}

/// The day on which an article's poll opens: the day of publication, else that of the newsroom's first update, else
/// that of the tenth event. Before that it is undetermined: otherwise a stranger could make the poll of an unpublished
/// page expire by reading it once.
pub fn poll_opened_on(
    published: Option<Day>,
    is_put: bool,
    created: Day,
    events: impl FnOnce() -> u64,
) -> Option<Day> {
    published.or_else(|| (is_put || events() >= POLL_OPENS_AT_EVENTS).then_some(created))
}

/// Version of an article's counts: changes with every change, and no value ever recurs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountsVersion {
    /// The article's row id, never reused. 0: the article does not exist.
    pub id: i64,
    /// Revision of the tally.
    pub rev: i64,
}

/// Data that a newsroom submits about an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleUpdate {
    /// The copy to store, with sanitised HTML. `None` keeps the stored one.
    pub article: Option<Article>,
    /// Starting counts from an earlier counter, which replace those submitted before. `None` keeps the stored ones.
    pub imported: Option<Imported>,
    /// The settings for its poll from now on. `None` keeps the stored ones.
    pub poll: Option<ArticlePoll>,
}

/// One entry of a site's list of articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleSummary {
    /// The headline, if there is a copy.
    pub title: Option<String>,
    /// The day of publication, if known.
    pub published: Option<String>,
    /// Its key and counts.
    pub tally: Tally,
}

/// The daily changes of recent days. There may be many, so names are interned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentChanges {
    /// The articles.
    pub articles: Vec<RecentArticle>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// The changes, unordered; an article, day and metric may occur more than once.
    pub changes: Vec<DailyDelta>,
}

/// An article with changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentArticle {
    /// Its key.
    pub key: ArticleKey,
    /// The day on which its poll opened, as in [`ArticleCounts`].
    pub poll_opened: Option<Day>,
    /// The newsroom's settings for its poll; `None`: there are none.
    pub poll: Option<Arc<ArticlePoll>>,
    /// Whether the newsroom has submitted it (with a copy, starting counts or neither), or given it an alias.
    pub is_known: bool,
}

/// The filter of articles. Nothing of other articles is read or kept, because anybody can create any number of them.
pub type ArticleFilter = dyn Fn(&RecentArticle) -> bool + Send + Sync;

/// The change of one metric of an article on one day; for reactions, the net change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyDelta {
    /// Index into [`RecentChanges::articles`].
    pub article: u32,
    /// Index into [`RecentChanges::metrics`].
    pub metric: u16,
    /// The day in the site's time zone.
    pub day: Day,
    /// The difference; may be negative for reactions.
    pub change: i64,
}

/// The change of one metric of a known article on one day, of all its sources together; for reactions, the net change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleDayChange {
    /// The day in the site's time zone.
    pub day: Day,
    /// The metric.
    pub metric: Metric,
    /// The difference, not 0; may be negative for reactions.
    pub change: i64,
}

impl RecentChanges {
    /// Appends an article and returns its index.
    pub fn add(&mut self, article: RecentArticle) -> u32 {
        self.articles.push(article);
        // No store has four billion articles.
        u32::try_from(self.articles.len() - 1).unwrap_or(u32::MAX)
    }

    /// The index of a metric, which is appended if it is new.
    pub fn metric(&mut self, metric: Metric) -> u16 {
        let index = self
            .metrics
            .iter()
            .position(|known| *known == metric)
            .unwrap_or_else(|| {
                self.metrics.push(metric);
                self.metrics.len() - 1
            });
        // There are a few dozen options and networks in all.
        u16::try_from(index).unwrap_or(u16::MAX)
    }
}

/// How much of an article is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The stored copy; counts and votes are kept, in case it is put back.
    Copy,
    /// Everything, permanently.
    Everything,
}
