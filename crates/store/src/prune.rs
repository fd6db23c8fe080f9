use visitor::Day;
use wire::ArticleKey;

/// How many articles are looked at in one step.
pub const PRUNED_AT_ONCE: usize = 500;

/// Which articles go: those that the newsroom has told nothing of (no copy, no starting counts, no alias, not imported).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prune {
    /// Of which fewer than so many reads were counted, and fewer of each option and each network.
    pub fewer_than: u64,
    /// Those that began before that day: up to its tenth event, an article begins with its last one.
    pub before: Day,
    /// Only tells which these are.
    pub dry_run: bool,
}

/// What went, or would go, of one part of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Their keys.
    pub articles: Vec<ArticleKey>,
    /// Where the next part begins; `None`: this was the last one.
    pub next: Option<ArticleKey>,
}
