//! One fact about a reader and an article.

use std::cmp::Ordering;

use wire::{ArticleKey, IdempotencyKey, Network, OwnVote, Reaction, Seq};

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
        key: IdempotencyKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
    /// Clicked a button of the share bar.
    Share {
        /// Which one.
        network: Network,
        /// Which share this is.
        key: IdempotencyKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
}

impl Entry {
    /// Whether both are about the same fact: of these only the later one is kept.
    pub fn same_fact(&self, other: &Self) -> bool {
        let same_kind = match (&self.what, &other.what) {
            (What::Choice { .. }, What::Choice { .. }) | (What::Read { .. }, What::Read { .. }) => {
                true
            }
            (What::Share { network: a, .. }, What::Share { network: b, .. }) => a == b,
            _ => false,
        };
        same_kind && self.article == other.article
    }

    /// Whether it is further on than `other`, of the same fact: chosen later, or sent already. Of two that are different one is
    /// always ahead, so that widgets which tell each other at the same time come to the same, and end.
    pub(super) fn is_ahead_of(&self, other: &Self) -> bool {
        fn name(reaction: &Option<Reaction>) -> &str {
            reaction.as_ref().map_or("", Reaction::as_str)
        }
        let order = match (&self.what, &other.what) {
            (
                What::Choice {
                    reaction,
                    seq,
                    before,
                },
                What::Choice {
                    reaction: r,
                    seq: s,
                    before: b,
                },
            ) => {
                let first = seq.cmp(s).then(self.sent.cmp(&other.sent));
                first
                    .then_with(|| name(reaction).cmp(name(r)))
                    .then_with(|| name(before).cmp(name(b)))
            }
            (What::Read { key, until }, What::Read { key: k, until: u })
            | (
                What::Share { key, until, .. },
                What::Share {
                    key: k, until: u, ..
                },
            ) => self
                .sent
                .cmp(&other.sent)
                .then(until.cmp(u))
                .then_with(|| key.as_str().cmp(k.as_str())),
            _ => Ordering::Equal,
        };
        order.is_gt()
    }

    /// Whether its window has ended. Choices have none.
    pub fn ended(&self, now: u64) -> bool {
        match self.what {
            What::Choice { .. } => false,
            What::Read { until, .. } | What::Share { until, .. } => until <= now,
        }
    }

    /// See [`super::Outbox::acknowledged`].
    pub(super) fn acknowledged(&mut self, answered: &Self, mine: Option<&OwnVote>) {
        match (&mut self.what, &answered.what) {
            (
                What::Choice {
                    reaction,
                    seq,
                    before,
                },
                What::Choice {
                    reaction: then,
                    seq: sent_seq,
                    ..
                },
            ) => {
                let (had, had_seq) = mine.map_or((then.clone(), *sent_seq), |mine| {
                    (mine.reaction.clone(), mine.seq)
                });
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
    pub(super) fn refused(&mut self, refused: &Self) -> bool {
        let (
            What::Choice {
                reaction,
                seq,
                before,
            },
            What::Choice { seq: refused, .. },
        ) = (&mut self.what, &refused.what)
        else {
            self.sent = true;
            return false;
        };
        // A later choice stands, and so does one that the answer to another request has settled.
        let is_undone = seq == refused && !self.sent;
        if is_undone {
            reaction.clone_from(before);
            self.sent = true;
        }
        is_undone
    }

    /// See [`super::Outbox::end`].
    pub(super) fn end(&mut self) {
        if let What::Read { until, .. } | What::Share { until, .. } = &mut self.what {
            *until = 0;
        }
    }
}
