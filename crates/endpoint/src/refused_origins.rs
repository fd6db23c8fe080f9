//! Pages whose origin a site does not list, as the log tells of them: one line a minute, however many ask.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How long the log says nothing after a line.
const REST: SignedDuration = SignedDuration::from_mins(1);

/// What is not told yet, of all sites together.
#[derive(Debug, Default)]
pub struct RefusedOrigins {
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    told: Option<Timestamp>,
    since: u64,
}

impl RefusedOrigins {
    /// Counts one more. If a line is due now: how many there have been since the last one, this one among them.
    pub fn due(&self, now: Timestamp) -> Option<u64> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.since += 1;
        // A clock that was set back ends the rest too.
        if counted.told.is_some_and(|told| (SignedDuration::ZERO..REST).contains(&now.duration_since(told))) {
            return None;
        }
        counted.told = Some(now);
        Some(std::mem::take(&mut counted.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_tells_of_all() {
        let refused = RefusedOrigins::default();
        let second = |second: i64| Timestamp::from_second(1_000 + second).unwrap();
        assert_eq!(refused.due(second(0)), Some(1), "the first at once");
        assert!((1..60).all(|at| refused.due(second(at)).is_none()));
        assert_eq!(refused.due(second(60)), Some(60));
        assert_eq!((refused.due(second(61)), refused.due(second(-500))), (None, Some(2)));
    }
}
