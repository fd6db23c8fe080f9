/// Random requests.
mod any;
/// Requests as bytes of a connection.
mod bytes;
/// Random requests as bytes of a connection, in pieces and one behind another.
mod pieces;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request},
};
use serde_json::{Value, json};
use store::StoreError;

use crate::{
    site::{FIREFOX, PAGE, Reply, TestSite, event_key, react, read, share, token},
    unable::Unable,
};

/// The path that is answered without the router, and the same for the router, which alone decodes names.
const PATHS: [&str; 2] = ["/v1/sites/news/events", "/v1/sites/n%65ws/events"];

/// A request's method, headers and body.
type SentRequest = (Method, Vec<(&'static str, String)>, String);

fn posted(body: impl ToString) -> SentRequest {
    let headers = [
        ("content-type", "text/plain;charset=UTF-8"),
        ("origin", PAGE),
        ("user-agent", FIREFOX),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    (Method::POST, headers.into(), body.to_string())
}

fn with(name: &'static str, value: &str) -> SentRequest {
    let (method, mut headers, body) = posted(json!({ "events": [read("a", &event_key(1))] }));
    headers.retain(|(known, _)| *known != name);
    headers.push((name, value.to_owned()));
    (method, headers, body)
}

async fn send(site: &TestSite, path: &str, (method, headers, body): SentRequest) -> Reply {
    let request = Request::builder().method(method).uri(path);
    let request = headers.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    let mut request = request.body(Body::from(body)).unwrap();
    let peer = SocketAddr::new([192, 0, 2, 1].into(), 50_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    site.send(request).await
}

/// Sends each request to a site directly and to another one through the router, and compares the responses.
async fn answers_alike(sites: [TestSite; 2], cases: Vec<SentRequest>) -> Vec<u16> {
    let mut statuses = Vec::new();
    for case in cases {
        let [direct, routed] = [0, 1].map(|at| send(&sites[at], PATHS[at], case.clone()));
        let (direct, routed) = (direct.await, routed.await);
        assert_eq!(shown(&direct), shown(&routed), "{case:?}");
        statuses.push(direct.status.as_u16());
    }
    let [direct, routed] = &sites;
    for name in [
        "gema_requests_total",
        "gema_refused_total",
        "gema_events_total",
    ] {
        assert_eq!(lines(direct, name).await, lines(routed, name).await);
    }
    statuses
}

/// The response without its length, which the router adds, and otherwise hyper.
fn shown(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter();
    let mut headers: Vec<_> = headers
        .filter(|(name, _)| *name != "content-length")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let body = String::from_utf8_lossy(&reply.body).into_owned();
    (reply.status.as_u16(), headers, body)
}

async fn lines(site: &TestSite, name: &str) -> Vec<String> {
    let metrics = site.metrics().await;
    let lines = metrics.lines().filter(|line| line.starts_with(name));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn events_are_counted_alike_by_both_paths() {
    let events = |events: Value| posted(json!({ "visitor": token(1), "events": events }));
    let key = event_key;
    let statuses = answers_alike(
        [TestSite::new(), TestSite::new()],
        vec![
            posted(json!({ "signals": [], "events": [read("a", &key(1))] })),
            posted(json!({ "signals": [], "events": [read("a", &key(1))] })),
            events(json!([react("a", Some("happy"), 1)])),
            events(json!([react("a", None, 2)])),
            events(json!([react("a", Some("happy"), 1)])),
            events(json!([
                share("a", "whatsapp", &key(2)),
                read("b", &key(3)),
                react("b", Some("sad"), 1)
            ])),
            events(json!([read("a\u{301}", &key(4)), { "type": "like" }, 7])),
            events(json!([share("a", "nowhere", &key(2))])),
            posted(json!({ "events": [react("a", Some("happy"), 1)] })),
            posted(json!({ "stand_in": true, "events": [react("a", Some("happy"), 1)] })),
            posted(json!({ "signals": ["webdriver"], "events": [read("a", &key(5))] })),
        ],
    );
    assert_eq!(statuses.await, [200; 11]);
}

#[tokio::test]
async fn refused_requests_are_answered_alike_by_both_paths() {
    let statuses = answers_alike(
        [TestSite::new(), TestSite::new()],
        vec![
            posted(""),
            posted("[]"),
            posted(r#"{"events":[]}"#),
            posted(r#"[null,false,[{"type":"read","article":"a","key":"AAAAAAAAAAAAAAAA"}],[]]"#),
            posted(r#"{"visitor":"short","events":[{"type":"read"}]}"#),
            posted("a".repeat(70_000)),
            with("content-type", "image/png"),
            with("origin", "https://evil.example"),
            with("user-agent", "curl/8.0"),
            (Method::GET, Vec::new(), String::new()),
            (Method::HEAD, Vec::new(), String::new()),
            (Method::DELETE, Vec::new(), String::new()),
            (Method::OPTIONS, Vec::new(), String::new()),
        ],
    );
    let expected = [
        400, 400, 400, 400, 400, 413, 415, 403, 200, 405, 405, 405, 200,
    ];
    assert_eq!(statuses.await, expected);
}

#[tokio::test]
async fn an_exhausted_limit_is_answered_alike_by_both_paths() {
    // The limit is charged before the body is read.
    let (method, headers, _) = with("origin", "null");
    let flood = vec![(method, headers, String::new()); 700];
    let statuses = answers_alike([TestSite::new(), TestSite::new()], flood).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 429).count(),
        100
    );
}

#[tokio::test]
async fn a_store_without_service_is_answered_alike_by_both_paths() {
    for (error, status) in [(StoreError::Busy, 503), (StoreError::Unavailable, 503)] {
        let sites = [(); 2].map(|()| TestSite::on(Arc::new(Unable::because(error))));
        let cases = vec![posted(json!({ "events": [read("a", &event_key(1))] }))];
        assert_eq!(answers_alike(sites, cases).await, [status]);
    }
}

#[tokio::test]
async fn a_blocked_write_is_answered_alike_by_both_paths() {
    let sites = [TestSite::new(), TestSite::new()];
    for site in &sites {
        *site.app().write_block.block().await = true;
    }
    let cases = vec![posted(json!({ "events": [read("a", &event_key(1))] }))];
    assert_eq!(answers_alike(sites, cases).await, [503]);
}
