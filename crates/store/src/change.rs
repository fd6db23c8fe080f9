use std::sync::Arc;

use visitor::{Day, Once, Visitor};
use wire::{ArticleKey, Network, Reaction, Seq, SiteId};

use super::Gate;

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
    pub fn bytes(&self) -> usize {
        let texts =
            self.changes.iter().map(|change| change.article().as_str().len() + change.once().map_or(0, Once::size));
        self.changes.len() * size_of::<Change>() + texts.sum::<usize>()
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
