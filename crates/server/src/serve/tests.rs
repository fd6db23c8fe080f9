use std::{
    mem::MaybeUninit,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
};

use axum::{Router, body::Bytes, routing::post};
use config::ConnectionLimits;
use hyper::rt::{Read, ReadBuf};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot},
};

use super::*;

/// Answers `GET /v1/early` and `GET /v1/long` early, and `POST /v1/later` with the request's body.
#[derive(Clone, Default)]
struct Early {
    /// Number of later responses that may be ready; without a bound, if there is none.
    ready: Option<Arc<Semaphore>>,
    /// Number of later responses under way.
    awaited: Arc<AtomicUsize>,
}

/// Counts a later response until it is dropped.
struct Awaited(Arc<AtomicUsize>);

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// More than the kernel buffers of one connection.
const LONG_BYTES: usize = 8 << 20;

impl EarlyResponses for Early {
    fn early_response(&self, get: &PlainGet<'_>) -> Option<EarlyResponse> {
        let body = match get.target {
            "/v1/early" => Bytes::from_static(b"early"),
            "/v1/long" => vec![b'l'; LONG_BYTES].into(),
            _ => return None,
        };
        Some(early_response(body))
    }

    fn later_response(
        &self,
        post: &PlainPost<'_>,
        peer: Option<SocketAddr>,
    ) -> Option<LaterResponse> {
        assert!(peer.is_some_and(|peer| peer.ip().is_loopback()));
        let ready = self.ready.clone();
        let awaited = Arc::clone(&self.awaited);
        let body = Bytes::copy_from_slice(post.body);
        (post.target == "/v1/later").then(|| -> LaterResponse {
            awaited.fetch_add(1, Ordering::Relaxed);
            let awaited = Awaited(awaited);
            Box::pin(async move {
                let _awaited = awaited;
                match &ready {
                    Some(ready) => ready.acquire().await.unwrap().forget(),
                    None => tokio::task::yield_now().await,
                }
                early_response(body)
            })
        })
    }
}

fn early_response(body: Bytes) -> EarlyResponse {
    let head = with_length(b"HTTP/1.1 200 OK\r\n", body.len());
    EarlyResponse { head, body }
}

/// A client of a server whose routes answer with the request's body, or with "routes"; and what stops the server.
pub(super) async fn connect() -> (TcpStream, oneshot::Sender<()>) {
    connect_to(Early::default()).await
}

async fn connect_to(early: Early) -> (TcpStream, oneshot::Sender<()>) {
    let echo = |body: Bytes| async move {
        match body.is_empty() {
            true => Bytes::from_static(b"routes"),
            false => body,
        }
    };
    let routes = Router::new()
        .route("/unread", post(|| async { "unread" }))
        .fallback(echo);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limiter = ConnectionLimiter::new(ConnectionLimits::DEFAULT_TOTAL, Default::default());
    let (stop, stopped) = oneshot::channel();
    let stopped = async move { drop(stopped.await) };
    let serving = connections(
        listener.into(),
        (routes, early),
        limiter,
        |_| false,
        stopped,
    );
    tokio::spawn(serving);
    (TcpStream::connect(address).await.unwrap(), stop)
}

const EARLY: &str = "GET /v1/early HTTP/1.1\r\nHost: a\r\n\r\n";
const ROUTED: &str = "GET /v1/early HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"a\"\r\n\r\n";
const POST: &str = "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\necho";
const LATER: &str = "POST /v1/later HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nlater";
const UNREAD: &str = "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\necho";

/// The body of the next response.
pub(super) async fn next_body(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(head.matches("date: ").count(), 1, "{head}");
    let (_, length) = head.split_once("content-length: ").unwrap();
    let length = length.lines().next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    String::from_utf8(body).unwrap()
}

pub(super) async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn early_responses_and_routes_take_turns() {
    let (mut stream, _stop) = connect().await;
    for _ in 0..3 {
        for (request, body) in [
            (EARLY, "early"),
            (POST, "echo"),
            (LATER, "later"),
            (EARLY, "early"),
            (ROUTED, "routes"),
            (LATER, "later"),
            (EARLY, "early"),
            (UNREAD, "unread"),
        ] {
            send(&mut stream, request).await;
            assert_eq!(next_body(&mut stream).await, body, "{request}");
        }
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    for requests in [
        [POST, EARLY],
        [EARLY, POST],
        [ROUTED, EARLY],
        [UNREAD, EARLY],
        [LATER, EARLY],
        [LATER, LATER],
        [EARLY, LATER],
    ] {
        let (mut stream, _stop) = connect().await;
        send(&mut stream, EARLY).await;
        assert_eq!(next_body(&mut stream).await, "early");
        send(&mut stream, &requests.concat()).await;
        for request in requests {
            let body = match request {
                POST => "echo",
                LATER => "later",
                UNREAD => "unread",
                _ => "routes",
            };
            assert_eq!(next_body(&mut stream).await, body, "{requests:?}");
        }
        // hyper has had two requests at once, so it answers the rest.
        send(&mut stream, EARLY).await;
        assert_eq!(next_body(&mut stream).await, "routes");
    }
}

#[tokio::test]
async fn requests_in_pieces_are_answered_in_order() {
    for (request, body) in [(EARLY, "routes"), (POST, "echo"), (LATER, "later")] {
        for at in [1, 10, request.len() - 2] {
            let (mut stream, _stop) = connect().await;
            send(&mut stream, &request[..at]).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            send(&mut stream, &format!("{}{EARLY}", &request[at..])).await;
            assert_eq!(next_body(&mut stream).await, body, "{request} at {at}");
            assert_eq!(next_body(&mut stream).await, "routes");
        }
    }
}

#[tokio::test]
async fn a_long_early_response_is_sent_to_its_end() {
    let (mut stream, _stop) = connect().await;
    send(&mut stream, "GET /v1/long HTTP/1.1\r\n\r\n").await;
    // The response fills all buffers; the next request waits for it.
    tokio::time::sleep(Duration::from_millis(50)).await;
    send(&mut stream, EARLY).await;
    assert_eq!(next_body(&mut stream).await.len(), LONG_BYTES);
    assert_eq!(next_body(&mut stream).await, "early");
}

/// Lets this time pass.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_later_head_has_no_more_time_than_the_first() {
    let (mut stream, _stop) = connect().await;
    for _ in 0..2 {
        send(&mut stream, EARLY).await;
        assert_eq!(next_body(&mut stream).await, "early");
        // Longer than the timeout of a head: the alarm is then set for an idle connection.
        pass(12).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    send(&mut stream, &EARLY[..7]).await;
    // The server may see the head late, but an idle connection has more than three times as long.
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        pass(11).await;
        let closed = tokio::time::timeout(Duration::from_millis(500), stream.read_u8());
        if let Ok(read) = closed.await {
            assert!(read.is_err());
            return;
        }
    }
    panic!("not closed after 33 s");
}

#[tokio::test]
async fn shutdown_closes_a_connection_with_early_responses() {
    let (mut stream, stop) = connect().await;
    send(&mut stream, EARLY).await;
    assert_eq!(next_body(&mut stream).await, "early");
    drop(stop);
    let closed = stream.read_u8();
    let closed = tokio::time::timeout(Duration::from_secs(5), closed);
    assert!(closed.await.expect("closed").is_err());
}

#[tokio::test]
async fn shutdown_does_not_wait_for_the_rest_of_a_head() {
    for first in [None, Some(LATER)] {
        let (mut stream, stop) = connect().await;
        if let Some(first) = first {
            send(&mut stream, first).await;
            assert_eq!(next_body(&mut stream).await, "later");
        }
        send(&mut stream, &ROUTED[..20]).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(stop);
        let closed = tokio::time::timeout(Duration::from_secs(3), stream.read_u8());
        assert!(closed.await.expect("closed").is_err(), "{first:?}");
    }
}

#[tokio::test]
async fn a_flood_of_early_requests_leaves_time_for_the_rest_of_the_task() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    send(&mut client, &EARLY.repeat(40)).await;
    server.writable().await.unwrap();
    server.readable().await.unwrap();
    let mut stream = EarlyStream::new(
        (Stream::Tcp(server), None),
        ConnectionState::new(),
        Early::default(),
    );
    // Each read has room for one request.
    let mut space = [const { MaybeUninit::uninit() }; EARLY.len()];
    let mut buffer = ReadBuf::uninit(&mut space);
    let polled =
        poll_fn(|context| Poll::Ready(Pin::new(&mut stream).poll_read(context, buffer.unfilled())));
    assert!(polled.await.is_pending());
    for _ in 0..16 {
        assert_eq!(next_body(&mut client).await, "early");
    }
    let more = tokio::time::timeout(Duration::from_millis(50), client.read_u8());
    assert!(more.await.is_err(), "the others wait for the next poll");
}

/// A client whose later responses wait for permits.
async fn connect_waiting() -> (TcpStream, oneshot::Sender<()>, Early) {
    let early = Early {
        ready: Some(Arc::new(Semaphore::new(0))),
        ..Early::default()
    };
    let (stream, stop) = connect_to(early.clone()).await;
    (stream, stop, early)
}

impl Early {
    /// Waits until this many responses are awaited.
    async fn until_awaited(&self, number: usize) {
        while self.awaited.load(Ordering::Relaxed) != number {
            tokio::task::yield_now().await;
        }
    }

    fn let_respond(&self, number: usize) {
        self.ready.as_ref().unwrap().add_permits(number);
    }
}

#[tokio::test]
async fn requests_behind_an_awaited_response_wait_for_it() {
    for (behind, bodies) in [
        (vec![EARLY], vec!["early"]),
        (vec![LATER], vec!["later"]),
        (vec![POST], vec!["echo"]),
        (vec![&EARLY[..9], &EARLY[9..]], vec!["routes"]),
        (vec![&LATER[..60], &LATER[60..]], vec!["later"]),
        (vec![&POST[..30], &POST[30..]], vec!["echo"]),
        // The first one is read ahead, and then the others at once.
        (vec![EARLY, LATER, POST], vec!["early", "later", "echo"]),
        (vec![POST, EARLY, LATER], vec!["echo", "routes", "later"]),
    ] {
        let (mut stream, _stop, early) = connect_waiting().await;
        send(&mut stream, LATER).await;
        for piece in &behind {
            early.until_awaited(1).await;
            send(&mut stream, piece).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let nothing = tokio::time::timeout(Duration::from_millis(20), stream.read_u8());
        assert!(nothing.await.is_err(), "{behind:?}");
        early.let_respond(9);
        for body in ["later"].into_iter().chain(bodies) {
            assert_eq!(next_body(&mut stream).await, body, "{behind:?}");
        }
        send(&mut stream, POST).await;
        assert_eq!(next_body(&mut stream).await, "echo", "{behind:?}");
    }
}

#[tokio::test]
async fn an_awaited_response_is_dropped_once_the_client_leaves() {
    for ahead in ["", EARLY] {
        let (mut stream, _stop, early) = connect_waiting().await;
        send(&mut stream, LATER).await;
        early.until_awaited(1).await;
        send(&mut stream, ahead).await;
        drop(stream);
        let dropped = async {
            // What the client has sent ahead hides that it has left.
            if !ahead.is_empty() {
                early.let_respond(1);
            }
            early.until_awaited(0).await;
        };
        let dropped = tokio::time::timeout(Duration::from_secs(5), dropped);
        dropped.await.expect("dropped");
    }
}

#[tokio::test]
async fn shutdown_waits_for_a_later_response() {
    let (mut stream, stop, early) = connect_waiting().await;
    send(&mut stream, LATER).await;
    early.until_awaited(1).await;
    drop(stop);
    tokio::time::sleep(Duration::from_millis(20)).await;
    send(&mut stream, EARLY).await;
    early.let_respond(1);
    let mut answer = String::new();
    // Nothing follows the last response; the unread request may reset the connection.
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nlater"), "{answer}");
}

#[tokio::test]
async fn a_later_response_may_take_a_minute() {
    let (mut stream, _stop, early) = connect_waiting().await;
    send(&mut stream, LATER).await;
    early.until_awaited(1).await;
    pass(50).await;
    early.let_respond(1);
    assert_eq!(next_body(&mut stream).await, "later");
    send(&mut stream, LATER).await;
    early.until_awaited(1).await;
    pass(61).await;
    let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_u8());
    assert!(closed.await.expect("closed").is_err());
}
