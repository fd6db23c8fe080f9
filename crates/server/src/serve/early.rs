use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::body::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

use super::{
    ConnectionState,
    date::{DateLine, date_line},
    head::PlainGet,
    listener::Stream,
};

/// Responses that are ready when a request is received: hyper neither parses the request nor encodes the response.
pub(crate) trait EarlyResponses: Clone + Send + Sync + Unpin + 'static {
    /// The response to this request; `None`: the routes respond.
    fn early_response(&self, get: &PlainGet<'_>) -> Option<EarlyResponse>;
}

/// A response as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct EarlyResponse {
    /// Status line and headers, without `Date` and the empty line.
    pub(crate) head: Bytes,
    /// The body.
    pub(crate) body: Bytes,
}

/// Bytes to read at once: more than a browser sends before it waits for a response.
const READ_BYTES: usize = 8 * 1024;

/// Number of requests to answer before the connection's task looks at its timeout and at a shutdown again: far fewer than
/// would use up the task's budget, without which it sees neither.
const MAX_ANSWERS_AT_ONCE: usize = 16;

/// A stream that answers what it can by itself, and leaves the rest to hyper.
pub(super) struct EarlyStream<E> {
    stream: TokioIo<Stream>,
    connection: Arc<ConnectionState>,
    early: E,
    /// The response that is not sent completely.
    unsent: Option<Unsent>,
}

/// A response, and how much of it is sent.
struct Unsent {
    response: EarlyResponse,
    date: DateLine,
    sent: usize,
}

impl Unsent {
    fn rest(&self) -> [IoSlice<'_>; 3] {
        let mut sent = self.sent;
        [
            &self.response.head[..],
            &self.date[..],
            &self.response.body[..],
        ]
        .map(|part| {
            let skipped = sent.min(part.len());
            sent -= skipped;
            IoSlice::new(&part[skipped..])
        })
    }

    fn is_sent(&self) -> bool {
        self.sent == self.response.head.len() + self.date.len() + self.response.body.len()
    }
}

impl<E: EarlyResponses> EarlyStream<E> {
    pub(super) fn new(stream: Stream, connection: Arc<ConnectionState>, early: E) -> Self {
        Self {
            stream: TokioIo::new(stream),
            connection,
            early,
            unsent: None,
        }
    }

    /// The inner stream, without timeouts.
    pub(super) fn into_inner(self) -> Stream {
        self.stream.into_inner()
    }

    fn stream(self: Pin<&mut Self>) -> Pin<&mut TokioIo<Stream>> {
        Pin::new(&mut self.get_mut().stream)
    }

    /// Sends what is left of a response.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(unsent) = &mut self.unsent {
            let stream = Pin::new(self.stream.inner_mut());
            let sent = ready!(stream.poll_write_vectored(context, &unsent.rest()))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            unsent.sent += sent;
            if unsent.is_sent() {
                self.unsent = None;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Answers the request in these bytes. False: hyper must.
    fn answer(&mut self, bytes: &[u8]) -> bool {
        let Some(get) = PlainGet::parse(bytes) else {
            return false;
        };
        let Some(response) = self.early.early_response(&get) else {
            return false;
        };
        let now = Instant::now();
        self.connection.timer.on_early_response(now);
        self.unsent = Some(Unsent {
            response,
            date: date_line(now),
            sent: 0,
        });
        true
    }
}

impl<E: EarlyResponses> Read for EarlyStream<E> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.connection.exchange.is_idle() {
            let read = Pin::new(&mut this.stream).poll_read(context, buffer);
            if read.is_ready() {
                this.connection.timer.on_read();
                this.connection.exchange.on_more();
            }
            return read;
        }
        let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
        for _ in 0..MAX_ANSWERS_AT_ONCE {
            ready!(this.poll_send(context))?;
            let length = buffer.remaining().min(READ_BYTES);
            let mut received = ReadBuf::uninit(&mut space[..length]);
            let stream = Pin::new(this.stream.inner_mut());
            ready!(stream.poll_read(context, &mut received))?;
            let bytes = received.filled();
            if this.answer(bytes) {
                continue;
            }
            this.connection.timer.on_read();
            if !bytes.is_empty() {
                this.connection.exchange.on_received(bytes);
            }
            buffer.put_slice(bytes);
            return Poll::Ready(Ok(()));
        }
        ready!(this.poll_send(context))?;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<E: EarlyResponses> Write for EarlyStream<E> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.exchange.on_flush();
        self.stream().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(context, parts)
    }
}
