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

/// Timeout of a head after a shutdown starts: otherwise a part of one would delay the shutdown until its limit.
const HEAD_TIMEOUT_AT_SHUTDOWN: Duration = Duration::from_secs(1);

/// Current phase of a connection and when it was entered.
#[derive(Debug)]
pub(super) struct PhaseTimer {
    begun: Instant,
    /// Milliseconds since `begun` when the phase was entered, shifted by two; the phase is in the last two bits.
    since: AtomicU64,
    /// Milliseconds since `begun` when a shutdown started, which is once at most; the largest number: not yet.
    shutdown: AtomicU64,
}

impl PhaseTimer {
    /// A new connection is expected to send a request immediately.
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            since: AtomicU64::new(Phase::ReceivingHead as u64),
            shutdown: AtomicU64::new(u64::MAX),
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

    /// A shutdown starts.
    pub(super) fn on_shutdown(&self) {
        let ms = self.milliseconds(Instant::now());
        self.shutdown.store(ms, Ordering::Relaxed);
    }

    fn enter(&self, phase: Phase, now: Instant) {
        let ms = self.milliseconds(now);
        self.since.store(ms << 2 | phase as u64, Ordering::Relaxed);
    }

    /// Milliseconds since `begun`.
    fn milliseconds(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.begun);
        u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX >> 2)
    }

    /// The time at which the current phase expires.
    pub(super) fn deadline(&self) -> Instant {
        let since = self.since.load(Ordering::Relaxed);
        let timeout = PHASE_TIMEOUTS
            .get((since & 3) as usize)
            .copied()
            .unwrap_or_default();
        let deadline = self.begun + Duration::from_millis(since >> 2) + timeout;
        match self.shutdown.load(Ordering::Relaxed) {
            ms if ms != u64::MAX && since & 3 == Phase::ReceivingHead as u64 => {
                deadline.min(self.begun + Duration::from_millis(ms) + HEAD_TIMEOUT_AT_SHUTDOWN)
            }
            _ => deadline,
        }
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

    #[tokio::test(start_paused = true)]
    async fn shutdown_shortens_the_timeout_of_a_head_only() {
        let timer = PhaseTimer::new();
        let left = || timer.deadline().duration_since(Instant::now()).as_secs();
        timer.on_shutdown();
        assert_eq!(left(), 1);
        timer.on_request();
        assert_eq!(left(), 60);
        timer.on_response();
        assert_eq!(left(), 75);
    }
}
