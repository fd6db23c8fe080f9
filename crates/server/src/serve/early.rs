use std::{
    io::{self, IoSlice},
    mem::{MaybeUninit, take},
    net::SocketAddr,
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
    head::{HEADER_SPACE, PlainGet, PlainPost},
    listener::Stream,
};

/// Responses without hyper, which neither parses these requests nor encodes their responses.
pub(crate) trait EarlyResponses: Clone + Send + Sync + Unpin + 'static {
    /// The response to this request, which is ready; `None`: the routes respond.
    fn early_response(&self, get: &PlainGet<'_>) -> Option<EarlyResponse>;

    /// The response to this request from that peer (`None`: a unix socket); `None`: the routes respond.
    fn later_response(
        &self,
        post: &PlainPost<'_>,
        peer: Option<SocketAddr>,
    ) -> Option<LaterResponse>;
}

/// A response that may not be ready.
pub(crate) type LaterResponse = Pin<Box<dyn Future<Output = EarlyResponse> + Send>>;

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
    peer: Option<SocketAddr>,
    connection: Arc<ConnectionState>,
    early: E,
    /// The response that is not ready.
    awaited: Option<LaterResponse>,
    /// What was received while a response was awaited.
    ahead: Vec<u8>,
    /// The response that is not sent completely.
    unsent: Option<Unsent>,
    /// Whether the response under way is the last one.
    is_closing: bool,
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
    pub(super) fn new(
        (stream, peer): (Stream, Option<SocketAddr>),
        connection: Arc<ConnectionState>,
        early: E,
    ) -> Self {
        Self {
            stream: TokioIo::new(stream),
            peer,
            connection,
            early,
            awaited: None,
            ahead: Vec::new(),
            unsent: None,
            is_closing: false,
        }
    }

    /// The inner stream, without timeouts.
    pub(super) fn into_inner(self) -> Stream {
        self.stream.into_inner()
    }

    fn stream(self: Pin<&mut Self>) -> Pin<&mut TokioIo<Stream>> {
        Pin::new(&mut self.get_mut().stream)
    }

    /// Completes the response under way, if there is one. False: the client has left before it was ready.
    fn poll_respond(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if let Some(awaited) = &mut self.awaited {
            if let Poll::Ready(response) = awaited.as_mut().poll(context) {
                self.awaited = None;
                self.begin_response(response);
            } else if ready!(self.poll_has_left(context)?) {
                self.awaited = None;
                return Poll::Ready(Ok(false));
            } else {
                return Poll::Pending;
            }
        }
        self.poll_send(context).map_ok(|()| true)
    }

    /// Reads ahead once while a response is awaited, to notice that the client leaves, which ends the wait.
    fn poll_has_left(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if !self.ahead.is_empty() {
            return Poll::Pending;
        }
        let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut received = ReadBuf::uninit(&mut space);
        let stream = Pin::new(self.stream.inner_mut());
        ready!(stream.poll_read(context, &mut received))?;
        self.ahead.extend_from_slice(received.filled());
        Poll::Ready(Ok(self.ahead.is_empty()))
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
        if let Some(get) = PlainGet::parse(bytes) {
            let response = self.early.early_response(&get);
            return response
                .map(|response| self.begin_response(response))
                .is_some();
        }
        let mut space = HEADER_SPACE;
        self.awaited = PlainPost::parse(bytes, &mut space)
            .and_then(|post| self.early.later_response(&post, self.peer));
        if self.awaited.is_some() {
            self.connection.timer.on_request();
        }
        self.awaited.is_some()
    }

    /// Begins to send a response.
    fn begin_response(&mut self, mut response: EarlyResponse) {
        let now = Instant::now();
        self.connection.timer.on_early_response(now);
        if self.is_closing {
            response.head = [&response.head[..], b"connection: close\r\n"]
                .concat()
                .into();
        }
        self.unsent = Some(Unsent {
            response,
            date: date_line(now),
            sent: 0,
        });
    }

    /// Gives hyper what was read ahead.
    fn give_ahead(&mut self, mut buffer: ReadBufCursor<'_>) {
        let length = buffer.remaining().min(self.ahead.len());
        buffer.put_slice(&self.ahead[..length]);
        // Not drained: that would keep its memory.
        self.ahead = self.ahead.split_off(length);
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
            if !this.ahead.is_empty() {
                this.connection.exchange.on_more();
                this.give_ahead(buffer);
                return Poll::Ready(Ok(()));
            }
            let read = Pin::new(&mut this.stream).poll_read(context, buffer);
            if read.is_ready() {
                this.connection.timer.on_read();
                this.connection.exchange.on_more();
            }
            return read;
        }
        let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
        for _ in 0..MAX_ANSWERS_AT_ONCE {
            if !ready!(this.poll_respond(context))? {
                return Poll::Ready(Ok(()));
            }
            if !this.ahead.is_empty() {
                let ahead = take(&mut this.ahead);
                if this.answer(&ahead) {
                    continue;
                }
                this.connection.timer.on_read();
                this.connection.exchange.on_received(&ahead);
                this.ahead = ahead;
                this.give_ahead(buffer);
                return Poll::Ready(Ok(()));
            }
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
        if ready!(this.poll_respond(context))? {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
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
        this.is_closing = true;
        ready!(this.poll_respond(context))?;
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
