//! The outbox: a reader's events that the endpoint has not acknowledged yet, and acknowledged ones as long as they
//! affect what the reader may do again. Pure: other modules store and send the entries.

use wire::{ArticleKey, IdempotencyKey, MAX_EVENTS, Network, OwnVote, Reaction, Seq};

/// Minimum and maximum delay before a retry, in ms.
const BACKOFF_MS: (u64, u64) = (2_000, 5 * 60_000);

/// The outbox: entries, and the time of the next attempt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    entries: Vec<Entry>,
    /// Failures since the last success.
    failures: u32,
    /// Time before which nothing is sent, in ms since 1970.
    not_before: u64,
}

impl Outbox {
    /// Adds an entry. It replaces an earlier one about the same fact, so that the last choice wins and a read counts
    /// once.
    pub fn put(&mut self, entry: Entry) {
        match self.like(&entry) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }

    /// Adds a read or share, unless there is one in the current window.
    pub fn put_once(&mut self, entry: Entry) {
        if self.like(&entry).is_none() {
            self.entries.push(entry);
        }
    }

    /// Adds an entry that another widget has stored, unless the entry known here is the same or newer.
    pub fn merge(&mut self, entry: Entry) {
        match self.like(&entry) {
            Some(known) if !entry.is_ahead_of(known) => {}
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// All entries, including those that were sent.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The reader's choice for an article.
    pub fn choice(&self, article: &ArticleKey) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.article == *article && matches!(entry.what, What::Choice { .. }))
    }

    /// Drops reads and shares whose window has ended.
    pub fn expire(&mut self, now: u64) {
        self.entries.retain(|entry| !entry.ended(now));
    }

    /// When to send next; `None` if there is nothing to send.
    pub fn due(&self) -> Option<u64> {
        self.entries
            .iter()
            .any(|entry| !entry.sent)
            .then_some(self.not_before)
    }

    /// Cancels the delay after a failure: the connection is back, or the page is being left.
    pub fn hurry(&mut self) {
        self.not_before = 0;
    }

    /// Whether sending has failed since it last succeeded.
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// The entries to send now: unsent ones, oldest first, up to the maximum of a request.
    pub fn next(&self, now: u64) -> Vec<Entry> {
        match self.due() {
            Some(time) if time <= now => self
                .entries
                .iter()
                .filter(|entry| !entry.sent)
                .take(MAX_EVENTS)
                .cloned()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Records that a request got a response.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.not_before = 0;
    }

    /// Records that a request failed or must be repeated later. `retry_after`: the endpoint's delay in seconds.
    /// `jitter`, 0 to 999, spreads readers over half the delay, so that they do not all return at once to an endpoint
    /// that has just recovered.
    pub fn failed(&mut self, now: u64, retry_after: Option<u32>, jitter: u32) {
        let pause = BACKOFF_MS.1.min(BACKOFF_MS.0 << self.failures.min(10));
        let pause = pause.max(u64::from(retry_after.unwrap_or(0)) * 1000);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(pause + pause / 2 * u64::from(jitter.min(999)) / 1000);
    }

    /// Records that the endpoint has accepted `sent`. `mine`: the reader's choice for that article, as stored by the
    /// endpoint.
    pub fn acknowledged(&mut self, sent: &Entry, mine: Option<&OwnVote>) {
        if let Some(entry) = self.like(sent) {
            entry.acknowledged(sent, mine);
        }
    }

    /// Records that the endpoint has rejected `sent` permanently. A choice falls back to the previous one; returns
    /// whether it did.
    pub fn refused(&mut self, sent: &Entry) -> bool {
        self.like(sent).is_some_and(|entry| entry.refused(sent))
    }

    /// Ends the window of a read or share, so that the entry is dropped and a later page may repeat the event.
    pub fn end(&mut self, sent: &Entry) {
        if let Some(entry) = self.like(sent) {
            entry.end();
        }
    }

    /// The entry about the same fact.
    fn like(&mut self, entry: &Entry) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|old| old.same_fact(entry))
    }
}

/// The entry of a read that is due; there is one per article and window.
pub fn read(article: ArticleKey, key: IdempotencyKey, until: u64) -> Entry {
    Entry {
        article,
        what: What::Read { key, until },
        sent: false,
    }
}

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
    fn is_ahead_of(&self, other: &Self) -> bool {
        self.rank() > other.rank()
    }

    /// The order of entries about the same fact.
    fn rank(&self) -> (u64, bool, u64, &str, &str) {
        fn name(reaction: &Option<Reaction>) -> &str {
            reaction.as_ref().map_or("", Reaction::as_str)
        }
        match &self.what {
            What::Choice {
                reaction,
                seq,
                before,
            } => (seq.get(), self.sent, 0, name(reaction), name(before)),
            What::Read { key, until } | What::Share { key, until, .. } => {
                (0, self.sent, *until, key.as_str(), "")
            }
        }
    }

    /// Whether its window has ended. Choices have no window.
    pub fn ended(&self, now: u64) -> bool {
        match self.what {
            What::Choice { .. } => false,
            What::Read { until, .. } | What::Share { until, .. } => until <= now,
        }
    }

    /// See [`Outbox::acknowledged`].
    fn acknowledged(&mut self, answered: &Self, mine: Option<&OwnVote>) {
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
                let is_settled = self.sent && *seq != *sent_seq;
                if is_settled && *seq > had_seq {
                    // The response to another request has come before this older one.
                    return;
                }
                if *seq == *sent_seq || is_settled {
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

    /// See [`Outbox::refused`]. A read or share counts as sent, so that it is not repeated in its window.
    fn refused(&mut self, refused: &Self) -> bool {
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

    /// See [`Outbox::end`].
    fn end(&mut self) {
        if let What::Read { until, .. } | What::Share { until, .. } = &mut self.what {
            *until = 0;
        }
    }
}

#[cfg(test)]
mod tests;
