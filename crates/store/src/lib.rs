//! Where counts live: the verbs of the domain as a trait, and what they take and give. Knows nothing of
//! HTTP, of configuration, of which events should count, or of any engine.

/// Articles that move from one key to another.
mod alias;
/// What is known and said of an article.
mod article;
/// What readers changed.
mod change;
/// Whether everything adds up.
mod check;
/// Why a store cannot be opened, or cannot do what is asked.
mod error;
/// Who is asked about what would be new.
mod gate;
/// Whom a store takes writes from: nobody, while everything moves.
mod hold;
/// What is counted, by name.
mod metric;
/// What travels from one store to another.
mod portion;
/// Articles that only strangers made.
mod prune;
/// Which parts take writes.
mod readiness;
/// The file in which all that is counted travels.
pub mod transfer;
/// How often something has failed in a row.
mod trouble;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use metrics::Storing;
use tokio::sync::mpsc;
use visitor::{Day, Visitor};
use wire::{Article, ArticleKey, Mine, SiteId, Tally, VisitorToken};

pub use self::{
    alias::{Alias, Aliased, MAX_IDS, Move, NotAliased},
    article::{Counted, Edition, InDay, Listed, Named, Publication, Recent, Removal, SEVERAL, opened},
    change::{Change, Changes},
    check::{Check, Finding, Of},
    error::{BackupError, OpenError, Reason, RestoreError, StoreError},
    gate::{Gate, New, Novelty},
    hold::{Closed, Hold},
    metric::Metric,
    portion::{Portion, Skipped, Taken},
    prune::{PRUNED_AT_ONCE, Prune, Pruned},
    readiness::Readiness,
    trouble::Trouble,
};
use crate::transfer::Line;

/// Opens the store at a URL, which says by its scheme what keeps it.
pub type Open = fn(&str) -> Result<Arc<dyn Store>, OpenError>;

/// An article's copy as it may be kept, or a sentence that says why it may not.
pub type Vet = dyn Fn(&Article) -> Result<Article, String>;

/// What was put in the place of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many articles the backup has.
    pub articles: u64,
    /// Articles whose copies had something that Gema does not show or does not keep so: it was removed.
    pub cleaned: Vec<(SiteId, ArticleKey)>,
    /// Articles whose copies may not be kept, and why: they were removed.
    pub skipped: Vec<Skipped>,
    /// Where the replaced database is now, if there was one.
    pub replaced: Option<PathBuf>,
}

/// The file that the URL names, for engines that have one.
pub fn file(url: &str) -> Option<&Path> {
    match url.split_once(':') {
        Some(("sqlite", path)) => Some(Path::new(path)),
        Some((scheme, _)) if is_scheme(scheme) => None,
        _ => Some(Path::new(url)),
    }
}

/// The URL as it may be told: without a password.
pub fn shown(url: &str) -> String {
    let password = || {
        let (scheme, rest) = url.split_once("://")?;
        let (who, rest) = rest.rsplit_once('@')?;
        let user = who.split_once(':').map_or(who, |(user, _)| user);
        let at = if user.is_empty() { "" } else { "@" };
        Some(format!("{scheme}://{user}{at}{rest}"))
    };
    password().unwrap_or_else(|| url.into())
}

/// Whether that is the scheme of a URL, and not the beginning of a plain path, or the letter of a drive.
pub fn is_scheme(text: &str) -> bool {
    !text.contains(['/', '\\', '.']) && text.len() > 1
}

/// The verbs of the domain. Every write may be repeated, and its answer is given when it is durable.
#[async_trait]
pub trait Store: Send + Sync {
    /// Counts of each article, in the order of the question; empty ones of those never heard of.
    async fn tallies(&self, site: &SiteId, articles: &[ArticleKey]) -> Result<Vec<Counted>, StoreError>;

    /// Whether all that was told of these articles is still so. At once: false, where that takes longer.
    fn is_current(&self, site: &SiteId, articles: &[(ArticleKey, Edition)]) -> bool;

    /// Counts what is new among the changes, and answers with one tally an article touched, in the
    /// order of its first change, with the visitor's choice in `mine`. What the gate does not admit is
    /// left out, as if it had not been there.
    async fn apply(&self, changes: Changes) -> Result<Vec<Tally>, StoreError>;

    /// What that visitor has chosen in the article, as of that day; `None`: nothing yet.
    async fn choice(
        &self,
        site: &SiteId,
        day: Day,
        article: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<Mine>, StoreError>;

    /// Takes back whatever the visitor chose in these articles and deletes the rows that said so.
    /// One tally for each article that had such a row.
    async fn forget(
        &self,
        site: &SiteId,
        day: Day,
        visitor: &VisitorToken,
        articles: &[ArticleKey],
    ) -> Result<Vec<Tally>, StoreError>;

    /// The endpoint's copy of the article, if it has one.
    async fn article(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<Article>, StoreError>;

    /// Keeps a copy of the article, or a starting count, or both.
    async fn put_article(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        publication: Publication,
    ) -> Result<Tally, StoreError>;

    /// At most `limit` articles by key, those `after` a key.
    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError>;

    /// What was counted since that day. Takes longer than other questions, about as much as
    /// was counted in that time: to be asked rarely.
    async fn recent(&self, site: &SiteId, since: Day) -> Result<Recent, StoreError>;

    /// Removes the article's copy, or everything. Whether there was such a thing.
    async fn remove_article(&self, site: &SiteId, key: &ArticleKey, removal: Removal) -> Result<bool, StoreError>;

    /// Removes, with all that is known of them, articles that only strangers made, of one part of the list: those `after` a key.
    async fn prune(&self, site: &SiteId, prune: Prune, after: Option<&ArticleKey>) -> Result<Pruned, StoreError>;

    /// Lets the article of the `new` key answer for the `old` one, with all that was counted under either; `dry_run`: only
    /// says what that would do.
    async fn alias(
        &self,
        site: &SiteId,
        day: Day,
        old: &ArticleKey,
        new: &ArticleKey,
        dry_run: bool,
    ) -> Result<Result<Aliased, NotAliased>, StoreError>;

    /// Takes an alias back, if no counts came along with it.
    async fn remove_alias(&self, site: &SiteId, old: &ArticleKey) -> Result<Result<(), NotAliased>, StoreError>;

    /// At most `limit` aliases by key, those `after` a key.
    async fn aliases(&self, site: &SiteId, after: Option<&ArticleKey>, limit: usize) -> Result<Vec<Alias>, StoreError>;

    /// The article that answers for the key, if that has moved.
    async fn moved(&self, site: &SiteId, key: &ArticleKey) -> Result<Option<ArticleKey>, StoreError>;

    /// Begins the site's window of that day if it has not begun: what was seen in windows before the
    /// last one is deleted, and so are the salts that could tell whose it was.
    async fn turn_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError>;

    /// Deletes what was seen on sites that are not among the served ones in windows that ended, and sees to it that
    /// what was deleted, here or by any other verb, is in none of its files any more. To be called every minute.
    async fn tidy(&self, _served: &[SiteId], _today: Day) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether writes are taken. At once: false, where that takes longer to know.
    fn is_open(&self) -> bool {
        true
    }

    /// Whether all that was written until now will move along, should everything move. At once: false, where that takes longer to
    /// know.
    fn moves_along(&self) -> bool {
        true
    }

    /// Looks whether writes are taken: not while everything moves to another store, through whichever endpoint, nor afterwards. If
    /// they are, all that was written until now will move along. To be called every second.
    async fn look(&self) -> Result<(), Closed> {
        Ok(())
    }

    /// From now on nobody's writes are taken, whoever has the store open: until the hold ends, or has not been renewed for some
    /// seconds.
    async fn hold(&self) -> Result<Hold, Closed> {
        Ok(Hold::default())
    }

    /// Lets a hold last. To be called every other second. False: it has ended, and writes may have been taken.
    async fn renew(&self, _hold: &Hold) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Writes are taken again; or never more, since everything is in that store now. False: it had ended before.
    async fn end(&self, _hold: &Hold, _moved: Option<&str>) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Writes are taken again although everything has moved. Whether it had.
    async fn reopen(&self) -> Result<bool, Closed> {
        Ok(false)
    }

    /// Whether a write would be taken now.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Whether events of any of these sites would be taken now, each on its day, and which parts take writes.
    async fn readiness(&self, _sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        self.ready().await.map(|()| Readiness::default())
    }

    /// Writes everything, as of one moment, to a file that only its owner may read, whole or not at all. The salts stay
    /// behind. A file that is there is replaced only if `replace` says so. The number of bytes written.
    async fn backup(&self, file: &Path, replace: bool) -> Result<u64, BackupError>;

    /// Tells all that may leave, of one site or of all, line by line; all of it as of one moment, or each article where it is on
    /// several servers. Others read and write meanwhile. It ends early if nobody listens any more.
    async fn export(&self, site: Option<&SiteId>, day: Day, to: mpsc::Sender<Line>) -> Result<(), StoreError>;

    /// Takes some of an export over. What is known already changes nothing.
    async fn import(&self, portion: Portion) -> Result<Taken, StoreError>;

    /// Looks at everything: whether what is stored is sound, and whether its sums hold. Others read and write meanwhile.
    async fn check(&self) -> Result<Check, StoreError>;

    /// What it tells an operator of its work.
    fn storing(&self) -> Storing {
        Storing::default()
    }

    /// How many writes wait.
    fn queued(&self) -> usize {
        0
    }
}
