use serde::{Deserialize, Serialize};

use crate::{ArticleKey, IdempotencyKey, Network, Reaction, Seq, VisitorToken};

/// Maximum number of events per request.
pub const MAX_EVENTS: usize = 50;

/// Maximum length of a request's body, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Body of `POST …/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Batch {
    /// Absent until the reader's first reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<VisitorToken>,
    /// Instead of a visitor, if the browser stores nothing: the reader is identified by address and browser, for a
    /// day. Then reads and shares count once, whatever their keys.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stand_in: bool,
    /// 1 to [`MAX_EVENTS`] events.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 50))]
    pub events: Vec<Event>,
    /// Signals of a page without a reader: `webdriver`, `prerender`, `hidden`. Others are ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<String>,
}

/// An action of a reader. Events are idempotent, and may arrive in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// A read of the article.
    Read {
        /// The article.
        article: ArticleKey,
        /// Deduplication key.
        key: IdempotencyKey,
    },
    /// A choice in the poll, or its withdrawal. Needs a visitor.
    React {
        /// The article.
        article: ArticleKey,
        /// `None` (`null`, which must be present): withdraw the choice.
        #[cfg_attr(feature = "schema", schema(required = true))]
        reaction: Option<Reaction>,
        /// Logical clock: greater for later choices.
        #[cfg_attr(feature = "schema", schema(value_type = u64, maximum = 9007199254740991_u64))]
        seq: Seq,
    },
    /// A click on a button of the share bar.
    Share {
        /// The article.
        article: ArticleKey,
        /// The button's network.
        network: Network,
        /// Deduplication key.
        key: IdempotencyKey,
    },
}

impl Event {
    /// The article of the event.
    pub fn article(&self) -> &ArticleKey {
        match self {
            Self::Read { article, .. }
            | Self::React { article, .. }
            | Self::Share { article, .. } => article,
        }
    }
}
