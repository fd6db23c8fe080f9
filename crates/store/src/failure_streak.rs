use std::sync::atomic::{AtomicU64, Ordering};

/// Counts consecutive failures, to throttle their log: a full disk fails a thousand times a second, and the log may be
/// on it.
#[derive(Default)]
pub struct FailureStreak(AtomicU64);

impl FailureStreak {
    /// Records a failure. Returns its number in the series if it should be logged: the first, second, fourth, eighth
    /// and so on.
    pub fn record(&self) -> Option<u64> {
        let in_a_row = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        in_a_row.is_power_of_two().then_some(in_a_row)
    }

    /// Ends the series of failures. Returns whether there was one.
    pub fn end(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0 && self.0.swap(0, Ordering::Relaxed) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousand_failures_are_logged_ten_times() {
        let streak = FailureStreak::default();
        let logged: Vec<_> = (0..1000).filter_map(|_| streak.record()).collect();
        assert_eq!(logged, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert!(streak.end() && !streak.end());
        assert_eq!(streak.record(), Some(1));
    }
}
