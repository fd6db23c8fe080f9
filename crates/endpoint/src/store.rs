//! Where counts live: the verbs of the domain as a trait, and the choice of engine. Knows nothing of
//! HTTP, of configuration, or of which events should count.

/// What is counted, by name.
mod metric;
/// The engine of one machine.
mod sqlite;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use wire::{Article, ArticleKey, EventKey, Imported, Network, Reaction, Seq, SiteId, Tally, VisitorToken};

pub use self::{metric::Metric, sqlite::Sqlite};
use crate::visitor::Day;

/// Opens the store at `sqlite:PATH` or a plain path: the scheme is the choice of engine. It is closed,
/// and all it has taken is on disk, when its last holder lets go.
///
/// # Errors
/// [`OpenError`] says what is in the way.
pub fn open(url: &str) -> Result<Arc<dyn Store>, OpenError> {
    match url.split_once(':') {
        Some(("sqlite", path)) => Ok(Arc::new(Sqlite::open(Path::new(path))?)),
        Some((scheme, _)) if is_scheme(scheme) => Err(OpenError::UnknownScheme(scheme.into())),
        _ => Ok(Arc::new(Sqlite::open(Path::new(url))?)),
    }
}

/// The file that the URL names, for engines that have one.
pub fn file(url: &str) -> Option<&Path> {
    match url.split_once(':') {
        Some(("sqlite", path)) => Some(Path::new(path)),
        Some((scheme, _)) if is_scheme(scheme) => None,
        _ => Some(Path::new(url)),
    }
}

/// And not the beginning of a plain path, or the letter of a drive.
fn is_scheme(text: &str) -> bool {
    !text.contains(['/', '\\', '.']) && text.len() > 1
}

/// Why a store could not be opened, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("it is in use by another gema: stop that one, or name another database")]
    InUse,
    /// A later version has changed its tables.
    #[error("its schema ({found}) is newer than this gema knows ({known}): install the newer gema")]
    Newer {
        /// The version of its schema.
        found: usize,
        /// The last one that is known here.
        known: usize,
    },
    /// It is the database of some other program.
    #[error("it is not a database of gema: name another file")]
    NotOurs,
    /// No engine goes by that name.
    #[error("`{0}:` is no engine: write sqlite:PATH")]
    UnknownScheme(String),
    /// The engine's own reason.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// The system's reason: mostly a directory that is not there, or not ours to write to.
    #[error("its directory must be there, and writable by this user")]
    Io(#[from] std::io::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::NotOurs,
            _ => Self::Sqlite(error),
        }
    }
}

/// What happened on a site, already judged: to be counted together, or not at all.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Where.
    pub site: SiteId,
    /// The day there.
    pub day: Day,
    /// Who reacted; her own choices are part of the answer.
    pub visitor: Option<VisitorToken>,
    /// In the order in which they are applied.
    pub changes: Vec<Change>,
}

/// One event that counts, if it has not been counted before.
#[derive(Clone, Debug)]
pub enum Change {
    /// The article was read.
    Read {
        /// Which one.
        article: ArticleKey,
        /// The same again is the same read.
        once: Once,
    },
    /// The visitor chose, or took her choice back.
    React {
        /// In which article's poll.
        article: ArticleKey,
        /// `None`: no choice any more.
        reaction: Option<Reaction>,
        /// Only a newer one than the stored one changes anything.
        seq: Seq,
    },
    /// A button of the share bar was clicked.
    Share {
        /// Of which article.
        article: ArticleKey,
        /// Which button.
        network: Network,
        /// The same again is the same share.
        once: Once,
    },
}

impl Change {
    /// The article that it is about.
    pub fn article(&self) -> &ArticleKey {
        match self {
            Self::Read { article, .. } | Self::React { article, .. } | Self::Share { article, .. } => article,
        }
    }
}

/// What makes an event of one article and window the same event. It is hashed with a salt that is
/// thrown away; neither form is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Once {
    /// The browser's own key for it.
    Key(EventKey),
    /// Who seems to be there: see [`crate::visitor::stand_in`].
    StandIn(Vec<u8>),
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once(…)")
    }
}

/// An article's counts, and since when its poll has been open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Every metric that was ever counted, also of options that the site has retired.
    pub tally: Tally,
    /// The day of publication, or else of its first event. None: nothing is known of it.
    pub since: Option<Day>,
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

/// How much of an article goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The endpoint's copy; counts and votes stay, so that putting it back finds them.
    Copy,
    /// Everything that is known of it, for ever.
    Everything,
}

/// Why the store did not do what was asked. Nothing of it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// More is waiting than it takes: again in a second.
    #[error("the store has more to do than it can queue")]
    Busy,
    /// It cannot work at the moment; the log says why.
    #[error("the store is unavailable")]
    Unavailable,
}

/// The verbs of the domain. Every write may be repeated, and its answer is given when it is durable.
#[async_trait]
pub trait Store: Send + Sync {
    /// Counts of each article, in the order of the question; empty ones of those never heard of.
    async fn tallies(&self, site: &SiteId, articles: &[ArticleKey]) -> Result<Vec<Counted>, StoreError>;

    /// Counts what is new among the changes, and answers with one tally an article touched, in the
    /// order of its first change, with the visitor's choice in `mine`.
    async fn apply(&self, changes: Changes) -> Result<Vec<Tally>, StoreError>;

    /// Takes back whatever the visitor chose in these articles and deletes the rows that said so.
    /// One tally an article.
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

    /// Removes the article's copy, or everything. Whether there was such a thing.
    async fn remove_article(&self, site: &SiteId, key: &ArticleKey, removal: Removal) -> Result<bool, StoreError>;

    /// Begins the site's window of that day if it has not begun: what was seen in windows before the
    /// last one is deleted, and so are the salts that could tell whose it was.
    async fn turn_window(&self, site: &SiteId, day: Day) -> Result<(), StoreError>;

    /// Whether a write would be taken now.
    async fn ready(&self) -> Result<(), StoreError>;
}
