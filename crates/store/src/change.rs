use std::sync::Arc;

use visitor::{Day, Once, Visitor};
use wire::{ArticleKey, Network, Reaction, Seq, SiteId};

use super::Gate;

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
    pub fn bytes(&self) -> usize {
        let texts =
            self.changes.iter().map(|change| change.article().as_str().len() + change.once().map_or(0, Once::size));
        self.changes.len() * size_of::<Change>() + texts.sum::<usize>()
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
