use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::timeout;

/// Length up to which the rest of a body is received before the response: what a connection reads at once.
const MAX_REST_BYTES: u64 = 8 * 1024;

/// How long the rest of a body may take.
const REST_TIMEOUT: Duration = Duration::from_secs(1);

/// A request's body that is also known outside of the route: a route may respond before the body has arrived, and the
/// connection can only go on once it has.
#[derive(Clone)]
pub(super) struct SharedBody {
    body: Arc<Mutex<Incoming>>,
    /// Whether the client sends the body only once it is read.
    is_on_demand: bool,
}

impl SharedBody {
    /// The request for the routes, and its body; `None`: it has none.
    pub(super) fn of(request: axum::http::Request<Incoming>) -> (Request, Option<Self>) {
        if request.body().is_end_stream() {
            return (request.map(Body::new), None);
        }
        let (parts, body) = request.into_parts();
        let shared = Self {
            body: Arc::new(Mutex::new(body)),
            is_on_demand: parts.headers.contains_key(header::EXPECT),
        };
        let body = Body::new(shared.clone());
        (Request::from_parts(parts, body), Some(shared))
    }

    /// Receives a short rest of the body, and otherwise lets the response say that the connection ends.
    pub(super) async fn finish(&mut self, response: &mut Response) {
        let whole = timeout(REST_TIMEOUT, self.receive_rest()).await;
        if !whole.unwrap_or(false) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
    }

    /// Whether the rest was received.
    async fn receive_rest(&mut self) -> bool {
        let mut received = 0;
        while !self.is_end_stream() {
            let least = self.size_hint().lower();
            if self.is_on_demand || received + least > MAX_REST_BYTES {
                return false;
            }
            match poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await {
                Some(Ok(frame)) => received += frame.data_ref().map_or(0, |data| data.len() as u64),
                Some(Err(_)) => return false,
                None => return true,
            }
        }
        true
    }

    fn body(&self) -> MutexGuard<'_, Incoming> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for SharedBody {
    type Data = <Incoming as HttpBody>::Data;
    type Error = <Incoming as HttpBody>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut *self.body()).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt, net::TcpStream};

    use crate::serve::tests::{connect, next_body, send};

    const HEAD: &str = "POST /unread HTTP/1.1\r\nHost: a\r\n";

    /// The response that ends a connection.
    async fn last_response(stream: &mut TcpStream) -> String {
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        all
    }

    #[tokio::test]
    async fn a_body_after_its_refusal_leaves_the_connection_open() {
        let (mut stream, _stop) = connect().await;
        for _ in 0..20 {
            send(&mut stream, &format!("{HEAD}Content-Length: 4\r\n\r\n")).await;
            tokio::task::yield_now().await;
            send(&mut stream, "echo").await;
            assert_eq!(next_body(&mut stream).await, "unread");
        }
    }

    #[tokio::test]
    async fn a_refusal_of_a_body_that_is_not_received_ends_it() {
        for (fields, sent) in [
            ("Content-Length: 100000", ""),
            ("Content-Length: 4", ""),
            ("Content-Length: 4", "ech"),
            ("Transfer-Encoding: chunked", "4\r\necho\r\n"),
        ] {
            let (mut stream, _stop) = connect().await;
            send(&mut stream, &format!("{HEAD}{fields}\r\n\r\n{sent}")).await;
            let response = last_response(&mut stream).await;
            assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
            assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
        }
    }

    #[tokio::test]
    async fn a_refusal_asks_no_client_to_send_its_body() {
        let (mut stream, _stop) = connect().await;
        send(
            &mut stream,
            &format!("{HEAD}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n"),
        )
        .await;
        let response = last_response(&mut stream).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
    }
}
