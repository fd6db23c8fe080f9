use std::sync::Arc;

use metrics::Kind;
use visitor::{Client, Day, DedupKey, Hour, Visitor};
use wire::{ArticleKey, Network, Reaction, Seq, SiteId};

use super::Admission;

/// Validated events of one site and one request. They are applied in one transaction; those that the admission hook rejects are
/// left out.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The site.
    pub site: SiteId,
    /// The current day in the site's time zone.
    pub day: Day,
    /// The current hour of that day.
    pub hour: Hour,
    /// The visitor who sent them; their own choices are part of the answer.
    pub visitor: Option<Visitor>,
    /// Applied in this order.
    pub changes: Vec<Change>,
    /// Admission hook for events that are counted for the first time. `None`: all are admitted.
    pub admission: Option<Arc<dyn Admission>>,
}

impl Changes {
    /// Approximate size in bytes.
    pub fn bytes(&self) -> usize {
        let texts = self.changes.iter().map(|change| {
            change.article().as_str().len() + change.dedup_key().map_or(0, DedupKey::size)
        });
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
        dedup_key: DedupKey,
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
        dedup_key: DedupKey,
    },
}

impl Change {
    /// The article of the event.
    pub fn article(&self) -> &ArticleKey {
        match self {
            Self::Read { article, .. }
            | Self::React { article, .. }
            | Self::Share { article, .. } => article,
        }
    }

    /// Its kind in the metrics.
    pub fn kind(&self, visitor: Option<&Visitor>) -> Kind {
        match (visitor.and_then(Visitor::client), self) {
            (Some(client), _) => client_kind(client),
            (None, Self::Read { .. }) => Kind::Read,
            (None, Self::Share { .. }) => Kind::Share,
            (None, Self::React { .. }) if visitor.is_some_and(Visitor::is_fingerprint) => {
                Kind::Noscript
            }
            (None, Self::React { .. }) => Kind::React,
        }
    }

    fn dedup_key(&self) -> Option<&DedupKey> {
        match self {
            Self::Read { dedup_key, .. } | Self::Share { dedup_key, .. } => Some(dedup_key),
            Self::React { .. } => None,
        }
    }
}

/// The kind of a client's events in the metrics.
pub fn client_kind(client: Client) -> Kind {
    match client {
        Client::Waline => Kind::Waline,
        Client::GoatCounter => Kind::GoatCounter,
        Client::OpenHeart => Kind::OpenHeart,
    }
}
