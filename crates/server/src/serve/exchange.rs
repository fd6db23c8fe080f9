use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::{Body, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::{ConnectionState, head::body_bytes};

/// Who takes the next bytes of a connection, and answers them. hyper parses and answers requests, except those that
/// are answered as soon as they are received; that is safe only while hyper holds no part of a request and no part of
/// a response. Whatever is out of the ordinary leaves the connection to hyper for good.
#[derive(Debug, Default)]
pub(super) struct Exchange(AtomicU64);

/// hyper waits for a request.
const IDLE: u64 = 0;
/// hyper has the whole response in its buffer.
const ANSWERED: u64 = 1;
/// hyper answers all further requests.
const FOR_GOOD: u64 = 2;
/// hyper has received a whole request; above it, the length of the request's body.
const RECEIVED: u64 = 3;

impl Exchange {
    /// Whether hyper waits for a request.
    pub(super) fn is_idle(&self) -> bool {
        self.get() == IDLE
    }

    /// hyper, which waits for a request, receives these bytes.
    pub(super) fn on_received(&self, bytes: &[u8]) {
        self.set(body_bytes(bytes).map_or(FOR_GOOD, |length| RECEIVED + length as u64));
    }

    /// hyper receives more bytes.
    pub(super) fn on_more(&self) {
        self.set(FOR_GOOD);
    }

    /// hyper has parsed a request whose body has this length; `None`: the length is not known.
    pub(super) fn on_request(&self, body_bytes: Option<u64>) {
        if body_bytes.is_none_or(|bytes| self.get() != RECEIVED + bytes) {
            self.set(FOR_GOOD);
        }
    }

    /// hyper has taken the last of the response's body.
    fn on_body_end(&self) {
        if self.get() >= RECEIVED {
            self.set(ANSWERED);
        }
    }

    /// hyper has written all of its buffer.
    pub(super) fn on_flush(&self) {
        if self.get() == ANSWERED {
            self.set(IDLE);
        }
    }

    // A connection has one task, so no order is needed between threads.
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, state: u64) {
        self.0.store(state, Ordering::Relaxed);
    }
}

/// The body of a response; tells the exchange when hyper drops it.
pub(super) struct TrackedBody {
    body: Body,
    connection: Arc<ConnectionState>,
}

impl TrackedBody {
    pub(super) fn new(body: Body, connection: Arc<ConnectionState>) -> Self {
        Self { body, connection }
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.connection.exchange.on_body_end();
    }
}

impl HttpBody for TrackedBody {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
    const POST: &[u8] = b"POST / HTTP/1.1\r\n\r\n12345";

    #[test]
    fn an_exchange_is_idle_once_the_response_is_flushed() {
        let exchange = Exchange::default();
        for (bytes, length) in [(GET, 0), (POST, 5)] {
            exchange.on_received(bytes);
            exchange.on_request(Some(length));
            exchange.on_flush();
            assert!(!exchange.is_idle(), "the body is not taken yet");
            exchange.on_body_end();
            assert!(!exchange.is_idle(), "the response is not flushed yet");
            exchange.on_flush();
            assert!(exchange.is_idle());
        }
    }

    /// Whether the exchange is idle after these steps, and a response that ends and is flushed.
    fn ends_idle(steps: impl Fn(&Exchange)) -> bool {
        let exchange = Exchange::default();
        steps(&exchange);
        exchange.on_body_end();
        exchange.on_flush();
        exchange.is_idle()
    }

    #[test]
    fn an_exchange_out_of_the_ordinary_is_never_idle_again() {
        assert!(!ends_idle(|exchange| exchange.on_received(&GET[1..5])));
        let request_of_length = |length| {
            move |exchange: &Exchange| {
                exchange.on_received(POST);
                exchange.on_request(length);
            }
        };
        assert!(ends_idle(request_of_length(Some(5))));
        assert!(!ends_idle(request_of_length(Some(4))));
        assert!(!ends_idle(request_of_length(None)));
        assert!(!ends_idle(|exchange| {
            exchange.on_received(GET);
            exchange.on_request(Some(0));
            // More bytes before the response.
            exchange.on_more();
        }));
        // A request that was in hyper's buffer.
        assert!(!ends_idle(|exchange| exchange.on_request(Some(0))));
    }
}
