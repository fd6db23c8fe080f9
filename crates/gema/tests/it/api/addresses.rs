use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Request},
};
use config::{Origin, ReadDedup, TrustedProxy};
use serde_json::json;

use crate::site::{TestSite, event_key, read};

/// A site that identifies readers by address, behind this trusted proxy.
fn behind(proxy: &str) -> TestSite {
    let proxy = TrustedProxy::try_from(proxy.to_owned()).unwrap();
    TestSite::configured(
        |config| config.trusted_proxies = vec![proxy],
        |site| site.reads.identity = ReadDedup::Hash,
    )
}

/// A read from that peer address, with one header.
fn read_from(peer: &str, number: u64, name: &'static str, value: &str) -> Request<Body> {
    let mut request = TestSite::events(json!({ "events": [read("a", &event_key(number))] }));
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 50_000)));
    request.headers_mut().append(
        HeaderName::from_static(name),
        HeaderValue::from_str(value).unwrap(),
    );
    request
}

#[tokio::test]
async fn only_a_trusted_proxys_headers_tell_readers_apart() {
    let site = behind("10.0.0.0/8");
    for number in 0..10 {
        let spoofed = format!("198.51.100.{number}, 192.0.2.{}", number % 2);
        site.send(read_from("10.1.2.3", number, "x-forwarded-for", &spoofed))
            .await;
        site.send(read_from(
            "::ffff:10.1.2.3",
            number,
            "forwarded",
            &format!("for=192.0.2.{}", number % 2),
        ))
        .await;
    }
    assert_eq!(
        site.tally("a").await.reads,
        2,
        "two readers behind the proxy"
    );
    for number in 0..10 {
        site.send(read_from(
            "192.0.2.100",
            number,
            "x-forwarded-for",
            &format!("198.51.100.{number}"),
        ))
        .await;
    }
    assert_eq!(
        site.tally("a").await.reads,
        3,
        "one who says that he is a proxy"
    );
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_counted_once_a_request() {
    let site = behind("10.0.0.0/8");
    for number in 0..3 {
        let reply = site
            .send(read_from(
                "172.16.0.1",
                number,
                "x-forwarded-for",
                "192.0.2.1",
            ))
            .await;
        assert_eq!(reply.status, 200);
    }
    // The first request was logged. The next line would report the suppressed ones, and this request.
    site.minutes_pass(1);
    let now = jiff::Timestamp::from_millisecond(site.now_ms().try_into().unwrap()).unwrap();
    assert_eq!(site.app().proxy_faults.due(now), Some(3));
}

#[tokio::test]
async fn wildcard_origins_admit_pages_below_a_name() {
    let everywhere = "https://*.news.example".to_owned();
    let site = TestSite::with(|site| site.origins = vec![Origin::try_from(everywhere).unwrap()]);
    for (origin, status) in [
        ("https://m.news.example", 200),
        ("https://news.example", 403),
    ] {
        let mut request = TestSite::events(json!({ "events": [read("a", &event_key(1))] }));
        request
            .headers_mut()
            .insert("origin", HeaderValue::from_static(origin));
        assert_eq!(site.send(request).await.status, status, "{origin}");
    }
}
