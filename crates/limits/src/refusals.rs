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
pub struct Limited(pub usize);

impl Limited {
    /// The limit's full name.
    pub fn name(self) -> &'static str {
        LIMIT_NAMES[self.0]
    }
}

impl Label for Limited {
    const NAME: &'static str = "limit";
    const VALUES: &'static [&'static str] = &LIMIT_NAMES;
    fn index(self) -> usize {
        self.0
    }
}

/// Number of refusals by limit, and how many of them have been logged.
#[derive(Debug)]
pub(super) struct Refusals {
    pub(super) counts: Arc<Counters<Limited>>,
    told: [AtomicU64; LIMITS.len()],
}

impl Refusals {
    pub(super) fn new() -> Self {
        let counts = Counters::new("gema_limited", "Events and requests that a limit refused, by limit");
        Self { counts: Arc::new(counts), told: [const { AtomicU64::new(0) }; LIMITS.len()] }
    }

    /// A log line about refusals since the last call; `None` if there were none.
    pub(super) fn news(&self) -> Option<String> {
        let mut line = String::new();
        for (limit, told) in self.told.iter().enumerate() {
            let count = self.counts.get(Limited(limit));
            let news = count - told.swap(count, Relaxed);
            if news > 0 {
                let comma = if line.is_empty() { "" } else { ", " };
                // Writing to a String cannot fail.
                let _ = write!(line, "{comma}{} {news} times", LIMIT_NAMES[limit]);
            }
        }
        (!line.is_empty()).then_some(line)
    }
}
