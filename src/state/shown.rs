//! The displayed state: the endpoint's tally plus the reader's unsent events.

use wire::{Poll, Reaction};

use super::State;
use crate::outbox::What;

impl State {
    /// The option that is pressed.
    pub fn chosen(&self) -> Option<&Reaction> {
        match &self.outbox.choice(&self.article)?.what {
            What::Choice { reaction, .. } => reaction.as_ref(),
            _ => None,
        }
    }

    /// Number of readers who chose the option, including this one.
    pub fn count(&self, option: &Reaction) -> u64 {
        let count = self.tally.reactions.get(option);
        match self.unsent_choice() {
            Some((before, now)) if before != now => {
                let left = u64::from(before == Some(option));
                let joined = u64::from(now == Some(option));
                count.saturating_sub(left) + joined
            }
            _ => count,
        }
    }

    /// Number of reads, including this reader's.
    pub fn reads(&self) -> u64 {
        let own = self.outbox.entries().iter().any(|entry| {
            !entry.sent && entry.article == self.article && matches!(entry.what, What::Read { .. })
        });
        self.tally.reads.saturating_add(u64::from(own))
    }

    /// Whether the choice waits for a connection: sending it has failed.
    pub fn waiting(&self) -> bool {
        self.poll == Poll::Open && self.outbox.is_failing() && self.unsent_choice().is_some()
    }

    /// The choice that the tally includes, and the unsent one; `None` if there is no unsent choice.
    fn unsent_choice(&self) -> Option<(Option<&Reaction>, Option<&Reaction>)> {
        let entry = self
            .outbox
            .choice(&self.article)
            .filter(|entry| !entry.sent)?;
        match &entry.what {
            What::Choice {
                reaction, before, ..
            } => Some((before.as_ref(), reaction.as_ref())),
            _ => None,
        }
    }
}
