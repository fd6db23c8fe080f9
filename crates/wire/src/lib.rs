//! The wire format: every name and shape that widget and endpoint exchange.
//!
//! Text from outside is parsed once, into types that guarantee validity: an [`ArticleKey`] need not be checked again.
//! No I/O, no clock, no randomness, no async code.
//!
//! In reading order:

/// Responses to events.
mod answer;
/// Events.
mod event;
/// Texts in the page's language.
mod labels;
/// Names of sites, articles, reactions and networks.
mod name;
/// Logical clock of a reader's choices.
mod seq;
/// Shortening of long article keys.
mod shortened;
/// Counts of one article.
mod tally;
/// Random tokens made by the browser: of a visitor, and of an event.
mod token;
/// All data for one page.
mod view;

pub use answer::{Answer, EraseVisitor, RejectedEvent};
pub use event::{Batch, Event, MAX_BODY_BYTES, MAX_EVENTS};
pub use labels::{Labels, Plural};
pub use name::{ArticleKey, Invalid, MAX_ARTICLE_KEY_BYTES, Network, Reaction, SiteId};
pub use seq::Seq;
pub use tally::{Counts, Imported, OwnVote, Tallies, Tally, Texts};
pub use token::{IdempotencyKey, VisitorToken};
pub use view::{
    Article, Assets, Button, ButtonKind, Choice, Counting, Dir, Face, Integrity, MAX_QR_BYTES,
    Poll, ReadDedup, ShareStyle, View,
};
