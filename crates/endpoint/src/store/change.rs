use std::sync::Arc;

use wire::{ArticleKey, EventKey, Network, Reaction, Seq, SiteId, VisitorToken};

use super::Gate;
use crate::visitor::Day;

/// What happened on a site, already judged: to be counted together, or not at all. What its gate does
/// not admit is left out.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Where.
    pub site: SiteId,
    /// The day there.
    pub day: Day,
    /// Who reacted; her own choices are part of the answer.
    pub visitor: Option<Visitor>,
    /// In the order in which they are applied.
    pub changes: Vec<Change>,
    /// Who is asked about what would be new. `None`: nobody.
    pub gate: Option<Arc<dyn Gate>>,
}

impl Changes {
    /// About how many bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        let texts =
            self.changes.iter().map(|change| change.article().as_str().len() + change.once().map_or(0, Once::len));
        self.changes.len() * size_of::<Change>() + texts.sum::<usize>()
    }
}

/// Who chooses. Only a mark of her is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Visitor {
    /// By the token that her browser keeps.
    Token(VisitorToken),
    /// By who seems to be there, where a browser keeps none: see [`crate::visitor::stand_in`]. Another one every day.
    StandIn(Vec<u8>),
}

impl Visitor {
    /// What tells her from others.
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

    fn once(&self) -> Option<&Once> {
        match self {
            Self::Read { once, .. } | Self::Share { once, .. } => Some(once),
            Self::React { .. } => None,
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
