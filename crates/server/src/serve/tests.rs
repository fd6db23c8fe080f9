use std::{mem::MaybeUninit, pin::Pin, task::Poll};

use axum::{Router, body::Bytes, routing::post};
use config::ConnectionLimits;
use hyper::rt::{Read, ReadBuf};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::*;

/// Answers `GET /v1/early` and `GET /v1/long` early.
#[derive(Clone)]
struct Early;

/// More than the kernel buffers of one connection.
const LONG_BYTES: usize = 8 << 20;

impl EarlyResponses for Early {
    fn early_response(&self, get: &PlainGet<'_>) -> Option<EarlyResponse> {
        let body = match get.target {
            "/v1/early" => Bytes::from_static(b"early"),
            "/v1/long" => vec![b'l'; LONG_BYTES].into(),
            _ => return None,
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", body.len());
        let head = head.into();
        Some(EarlyResponse { head, body })
    }
}

/// A client of a server whose routes answer with the request's body, or with "routes"; and what stops the server.
async fn connect() -> (TcpStream, oneshot::Sender<()>) {
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
        (routes, Early),
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
const UNREAD: &str = "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\necho";

/// The body of the next response.
async fn next_body(stream: &mut TcpStream) -> String {
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

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn early_responses_and_routes_take_turns() {
    let (mut stream, _stop) = connect().await;
    for _ in 0..3 {
        for (request, body) in [
            (EARLY, "early"),
            (POST, "echo"),
            (EARLY, "early"),
            (ROUTED, "routes"),
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
    ] {
        let (mut stream, _stop) = connect().await;
        send(&mut stream, EARLY).await;
        assert_eq!(next_body(&mut stream).await, "early");
        send(&mut stream, &requests.concat()).await;
        for request in requests {
            let body = match request {
                POST => "echo",
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
    for (request, body) in [(EARLY, "routes"), (POST, "echo")] {
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
    tokio::time::sleep(Duration::from_millis(20)).await;
    pass(11).await;
    let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_u8());
    assert!(closed.await.expect("closed").is_err());
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
async fn a_flood_of_early_requests_leaves_time_for_the_rest_of_the_task() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    send(&mut client, &EARLY.repeat(40)).await;
    server.writable().await.unwrap();
    server.readable().await.unwrap();
    let mut stream = EarlyStream::new(Stream::Tcp(server), ConnectionState::new(), Early);
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
