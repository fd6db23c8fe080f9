use std::{collections::BTreeSet, future::pending, net::SocketAddr, sync::Arc, time::Duration};

use config::ConnectionLimits;
use store::StoreError;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};
use wire::SiteId;

use crate::{
    site::{TestSite, event_key, read},
    unable::Unable,
};

const HEAD: &str = "GET /health/live HTTP/1.1\r\nHost: gema\r\n";

/// Listens until the handle is aborted.
async fn serve(connections: ConnectionLimits) -> (SocketAddr, JoinHandle<()>, TestSite) {
    let site = TestSite::with_connections(connections);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(server::running::serve(
        listener,
        site.app(),
        std::future::pending(),
    ));
    (address, serving, site)
}

async fn says(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Everything received until the peer closes the connection; may be empty.
async fn hears(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // Nothing is received from a connection that was reset.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn asks(address: SocketAddr) -> String {
    hears(says(address, &format!("{HEAD}Connection: close\r\n\r\n")).await).await
}

#[tokio::test]
async fn connections_are_limited_until_one_closes() {
    let (address, serving, _site) = serve(ConnectionLimits {
        max: 20,
        per_address: 1,
    })
    .await;
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(says(address, HEAD).await);
    }
    assert_eq!(asks(address).await, "", "closed unanswered");
    held.pop();
    let answered = async {
        while !asks(address).await.starts_with("HTTP/1.1 200") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), answered)
        .await
        .unwrap();
    serving.abort();
}

#[tokio::test]
async fn a_slow_request_head_is_closed_and_delays_nobody() {
    let (address, serving, _site) = serve(ConnectionLimits::DEFAULT_TOTAL).await;
    let slow = says(address, HEAD).await;
    let (mut drip, mut rest) = slow.into_split();
    let dripping = tokio::spawn(async move {
        while rest.write_all(b"X").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let mut nothing = Vec::new();
    let closed = drip.read_to_end(&mut nothing);
    tokio::pin!(closed);
    loop {
        tokio::select! {
            _ = &mut closed => break,
            answer = asks(address) => assert!(answer.starts_with("HTTP/1.1 200"), "{answer}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(nothing.is_empty() || nothing.starts_with(b"HTTP/1.1 4"));
    dripping.abort();
    serving.abort();
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let (address, serving, _site) = serve(ConnectionLimits::DEFAULT_TOTAL).await;
    let long = format!("{HEAD}X: {}\r\n\r\n", "x".repeat(64 * 1024));
    let answer = hears(says(address, &long).await).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    serving.abort();
}

/// Sends this many bytes of a batch of events, and never the rest.
async fn stalls(address: SocketAddr, bytes: usize) -> TcpStream {
    let head = "POST /v1/sites/news/events HTTP/1.1\r\nHost: gema\r\nContent-Type: text/plain\r\nContent-Length: 65536\r\n\r\n";
    says(address, &format!("{head}{}", " ".repeat(bytes))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_bodies_take_bounded_memory_and_small_ones_pass() {
    let (address, serving, site) = serve(ConnectionLimits::DEFAULT_TOTAL).await;
    let mut held = Vec::new();
    let mut refused = 0;
    // Some connections use up the budget, and the others are refused at once.
    while refused < 10 {
        let mut stream = stalls(address, 64_000).await;
        let mut answer = [0; 12];
        tokio::select! {
            read = stream.read_exact(&mut answer) => {
                read.unwrap();
                assert_eq!(&answer, b"HTTP/1.1 503");
                refused += 1;
            }
            () = until_held(&site, held.len()) => held.push(stream),
        }
        assert!(held.len() < 300, "{} bodies of 64 kB", held.len());
    }
    assert!(held.len() > 200, "{}", held.len());
    let events = serde_json::json!({ "events": [read("a", &event_key(1))] }).to_string();
    let head = format!(
        "POST /v1/sites/news/events HTTP/1.1\r\nHost: gema\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n",
        events.len()
    );
    let answer =
        hears(says(address, &format!("{head}Connection: close\r\n\r\n{events}")).await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    serving.abort();
}

/// Waits until the budget holds more than this many bodies.
async fn until_held(site: &TestSite, bodies: usize) {
    while site.metric("gema_body_bytes").await <= (bodies * 64_000) as f64 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn windows_of_all_sites_turn_at_once_whatever_does_not_answer() {
    let (turned, mut turns) = mpsc::unbounded_channel();
    let (gathered, mut gathers) = mpsc::unbounded_channel();
    let notes =
        |to: mpsc::UnboundedSender<SiteId>| move |site: &SiteId| to.send(site.clone()).unwrap();
    let turned = notes(turned);
    let gathered = notes(gathered);
    let store = Unable {
        recent: Box::new(move |site| {
            gathered(site);
            Box::pin(pending())
        }),
        start_window: Box::new(move |site| {
            turned(site);
            Box::pin(pending())
        }),
        ..Unable::because(StoreError::Unavailable)
    };
    let site = Arc::new(TestSite::serving(&["sport", "radio"]).moved_to(Arc::new(store)));
    let asks = Arc::clone(&site);
    let asking = tokio::spawn(async move { asks.get("/v1/sites/news/top.json").await });
    gathers.recv().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serving = tokio::spawn(server::running::serve(listener, site.app(), pending()));
    let mut sites = BTreeSet::new();
    let all = async {
        while sites.len() < 3 {
            sites.insert(turns.recv().await.unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(5), all)
        .await
        .expect("every subscriber is notified that the day may have ended");
    serving.abort();
    asking.abort();
}

/// Status line, headers and body of the response to this request; `Date`, which changes, has no value.
async fn raw_response(stream: &mut TcpStream, path: &str, headers: &str) -> (String, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: gema\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let (before, after) = head.split_once("date: ").unwrap();
    let (date, after) = after.split_once("\r\n").unwrap();
    assert_eq!(date.len(), "Sun, 06 Nov 1994 08:49:37 GMT".len(), "{date}");
    let (_, length) = head.split_once("content-length: ").unwrap();
    let length = length.lines().next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (format!("{before}date: \r\n{after}"), body)
}

/// A condition that no response meets: with it, hyper parses the request and the cache's layer answers it.
const THROUGH_LAYERS: &str = "If-None-Match: \"none\"\r\n";

#[tokio::test]
async fn cached_responses_are_the_same_early_and_through_the_layers() {
    let (address, serving, site) = serve(ConnectionLimits::DEFAULT_TOTAL).await;
    site.reader().reads("a").await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let paths = [
        "/v1/sites/news/view?article=a&lang=id",
        "/v1/sites/news/view?article=a&lang=id&origin=https%3A%2F%2Fnews.example",
        "/v1/sites/news/tallies?article=a&article=b",
        "/v1/sites/news/widget.html?article=a",
        "/v1/sites/news/badge.svg?article=a",
        "/v1/sites/news/top.json",
    ];
    let codings = ["", "identity", "gzip", "gzip, deflate, br, zstd", "br;q=0"];
    for path in paths {
        for coding in codings {
            for from in ["", "Sec-Fetch-Site: same-origin\r\n"] {
                let headers = match coding {
                    "" => from.to_owned(),
                    coding => format!("{from}Accept-Encoding: {coding}\r\n"),
                };
                raw_response(&mut stream, path, &headers).await;
                let early = raw_response(&mut stream, path, &headers).await;
                let headers = format!("{headers}{THROUGH_LAYERS}");
                let layered = raw_response(&mut stream, path, &headers).await;
                assert_eq!(early, layered, "{path} {headers}");
            }
        }
    }
    let requests = paths.len() * codings.len() * 2 * 3;
    let metrics = site.metrics().await;
    let counted = metrics
        .lines()
        .filter(|line| line.starts_with("gema_requests_total{") && !line.contains("\"events\""))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok());
    assert_eq!(counted.sum::<usize>(), requests, "{metrics}");
    serving.abort();
}

#[tokio::test]
async fn an_early_response_is_as_new_as_the_last_event() {
    let (address, serving, site) = serve(ConnectionLimits::DEFAULT_TOTAL).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let path = "/v1/sites/news/tallies?article=a";
    let mut last = raw_response(&mut stream, path, "").await;
    for _ in 0..5 {
        assert_eq!(raw_response(&mut stream, path, "").await, last);
        site.reader().reads("b").await;
        assert_eq!(raw_response(&mut stream, path, "").await, last);
        site.reader().reads("a").await;
        let next = raw_response(&mut stream, path, "").await;
        assert_ne!(next, last);
        last = next;
    }
    serving.abort();
}
