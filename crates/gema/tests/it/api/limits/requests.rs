use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{Method, Request},
};
use config::TrustedProxy;
use futures_util::stream::pending;
use serde_json::{Value, json};

use super::{all, from, reading, reads, site, through_the_proxy};
use crate::site::{PAGE, TestSite, event_key, read, token};

#[tokio::test]
async fn requests_without_an_origin_have_a_lower_limit() {
    let site = site();
    let opaque = |number| {
        let mut request = from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number % 100))] }),
        );
        request.headers_mut().remove("origin");
        request
    };
    let replies = all(&site, 610, opaque).await;
    let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(over.len(), 10);
    let problem: Value = over[0].json();
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("opaque_requests.per_address"),
        "{problem}"
    );
    assert_eq!(over[0].header("retry-after"), "2");
    let page = from("192.0.2.1", json!({ "events": [read("a", &event_key(1))] }));
    assert_eq!(page.headers()["origin"], PAGE);
    assert_eq!(
        site.send(page).await.status,
        200,
        "pages of the site are not limited by it"
    );
}

/// A request without a preflight that a page of another site can make its visitors' browsers send: to each route that
/// accepts a body, from an origin that the site does not list, or without one. The body never arrives.
fn foreign(number: u64) -> Request<Body> {
    let (method, path) = [
        (Method::POST, "events"),
        (Method::POST, "reaction"),
        (Method::POST, "widget.html?article=a&frame=1"),
        (Method::DELETE, "visitor"),
    ][number as usize % 4]
        .clone();
    let origin = if number.is_multiple_of(8) {
        "null"
    } else {
        "https://evil.example"
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/sites/news/{path}"))
        .header("origin", origin);
    let body = Body::from_stream(pending::<Result<Bytes, Infallible>>());
    through_the_proxy("192.0.2.1", request.body(body).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_pages_are_refused_unread_and_charge_no_visitor() {
    let proxy = TrustedProxy::try_from("127.0.0.0/8".to_owned()).unwrap();
    let site = TestSite::configured(
        |config| config.trusted_proxies = vec![proxy],
        |site| site.opaque_origins = false,
    );
    let site = Arc::new(site);
    let replies = all(&site, 8_000, foreign).await;
    assert!(
        replies.iter().all(|reply| reply.status == 403),
        "{:?}",
        replies.iter().find(|reply| reply.status != 403)
    );
    // The budget is still complete.
    let replies = all(&site, 6_001, |number| {
        from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number))] }),
        )
    });
    let counts = replies
        .await
        .iter()
        .filter(|reply| reply.status == 200)
        .count();
    assert_eq!(counts, 6_000);
    assert_eq!(
        site.metric("gema_refused_total{reason=\"origin\"}").await,
        8_000.0
    );
}

/// An image that a page of another site can make its visitors' browsers fetch. None of them is cached.
fn shown(number: u64) -> Request<Body> {
    let kind = if number.is_multiple_of(2) {
        "frame"
    } else {
        "stand_in"
    };
    let method = if number.is_multiple_of(7) {
        Method::HEAD
    } else {
        Method::GET
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/sites/news/widget.html?article=a&{kind}=1"));
    through_the_proxy("192.0.2.1", request.body(Body::empty()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn showings_do_not_use_up_the_limit_of_requests() {
    let site = site();
    let replies = all(&site, 6_100, shown).await;
    let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(
        (
            over.len(),
            replies.iter().filter(|reply| reply.status == 200).count()
        ),
        (100, 6_000)
    );
    let problem: Value = over
        .iter()
        .find(|reply| !reply.body.is_empty())
        .unwrap()
        .json();
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("showings.per_address"),
        "{problem}"
    );
    assert!(reads(&site, "192.0.2.1", 0..50).await.is_empty());
    let opaque = all(&site, 600, |number| {
        let mut request = from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number))] }),
        );
        request.headers_mut().remove("origin");
        request
    });
    assert!(
        opaque.await.iter().all(|reply| reply.status == 200),
        "nor of requests without an origin"
    );
}

#[tokio::test]
async fn a_refused_erasure_charges_nothing_to_its_address() {
    let site = site();
    let forget = || {
        let articles: Vec<_> = (0..100).map(|number| format!("article-{number}")).collect();
        let mut request = from(
            "192.0.2.1",
            json!({ "visitor": token(1), "articles": articles }),
        );
        (*request.method_mut(), *request.uri_mut()) =
            (Method::DELETE, "/v1/sites/news/visitor".parse().unwrap());
        request
    };
    for _ in 0..59 {
        assert_eq!(site.send(forget()).await.status, 200);
    }
    let read = || {
        site.send(from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(1))] }),
        ))
    };
    for _ in 0..25 {
        assert_eq!(read().await.status, 200);
    }
    // 75 of 6,000 requests are left: each of the 10 refused erasures takes one, and each of the 65 reads.
    for _ in 0..10 {
        let refused = site.send(forget()).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(
            ["1", "2"].contains(&refused.header("retry-after")),
            "{refused:?}"
        );
    }
    for _ in 0..65 {
        assert_eq!(read().await.status, 200);
    }
    assert_eq!(read().await.status, 429);
    site.minutes_pass(1);
    assert_eq!(
        site.send(forget()).await.status,
        200,
        "admitted once the limits suffice for the whole request"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uncached_answers_are_limited_and_cached_ones_are_not() {
    let site = site();
    let invented = |number: u64| match number % 4 {
        0 => format!("view?article=a{number}"),
        1 => format!("tallies?article=a{number}"),
        2 => format!("widget.html?article=a{number}"),
        _ => format!("badge.svg?article=a{number}"),
    };
    let known = || reading("192.0.2.1", "view?article=known");
    assert_eq!(site.send(known()).await.status, 200);
    let replies = all(&site, 6_100, |number| {
        reading("192.0.2.1", &invented(number))
    })
    .await;
    let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(
        (
            over.len(),
            replies.iter().filter(|reply| reply.status == 200).count()
        ),
        (101, 5_999)
    );
    let problem: Value = over[0].json();
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("cache_misses.per_address"),
        "{problem}"
    );
    assert_eq!(over[0].header("cache-control"), "no-store");
    assert!(!over[0].header("retry-after").is_empty());

    // Not limited: a cached response, another address, a program on the same machine, and events.
    let replies = all(&site, 7_000, |_| known()).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(
        site.send(reading("192.0.2.2", "view?article=b"))
            .await
            .status,
        200
    );
    let replies = all(&site, 6_100, |number| {
        reading("127.0.0.1", &format!("view?article=c{number}"))
    })
    .await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert!(reads(&site, "192.0.2.1", 0..50).await.is_empty());

    // Contradictory headers do not make a client count as a program on the same machine.
    let replies = all(&site, 6_001, |number| {
        let mut request = reading("192.0.2.3", &format!("view?article=d{number}"));
        request
            .headers_mut()
            .insert("forwarded", "for=192.0.2.4".parse().unwrap());
        request
    });
    assert_eq!(
        replies
            .await
            .iter()
            .filter(|reply| reply.status == 429)
            .count(),
        1
    );
}
