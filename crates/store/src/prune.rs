use visitor::Day;
use wire::ArticleKey;

/// Number of articles examined per call.
pub const PRUNE_PAGE_ARTICLES: usize = 500;

/// Selects articles to delete, among those for which the newsroom has submitted nothing: no copy, no starting counts,
/// no alias, no import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PruneFilter {
    /// Each of the article's counts (reads, each option, each network) is below this number.
    pub fewer_than: u64,
    /// The article was created before this day. Until its tenth event, its creation day is that of the latest event.
    pub before: Day,
    /// Only reports which articles would be deleted.
    pub dry_run: bool,
}

/// Result for one page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrunePage {
    /// Keys of the articles that were deleted, or would be.
    pub articles: Vec<ArticleKey>,
    /// The key after which the next page starts; `None`: this was the last page.
    pub next: Option<ArticleKey>,
}
