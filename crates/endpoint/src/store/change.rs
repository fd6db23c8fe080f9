use std::sync::Arc;

use wire::{ArticleKey, EventKey, Network, Reaction, Seq, SiteId, VisitorToken};

use super::Gate;
use crate::visitor::Day;

/// Validated events of one site and one request. They are applied in one transaction; those that the gate rejects are
/// left out.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The site.
    pub site: SiteId,
    /// The current day in the site's time zone.
    pub day: Day,
    /// The visitor who sent them; their own choices are part of the answer.
    pub visitor: Option<Visitor>,
    /// Applied in this order.
    pub changes: Vec<Change>,
    /// Admission hook for events that are counted for the first time. `None`: all are admitted.
    pub gate: Option<Arc<dyn Gate>>,
}

impl Changes {
    /// Approximate size in bytes.
    pub(super) fn bytes(&self) -> usize {
        let texts =
            self.changes.iter().map(|change| change.article().as_str().len() + change.once().map_or(0, Once::len));
        self.changes.len() * size_of::<Change>() + texts.sum::<usize>()
    }
}

/// Identity of a voter. Only a keyed hash of it is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Visitor {
    /// The token that the browser stores.
    Token(VisitorToken),
    /// A fingerprint of address and browser, for browsers that store nothing: see [`crate::visitor::stand_in`]. It
    /// changes every day.
    StandIn(Vec<u8>),
}

impl Visitor {
    /// The bytes that identify the visitor.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Token(token) => token.as_str().as_bytes(),
            Self::StandIn(bytes) => bytes,
        }
    }
}

impl From<VisitorToken> for Visitor {
    fn from(token: VisitorToken) -> Self {
        Self::Token(token)
    }
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visitor(…)")
    }
}

/// One event. It counts once.
#[derive(Clone, Debug)]
pub enum Change {
    /// The article was read.
    Read {
        /// The article.
        article: ArticleKey,
        /// Deduplication key.
        once: Once,
    },
    /// The visitor chose a reaction, or withdrew their choice.
    React {
        /// The article of the poll.
        article: ArticleKey,
        /// `None`: the choice is withdrawn.
        reaction: Option<Reaction>,
        /// Logical clock: ignored unless it is newer than the stored one.
        seq: Seq,
    },
    /// A button of the share bar was clicked.
    Share {
        /// The article.
        article: ArticleKey,
        /// The button's network.
        network: Network,
        /// Deduplication key.
        once: Once,
    },
}

impl Change {
    /// The article of the event.
    pub fn article(&self) -> &ArticleKey {
        match self {
            Self::Read { article, .. } | Self::React { article, .. } | Self::Share { article, .. } => article,
        }
    }

    fn once(&self) -> Option<&Once> {
        match self {
            Self::Read { once, .. } | Self::Share { once, .. } => Some(once),
            Self::React { .. } => None,
        }
    }
}

/// Deduplication key of a read or share within one article and window. It is hashed with a salt that is later deleted;
/// neither the key nor the salt is kept in the database.
#[derive(Clone, PartialEq, Eq)]
pub enum Once {
    /// A random key made by the browser.
    Key(EventKey),
    /// A fingerprint: see [`crate::visitor::stand_in`].
    StandIn(Vec<u8>),
}

impl Once {
    fn len(&self) -> usize {
        match self {
            Self::Key(key) => key.as_str().len(),
            Self::StandIn(bytes) => bytes.len(),
        }
    }
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once(…)")
    }
}
