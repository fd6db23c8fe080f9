use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use config::{LIMIT_NAMES, LIMITS};
use metrics::{Counters, Label};

/// A limit by its place in the table.
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

/// How often each limit has refused something, and how much of that has been told.
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

    /// What is new since this was last asked, as one line; nothing if that is nothing.
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
