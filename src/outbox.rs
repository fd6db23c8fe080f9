//! The outbox: a reader's events that the endpoint has not acknowledged yet, and acknowledged ones as long as they
//! affect what the reader may do again. Pure: other modules store and send the entries.

use wire::{ArticleKey, IdempotencyKey, MAX_EVENTS, OwnVote};

mod entry;

pub use entry::{Entry, What};

/// Minimum and maximum delay before a retry, in ms.
const BACKOFF: (u64, u64) = (2_000, 5 * 60_000);

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
        match self.entries.iter_mut().find(|old| old.same_fact(&entry)) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }

    /// Adds an entry that another widget has stored, unless the entry known here is the same or newer.
    pub fn merge(&mut self, entry: Entry) {
        if !self
            .entries
            .iter()
            .any(|known| known.same_fact(&entry) && !entry.is_ahead_of(known))
        {
            self.put(entry);
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

    /// Whether there is an entry about the same fact, for a read or share in its window.
    pub fn has(&self, like: &Entry) -> bool {
        self.entries.iter().any(|entry| entry.same_fact(like))
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
        let pause = BACKOFF.1.min(BACKOFF.0 << self.failures.min(10));
        let pause = pause.max(u64::from(retry_after.unwrap_or(0)) * 1000);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(pause + pause / 2 * u64::from(jitter.min(999)) / 1000);
    }

    /// Records that the endpoint has accepted `sent`. `mine`: the reader's choice for that article, as stored by the
    /// endpoint.
    pub fn acknowledged(&mut self, sent: &Entry, mine: Option<&OwnVote>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.same_fact(sent)) {
            entry.acknowledged(sent, mine);
        }
    }

    /// Records that the endpoint has rejected `sent` permanently. A choice falls back to the previous one; returns
    /// whether it did.
    pub fn refused(&mut self, sent: &Entry) -> bool {
        self.entries
            .iter_mut()
            .find(|entry| entry.same_fact(sent))
            .is_some_and(|entry| entry.refused(sent))
    }

    /// Ends the window of a read or share, so that the entry is dropped and a later page may repeat the event.
    pub fn end(&mut self, sent: &Entry) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.same_fact(sent)) {
            entry.end();
        }
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

#[cfg(test)]
mod tests;
