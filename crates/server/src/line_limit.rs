//! Throttling of log lines that clients can cause: one a minute of each kind.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Minimum interval between lines.
const MIN_LINE_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// Throttles one kind of line, of all sites together.
#[derive(Debug, Default)]
pub struct LineLimit {
    occurrences: Mutex<Occurrences>,
}

#[derive(Debug, Default)]
struct Occurrences {
    logged: Option<Timestamp>,
    since: u64,
}

impl LineLimit {
    /// Counts an occurrence. If a line is due, returns the number of occurrences since the last line, including this
    /// one.
    pub fn due(&self, now: Timestamp) -> Option<u64> {
        let mut occurrences = self
            .occurrences
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        occurrences.since += 1;
        // A clock that was set back also makes a line due.
        if occurrences.logged.is_some_and(|logged| {
            (SignedDuration::ZERO..MIN_LINE_INTERVAL).contains(&now.duration_since(logged))
        }) {
            return None;
        }
        occurrences.logged = Some(now);
        Some(std::mem::take(&mut occurrences.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_has_the_number_of_all() {
        let lines = LineLimit::default();
        let second = |second: i64| Timestamp::from_second(1_000 + second).unwrap();
        assert_eq!(lines.due(second(0)), Some(1), "the first at once");
        assert!((1..60).all(|at| lines.due(second(at)).is_none()));
        assert_eq!(lines.due(second(60)), Some(60));
        assert_eq!(
            (lines.due(second(61)), lines.due(second(-500))),
            (None, Some(2))
        );
    }
}
