//! One fact about a reader and an article, and the text it is kept as between pages.

use wire::{ArticleKey, Event, EventKey, Mine, Network, Reaction, Seq};

use crate::text::{cut, digits, join, number};

/// Something that a reader did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// With which article.
    pub article: ArticleKey,
    /// What.
    pub what: What,
    /// Whether the endpoint has acknowledged it.
    pub sent: bool,
}

/// What she did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Chose an option of the poll, or took her choice back.
    Choice {
        /// `None`: taken back.
        reaction: Option<Reaction>,
        /// When, on her logical clock.
        seq: Seq,
        /// The choice that the endpoint has, and that its tally contains.
        before: Option<Reaction>,
    },
    /// Read the article.
    Read {
        /// Which read this is.
        key: EventKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
    /// Clicked a button of the share bar.
    Share {
        /// Which one.
        network: Network,
        /// Which share this is.
        key: EventKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
}

impl Entry {
    /// Whether both are about the same fact: of these only the later one is kept.
    pub fn same_fact(&self, other: &Self) -> bool {
        let same_kind = match (&self.what, &other.what) {
            (What::Choice { .. }, What::Choice { .. }) | (What::Read { .. }, What::Read { .. }) => true,
            (What::Share { network: a, .. }, What::Share { network: b, .. }) => a == b,
            _ => false,
        };
        same_kind && self.article == other.article
    }

    /// Whether it is further on than `other`, of the same fact: chosen later, or sent already.
    pub(super) fn is_ahead_of(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Choice { seq, .. }, What::Choice { seq: other_seq, .. }) if seq != other_seq => seq > other_seq,
            _ => self.sent && !other.sent,
        }
    }

    /// Whether its window has ended. Choices have none.
    pub fn ended(&self, now: u64) -> bool {
        match self.what {
            What::Choice { .. } => false,
            What::Read { until, .. } | What::Share { until, .. } => until <= now,
        }
    }

    /// What tells the endpoint.
    pub fn event(&self) -> Event {
        let article = self.article.clone();
        match &self.what {
            What::Choice { reaction, seq, .. } => Event::React { article, reaction: reaction.clone(), seq: *seq },
            What::Read { key, .. } => Event::Read { article, key: key.clone() },
            What::Share { network, key, .. } => Event::Share { article, network: network.clone(), key: key.clone() },
        }
    }

    /// See [`super::Outbox::acknowledged`].
    pub(super) fn acknowledged(&mut self, answered: &Self, mine: Option<&Mine>) {
        match (&mut self.what, &answered.what) {
            (What::Choice { reaction, seq, before }, What::Choice { reaction: then, seq: sent_seq, .. }) => {
                let (had, had_seq) = mine.map_or((then.clone(), *sent_seq), |mine| (mine.reaction.clone(), mine.seq));
                if *seq == *sent_seq {
                    // The endpoint may have a later choice of hers than this one: that one stands.
                    (*reaction, *seq, self.sent) = (had.clone(), had_seq.max(*seq), true);
                } else if *seq <= had_seq {
                    // She chose again meanwhile: later than everything that was answered.
                    *seq = Seq::next(0, Some(had_seq));
                }
                *before = had;
            }
            (What::Read { key, .. }, What::Read { key: sent, .. })
            | (What::Share { key, .. }, What::Share { key: sent, .. })
                if key == sent =>
            {
                self.sent = true;
            }
            _ => {}
        }
    }

    /// See [`super::Outbox::refused`]. A read or share stays, as done: it is not made again in its window.
    pub(super) fn refused(&mut self, refused: &Self) {
        match (&mut self.what, &refused.what) {
            (What::Choice { reaction, seq, before }, What::Choice { seq: sent, .. }) if seq == sent => {
                reaction.clone_from(before);
                self.sent = true;
            }
            (What::Choice { .. }, _) => {}
            _ => self.sent = true,
        }
    }

    /// The name it is kept under, within its site.
    pub fn name(&self) -> String {
        let article = self.article.as_str();
        match &self.what {
            What::Choice { .. } => join(&["mine:", article]),
            What::Read { .. } => join(&["read:", article]),
            What::Share { network, .. } => join(&["share:", article, ":", network.as_str()]),
        }
    }

    /// The text it is kept as: a flat JSON object, which the loader script reads too.
    pub fn text(&self) -> String {
        let sent = if self.sent { "true" } else { "false" };
        match &self.what {
            What::Choice { reaction, seq, before } => join(&[
                "{\"reaction\":",
                &quoted(reaction.as_ref()),
                ",\"seq\":",
                &digits(seq.get()),
                ",\"before\":",
                &quoted(before.as_ref()),
                ",\"sent\":",
                sent,
                "}",
            ]),
            What::Read { key, until } | What::Share { key, until, .. } => {
                join(&["{\"key\":\"", key.as_str(), "\",\"until\":", &digits(*until), ",\"sent\":", sent, "}"])
            }
        }
    }

    /// Reads an entry back; `None` for whatever else is kept there, or was damaged.
    pub fn parse(name: &str, text: &str) -> Option<Self> {
        let (kind, rest) = cut(name, b':')?;
        let reaction = |name| match field(text, name)? {
            "null" => Some(None),
            key => Some(Some(Reaction::parse(key).ok()?)),
        };
        let key = || EventKey::parse(field(text, "key")?).ok();
        let until = || number(field(text, "until")?);
        let (article, what) = match kind {
            "mine" => {
                let seq = Seq::parse(number(field(text, "seq")?)?).ok()?;
                (rest, What::Choice { reaction: reaction("reaction")?, seq, before: reaction("before")? })
            }
            "read" => (rest, What::Read { key: key()?, until: until()? }),
            "share" => {
                let at = rest.bytes().rposition(|byte| byte == b':')?;
                let (article, network) = (rest.get(..at)?, rest.get(at + 1..)?);
                (article, What::Share { network: Network::parse(network).ok()?, key: key()?, until: until()? })
            }
            _ => return None,
        };
        Some(Self { article: ArticleKey::parse(article).ok()?, what, sent: field(text, "sent")? == "true" })
    }
}

/// A reaction as JSON.
pub fn quoted(reaction: Option<&Reaction>) -> String {
    reaction.map_or_else(|| "null".to_owned(), |key| join(&["\"", key.as_str(), "\""]))
}

/// A value of a flat JSON object without escapes, its quotes taken off. All that is kept is names,
/// numbers and `true`; a JSON parser would be a tenth of the widget.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let pattern = join(&["\"", name, "\":"]);
    let start = text.as_bytes().windows(pattern.len()).position(|window| window == pattern.as_bytes())? + pattern.len();
    let length = text.as_bytes()[start..].iter().position(|byte| b",}".contains(byte))?;
    let value = text.get(start..start + length)?;
    Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}
