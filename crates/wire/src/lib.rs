//! The language that the widget and the endpoint speak: every name and shape that crosses the wire.
//!
//! Text from outside is parsed here, once, into types that cannot be wrong; whoever holds an
//! [`ArticleKey`] need not check it again. No I/O, no clock, no randomness, nothing async.
//!
//! In reading order:

/// What the endpoint answers to events.
mod answer;
/// What a reader sends.
mod event;
/// Texts in the page's language.
mod labels;
/// Names: site, article, reaction, network.
mod name;
/// The logical clock of a reader's choices.
mod seq;
/// Keys of articles that are longer than a key may be.
mod shortened;
/// Counts of one article.
mod tally;
/// Random tokens that a browser makes: who reacts, and which read or share this is.
mod token;
/// Everything that one page needs, in one response.
mod view;

pub use answer::{Answer, Forget, Refusal};
pub use event::{Batch, Event, MAX_BODY_BYTES, MAX_EVENTS};
pub use labels::{Labels, Plural};
pub use name::{ArticleKey, Invalid, MAX_ARTICLE_KEY_BYTES, Network, Reaction, SiteId};
pub use seq::Seq;
pub use tally::{Counts, Imported, Mine, Tallies, Tally, Texts};
pub use token::{EventKey, VisitorToken};
pub use view::{
    Article, Assets, Button, ButtonKind, Choice, Counting, Dir, Identity, Integrity, MAX_QR_BYTES, Poll, View,
};
