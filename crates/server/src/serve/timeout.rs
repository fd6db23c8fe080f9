use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// Phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Sending the response, and waiting for the next request. Its timeout is longer than the keep-alive of most
    /// proxies (a minute), so that the proxy is the one to close.
    Idle = 0,
    /// Receiving the head of a request.
    ReceivingHead = 1,
    /// Receiving the body, and computing the response.
    Responding = 2,
}

const PHASE_TIMEOUTS: [Duration; 3] = [
    Duration::from_secs(75),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// Current phase of a connection and when it was entered.
#[derive(Debug)]
pub(super) struct PhaseTimer {
    begun: Instant,
    /// Milliseconds since `begun` when the phase was entered, shifted by two; the phase is in the last two bits.
    since: AtomicU64,
}

impl PhaseTimer {
    /// A new connection is expected to send a request immediately.
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            since: AtomicU64::new(Phase::ReceivingHead as u64),
        }
    }

    /// The head of a request was received.
    pub(super) fn on_request(&self) {
        self.enter(Phase::Responding, Instant::now());
    }

    /// The response was computed; its body may not be sent yet.
    pub(super) fn on_response(&self) {
        self.enter(Phase::Idle, Instant::now());
    }

    /// A request was received and answered at once; the response may not be sent yet.
    pub(super) fn on_early_response(&self, now: Instant) {
        self.enter(Phase::Idle, now);
    }

    /// Bytes were received.
    pub(super) fn on_read(&self) {
        if self.since.load(Ordering::Relaxed) & 3 == Phase::Idle as u64 {
            self.enter(Phase::ReceivingHead, Instant::now());
        }
    }

    fn enter(&self, phase: Phase, now: Instant) {
        let elapsed = now.saturating_duration_since(self.begun);
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX >> 2);
        self.since.store(ms << 2 | phase as u64, Ordering::Relaxed);
    }

    /// The time at which the current phase expires.
    pub(super) fn deadline(&self) -> Instant {
        let since = self.since.load(Ordering::Relaxed);
        let timeout = PHASE_TIMEOUTS
            .get((since & 3) as usize)
            .copied()
            .unwrap_or_default();
        self.begun + Duration::from_millis(since >> 2) + timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_own_timeout_and_bytes_extend_none() {
        let timer = PhaseTimer::new();
        let left = || timer.deadline().duration_since(Instant::now()).as_secs();
        assert_eq!(left(), 10);
        timer.on_request();
        assert_eq!(left(), 60);
        timer.on_response();
        assert_eq!(left(), 75);
        tokio::time::advance(Duration::from_secs(70)).await;
        timer.on_read();
        assert_eq!(left(), 10);
        tokio::time::advance(Duration::from_secs(9)).await;
        timer.on_read();
        assert_eq!(left(), 1);
    }
}
