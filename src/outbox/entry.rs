//! One fact about a reader and an article.

use std::cmp::Ordering;

use wire::{ArticleKey, IdempotencyKey, Network, OwnVote, Reaction, Seq};

/// An event of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The article of the event.
    pub article: ArticleKey,
    /// Kind of the event, with its data.
    pub what: What,
    /// Whether the endpoint has acknowledged it.
    pub sent: bool,
}

/// Kind of event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A choice in the poll, or its withdrawal.
    Choice {
        /// `None`: withdrawn.
        reaction: Option<Reaction>,
        /// Logical clock of the choice.
        seq: Seq,
        /// The choice that the endpoint has stored, and that its tally includes.
        before: Option<Reaction>,
    },
    /// A read of the article.
    Read {
        /// The idempotency key.
        key: IdempotencyKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
    /// A click on a button of the share bar.
    Share {
        /// The button's network.
        network: Network,
        /// The idempotency key.
        key: IdempotencyKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
}

impl Entry {
    /// Whether both are about the same fact; of such entries only the latest is kept.
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

    /// Whether it supersedes `other`, an entry about the same fact: a later choice, or one that was sent already. Of
    /// two different entries exactly one supersedes the other, so that widgets which exchange entries concurrently
    /// converge.
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

    /// Whether its window has ended. Choices have no window.
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
                    // The endpoint may have a later choice of this reader: keep that one.
                    (*reaction, *seq, self.sent) = (had.clone(), had_seq.max(*seq), true);
                } else if *seq <= had_seq {
                    // The reader has chosen again meanwhile: make this choice newer than the endpoint's.
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

    /// See [`super::Outbox::refused`]. A read or share counts as sent, so that it is not repeated in its window.
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
        // Keep a later choice, and one that the response to another request has settled.
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
