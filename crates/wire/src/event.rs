use serde::{Deserialize, Serialize};

use crate::{ArticleKey, EventKey, Network, Reaction, Seq, VisitorToken};

/// The most events that one request may carry.
pub const MAX_EVENTS: usize = 50;

/// The largest body of a request, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The body of `POST …/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Batch {
    /// Absent until the reader first reacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<VisitorToken>,
    /// Instead of a visitor: the browser keeps nothing, and address and browser stand for its reader, for a day. Reads and
    /// shares of a stand-in count once, whatever their keys.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stand_in: bool,
    /// 1 to [`MAX_EVENTS`] of them.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 50))]
    pub events: Vec<Event>,
    /// What the page knows that speaks against a reader: `webdriver`, `prerender`, `hidden`. Others are ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<String>,
}

/// Something that a reader did. Each may arrive twice, in any order, from any address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// She read the article.
    Read {
        /// Which one.
        article: ArticleKey,
        /// The same key again is the same read.
        key: EventKey,
    },
    /// She chose an option, or took her choice back. Needs a visitor.
    React {
        /// Of which article.
        article: ArticleKey,
        /// `None` (`null`, which must be written): no choice any more.
        #[cfg_attr(feature = "schema", schema(required = true))]
        reaction: Option<Reaction>,
        /// Later choices have greater ones.
        #[cfg_attr(feature = "schema", schema(value_type = u64, maximum = 9007199254740991_u64))]
        seq: Seq,
    },
    /// She clicked a button of the share bar.
    Share {
        /// Of which article.
        article: ArticleKey,
        /// Which button.
        network: Network,
        /// The same key again is the same share.
        key: EventKey,
    },
}

impl Event {
    /// The article that it is about.
    pub fn article(&self) -> &ArticleKey {
        match self {
            Self::Read { article, .. } | Self::React { article, .. } | Self::Share { article, .. } => article,
        }
    }
}
