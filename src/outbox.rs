//! What a reader has done and the endpoint has not acknowledged yet; and what it has, as long as
//! that decides what she may do again. Pure: keeping the entries and sending them is done elsewhere.

use wire::{ArticleKey, IdempotencyKey, MAX_EVENTS, OwnVote};

mod entry;

pub use entry::{Entry, What};

/// The shortest and the longest pause after a failure, in ms.
const BACKOFF: (u64, u64) = (2_000, 5 * 60_000);

/// The entries, and when they may be sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    entries: Vec<Entry>,
    /// Failures since the last success.
    failures: u32,
    /// Nothing is sent before that time, in ms since 1970.
    not_before: u64,
}

impl Outbox {
    /// Takes an entry; it stands in for an earlier one of the same name, so that the last choice
    /// wins and a read is one read.
    pub fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|old| old.same_fact(&entry)) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }

    /// Takes an entry that another widget has kept, if it is further on than what is known here.
    pub fn merge(&mut self, entry: Entry) {
        if !self
            .entries
            .iter()
            .any(|known| known.same_fact(&entry) && !entry.is_ahead_of(known))
        {
            self.put(entry);
        }
    }

    /// All entries, sent ones too.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The reader's choice for an article.
    pub fn choice(&self, article: &ArticleKey) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.article == *article && matches!(entry.what, What::Choice { .. }))
    }

    /// Whether an entry like this one is still in its window.
    pub fn has(&self, like: &Entry) -> bool {
        self.entries.iter().any(|entry| entry.same_fact(like))
    }

    /// Drops reads and shares whose window has ended.
    pub fn expire(&mut self, now: u64) {
        self.entries.retain(|entry| !entry.ended(now));
    }

    /// When to send next, if there is anything to send.
    pub fn due(&self) -> Option<u64> {
        self.entries
            .iter()
            .any(|entry| !entry.sent)
            .then_some(self.not_before)
    }

    /// Forgets the pause after a failure: the connection is back, or the page is going.
    pub fn hurry(&mut self) {
        self.not_before = 0;
    }

    /// Whether sending has failed since it last succeeded.
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// What to send now: the unsent entries, oldest first, as many as one request may carry.
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

    /// The request was answered.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.not_before = 0;
    }

    /// The request failed or must wait. `retry_after` is the endpoint's own word, in seconds;
    /// `jitter` from 0 to 999 spreads readers over half the pause, so that they do not all return
    /// to an endpoint that has just recovered.
    pub fn failed(&mut self, now: u64, retry_after: Option<u32>, jitter: u32) {
        let pause = BACKOFF.1.min(BACKOFF.0 << self.failures.min(10));
        let pause = pause.max(u64::from(retry_after.unwrap_or(0)) * 1000);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(pause + pause / 2 * u64::from(jitter.min(999)) / 1000);
    }

    /// The endpoint has taken `sent`, and has `mine` as the reader's choice for that article.
    pub fn acknowledged(&mut self, sent: &Entry, mine: Option<&OwnVote>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.same_fact(sent)) {
            entry.acknowledged(sent, mine);
        }
    }

    /// The endpoint has refused `sent` for good. A choice falls back to the one before it: `true` if it did.
    pub fn refused(&mut self, sent: &Entry) -> bool {
        self.entries
            .iter_mut()
            .find(|entry| entry.same_fact(sent))
            .is_some_and(|entry| entry.refused(sent))
    }

    /// Ends the window of a read or share, so that it is dropped and a later page may make it again.
    pub fn end(&mut self, sent: &Entry) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.same_fact(sent)) {
            entry.end();
        }
    }
}

/// A read that is due, or was: one an article and window.
pub fn read(article: ArticleKey, key: IdempotencyKey, until: u64) -> Entry {
    Entry {
        article,
        what: What::Read { key, until },
        sent: false,
    }
}

#[cfg(test)]
mod tests;
