use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{Method, Request},
    response::Response,
};
use config::{Listen, TrustedProxy};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use server::serve::Listener;
use store::ArticleUpdate;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tower::ServiceExt;
use visitor::Day;
use wire::{Article, SiteId};

use super::limits::{all, reading, site};
use crate::site::{FIREFOX, PAGE, TestSite, article, chose};

/// Length of the longest copy.
const COPY_BYTES: usize = 1_000_000;

/// A site behind a proxy, with live counts and a long article.
async fn with_long_article() -> Arc<TestSite> {
    let proxy = TrustedProxy::try_from("127.0.0.0/8".to_owned()).unwrap();
    let site = TestSite::configured(
        |config| config.trusted_proxies = vec![proxy],
        |site| site.live = true,
    );
    let copy = Article {
        title: "A".into(),
        byline: None,
        published: None,
        url: None,
        html: "a ".repeat(COPY_BYTES / 2),
    };
    let update = ArticleUpdate {
        article: Some(copy),
        imported: None,
        poll: None,
    };
    let news = SiteId::parse("news").unwrap();
    let today = Day::parse("2015-11-17").unwrap();
    let key = article("long");
    let put = site.store.put_article(&news, today, &key, update);
    put.await.unwrap();
    Arc::new(site)
}

/// The response, without its body being read.
async fn unread(site: &TestSite, request: Request<Body>) -> Response {
    server::app::router(site.app())
        .oneshot(request)
        .await
        .unwrap()
}

/// A request by a client that also sends a `Forwarded` of their own, which their proxy passes on.
fn contradictory(address: &str, path: &str) -> Request<Body> {
    let mut request = reading(address, path);
    let headers = request.headers_mut();
    headers.insert("forwarded", "for=192.0.2.99".parse().unwrap());
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_and_codes_that_are_not_cached_are_charged() {
    let path = |route: &str, number: u64| match route {
        "qr.svg" => format!("qr.svg?article={number}"),
        list => format!(
            "{list}?days={}&limit={}",
            1 + number % 90,
            1 + number / 90 % 50
        ),
    };
    for (route, count) in [("qr.svg", 6_050), ("top.json", 4_500), ("top.atom", 4_500)] {
        let site = site();
        // 2,000 of the 6,000 cache misses of an address are used otherwise.
        let used = if count == 4_500 { 2_000 } else { 0 };
        all(&site, used, |number| {
            reading("192.0.2.1", &format!("badge.svg?article={number}"))
        })
        .await;
        let replies = all(&site, count, |number| {
            reading("192.0.2.1", &path(route, number))
        })
        .await;
        let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
        assert_eq!(over.len() as u64, count + used - 6_000, "{route}");
        let problem: Value = over[0].json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("cache_misses.per_address"), "{problem}");
        let other = site.send(reading("192.0.2.2", &path(route, 0))).await;
        assert_ne!(other.status, 429, "{route}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn qr_codes_are_charged_by_their_length_when_drawn() {
    let site = site();
    let left = 10;
    all(&site, 6_000 - left, |number| {
        reading("192.0.2.1", &format!("badge.svg?article={number}"))
    })
    .await;
    let code = |letter: &str| {
        let url = format!("{PAGE}/{}", letter.repeat(1_000 - PAGE.len() - 1));
        site.send(reading("192.0.2.1", &format!("qr.svg?url={url}")))
    };
    // Of 1,000 bytes: eight cache misses when it is drawn, and one afterwards.
    let statuses = [code("a").await, code("a").await, code("b").await].map(|reply| reply.status);
    assert_eq!(statuses.map(|status| status.as_u16()), [200, 200, 429]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_sections_are_charged_when_they_are_made() {
    let site = site();
    let left = 10;
    all(&site, 6_000 - left, |number| {
        reading("192.0.2.1", &format!("badge.svg?article={number}"))
    })
    .await;
    let list = |query: &str| site.send(reading("192.0.2.1", &format!("top.json?{query}")));
    // Five cache misses when it is made, and one afterwards.
    let replies = [
        list("section=/a/").await,
        list("section=/a/&lang=id").await,
        list("section=/b/").await,
        list("days=3").await,
    ];
    let statuses = replies.map(|reply| reply.status.as_u16());
    assert_eq!(statuses, [200, 200, 429, 200]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_without_an_effect_make_no_other_answer() {
    let site = site();
    for path in [
        "top.json?days=3",
        "top.atom?lang=id",
        "view?article=a",
        "widget.html?article=a&title=b",
        "badge.svg?article=a",
    ] {
        let hits = || site.metric("gema_cache_lookups_total{result=\"hit\"}");
        site.send(reading("192.0.2.1", path)).await;
        let before = hits().await;
        let repeated = path.split_once('?').unwrap().1.replace("=", "=x");
        for other in [format!("{path}&x=1"), format!("{path}&{repeated}")] {
            site.send(reading("192.0.2.1", &other)).await;
        }
        assert_eq!(hits().await - before, 2.0, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_request_for_a_cached_answer_is_not_charged() {
    let site = site();
    let shown = site.send(reading("192.0.2.1", "view?article=known")).await;
    let head = || {
        let mut request = reading("192.0.2.1", "view?article=known");
        *request.method_mut() = Method::HEAD;
        request
    };
    all(&site, 6_000, |number| {
        reading("192.0.2.1", &format!("badge.svg?article={number}"))
    })
    .await;
    let uncached = site.send(reading("192.0.2.1", "view?article=b")).await;
    assert_eq!(uncached.status, 429);
    let reply = site.send(head()).await;
    assert_eq!(
        (reply.status.as_u16(), reply.body.len()),
        (200, 0),
        "{reply:?}"
    );
    let length = shown.body.len().to_string();
    assert_eq!(reply.header("content-length"), length);
    assert_eq!(reply.header("etag"), shown.header("etag"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_charged_by_its_length_if_the_answer_is_not_cached() {
    let site = with_long_article().await;
    let long = |number: u64| format!("view?article=long&body=1&lang=x{number}");
    // Each is charged as one answer, and as 61 for 61 times 16 KiB: 96 times, 6,000 suffice.
    for number in 0..100 {
        let reply = site.send(reading("192.0.2.1", &long(number))).await;
        let expected = if number < 96 { 200 } else { 429 };
        assert_eq!(reply.status, expected, "{number}");
    }
    let other = site.send(reading("192.0.2.2", &long(100))).await;
    assert_eq!(other.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_not_read_take_bounded_memory_of_a_network() {
    let site = with_long_article().await;
    let paths: [fn(usize) -> String; 3] = [
        |_| "widget.html?article=long&body=1&frame=1".to_owned(),
        |number| format!("widget.html?article=long&body=1&title={number}"),
        |_| "view?article=long&body=1".to_owned(),
    ];
    let held = async || site.metric("gema_response_bytes").await as usize;
    for path in paths {
        let mut unread_answers = Vec::new();
        for number in 0..20 {
            let client = format!("192.0.2.{number}");
            let answer = unread(&site, reading(&client, &path(number))).await;
            let expected = if number < 16 { 200 } else { 503 };
            assert_eq!(answer.status(), expected, "{number} {}", path(0));
            assert_eq!(
                answer.headers().contains_key("retry-after"),
                number >= 16,
                "{number}"
            );
            unread_answers.push(answer);
        }
        assert!((16 * COPY_BYTES..=16 * 1024 * 1024).contains(&held().await));
        let small = site.send(reading("192.0.2.1", "view?article=long")).await;
        assert_eq!(small.status, 200);
        let other = site.send(reading("198.51.100.1", &path(0))).await;
        assert_eq!(other.status, 200);
        assert!(other.body.len() > COPY_BYTES);
        drop((unread_answers, other));
        assert_eq!(held().await, 0);
    }
}

/// A choice sent as a form, whose answer has the article's copy.
fn choice_with_copy(address: &str) -> Request<Body> {
    let mut request = reading(address, "reaction");
    *request.method_mut() = Method::POST;
    for (name, value) in [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", PAGE),
        ("user-agent", FIREFOX),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let form = "article=long&reaction=happy&visitor=AAAAAAAAAAAAAAAAAAAAAA&seq=1&body=1";
    *request.body_mut() = Body::from(form);
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_choice_whose_answer_has_no_room_does_not_count() {
    let site = with_long_article().await;
    let before = site.tally("long").await;
    let mut unread_answers = Vec::new();
    for number in 0..16 {
        let path = "widget.html?article=long&body=1&frame=1";
        let answer = unread(&site, reading(&format!("192.0.2.{number}"), path)).await;
        assert_eq!(answer.status(), 200, "{number}");
        unread_answers.push(answer);
    }
    let reply = site.send(choice_with_copy("192.0.2.1")).await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(!reply.header("retry-after").is_empty());
    assert_eq!(site.tally("long").await, before);
    drop(unread_answers);
    let reply = site.send(choice_with_copy("192.0.2.1")).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.len() > COPY_BYTES);
    assert_eq!(chose(&site.tally("long").await, "happy"), 1);
}

/// The status of the response to a request for the long article, of which the client receives nothing more.
async fn status_of_unread(address: SocketAddr) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let path = "/v1/sites/news/widget.html?article=long&body=1&frame=1";
    let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    (String::from_utf8_lossy(&status[9..]).into_owned(), stream)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_connections_hold_at_most_their_networks_share() {
    let site = with_long_article().await;
    let any_port = Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = Listener::bind(&any_port).await.unwrap();
    let address = listener.address().unwrap();
    let address = address.trim_start_matches("http://").parse().unwrap();
    let serving = server::running::serve(listener, site.app(), std::future::pending());
    let serving = tokio::spawn(serving);
    let mut unread = Vec::new();
    for number in 0..20 {
        let (status, stream) = status_of_unread(address).await;
        let expected = if number < 16 { "200" } else { "503" };
        assert_eq!(status, expected, "{number}");
        unread.push(stream);
    }
    serving.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicting_headers_share_one_live_connection_budget() {
    let site = with_long_article().await;
    let mut subscribed = Vec::new();
    for number in 0..600 {
        let client = format!("192.0.2.{}", number % 2);
        let answer = unread(&site, contradictory(&client, "live?article=a")).await;
        let expected = if number < 500 { 200 } else { 503 };
        assert_eq!(answer.status(), expected, "{number}");
        subscribed.push(answer);
    }
    let other = unread(&site, reading("192.0.2.1", "live?article=a")).await;
    assert_eq!(other.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicting_headers_share_one_body_budget() {
    let site = with_long_article().await;
    let post = |mut request: Request<Body>, body: Body| {
        *request.method_mut() = Method::POST;
        *request.uri_mut() = "/v1/sites/news/events".parse().unwrap();
        let json = "application/json".parse().unwrap();
        request.headers_mut().insert("content-type", json);
        *request.body_mut() = body;
        request
    };
    let bytes = Bytes::from(vec![b' '; 64 * 1024]);
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..40 {
        let piece = stream::iter([Ok::<_, Infallible>(bytes.clone())]);
        let stalled = Body::from_stream(piece.chain(stream::pending()));
        let request = post(contradictory(&format!("192.0.2.{number}"), ""), stalled);
        let site = Arc::clone(&site);
        sending.spawn(async move { site.send(request).await.status });
    }
    // 32 are held, in 2 MiB; the others are refused at once.
    for _ in 32..40 {
        assert_eq!(sending.join_next().await.unwrap().unwrap(), 503);
    }
    let other = post(reading("192.0.2.1", ""), Body::from(bytes));
    assert_eq!(site.send(other).await.status, 400);
}

/// A program beside the endpoint, whose proxy names nobody, reads for all readers.
#[tokio::test]
async fn a_program_that_reads_for_all_has_no_share() {
    let site = with_long_article().await;
    let mut held = Vec::new();
    for _ in 0..600 {
        let mut request = Request::get("/v1/sites/news/live?article=a")
            .body(Body::empty())
            .unwrap();
        let peer = SocketAddr::from(([127, 0, 0, 1], 50_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = unread(&site, request).await;
        assert_eq!(answer.status(), 200);
        held.push(answer);
    }
}
