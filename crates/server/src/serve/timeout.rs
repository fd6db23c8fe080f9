use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::listener::Stream;

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
        self.enter(Phase::Responding);
    }

    /// The response was computed; its body may not be sent yet.
    pub(super) fn on_response(&self) {
        self.enter(Phase::Idle);
    }

    /// Bytes were received.
    fn on_read(&self) {
        if self.since.load(Ordering::Relaxed) & 3 == Phase::Idle as u64 {
            self.enter(Phase::ReceivingHead);
        }
    }

    fn enter(&self, phase: Phase) {
        let ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX >> 2);
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

/// A stream that reports received bytes.
pub(super) struct TimedStream {
    stream: TokioIo<Stream>,
    timer: Arc<PhaseTimer>,
}

impl TimedStream {
    pub(super) fn new(stream: Stream, timer: Arc<PhaseTimer>) -> Self {
        Self {
            stream: TokioIo::new(stream),
            timer,
        }
    }

    /// The inner stream, without timeouts.
    pub(super) fn into_inner(self) -> Stream {
        self.stream.into_inner()
    }

    fn stream(self: Pin<&mut Self>) -> Pin<&mut TokioIo<Stream>> {
        Pin::new(&mut self.get_mut().stream)
    }
}

impl Read for TimedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        if read.is_ready() {
            this.timer.on_read();
        }
        read
    }
}

impl Write for TimedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(cx, bufs)
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
