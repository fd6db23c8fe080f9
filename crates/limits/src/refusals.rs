use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use config::{LIMIT_NAMES, LIMITS};
use metrics::{Counters, Label};

/// A limit, as its index in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitId(pub usize);

impl LimitId {
    /// The limit's full name.
    pub fn name(self) -> &'static str {
        LIMIT_NAMES[self.0]
    }
}

impl Label for LimitId {
    const NAME: &'static str = "limit";
    const VALUES: &'static [&'static str] = &LIMIT_NAMES;
    fn index(self) -> usize {
        self.0
    }
}

/// Number of refusals by limit, and how many of them have been logged.
#[derive(Debug)]
pub(super) struct Refusals {
    pub(super) counts: Arc<Counters<LimitId>>,
    logged: [AtomicU64; LIMITS.len()],
}

impl Refusals {
    pub(super) fn new() -> Self {
        let counts = Counters::new(
            "gema_limited",
            "Events and requests that a limit refused, by limit",
        );
        Self {
            counts: Arc::new(counts),
            logged: [const { AtomicU64::new(0) }; LIMITS.len()],
        }
    }

    /// A log line about refusals since the last call; `None` if there were none.
    pub(super) fn drain_refusals(&self) -> Option<String> {
        let mut line = String::new();
        for (limit, logged) in self.logged.iter().enumerate() {
            let count = self.counts.get(LimitId(limit));
            let new = count - logged.swap(count, Relaxed);
            if new > 0 {
                let comma = if line.is_empty() { "" } else { ", " };
                // Writing to a String cannot fail.
                let _ = write!(line, "{comma}{} {new} times", LIMIT_NAMES[limit]);
            }
        }
        (!line.is_empty()).then_some(line)
    }
}
