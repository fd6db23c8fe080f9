use std::sync::Arc;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use store::StoreError;

use crate::{
    site::{PAGE, Reply, TestSite, event_key, read, token},
    unable::Unable,
};

/// Status and problem document of an error response, after checking the headers and fields that each of them has.
fn problem(reply: &Reply) -> (u16, Value) {
    assert_eq!(
        reply.header("content-type"),
        "application/problem+json",
        "{reply:?}"
    );
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(
        reply.header("access-control-expose-headers"),
        "retry-after,etag"
    );
    let problem: Value = reply.json();
    assert_eq!(problem["status"], reply.status.as_u16());
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.ends_with('.') || detail.contains('?'))
    );
    (reply.status.as_u16(), problem)
}

#[tokio::test]
async fn invalid_queries_are_answered_with_the_field() {
    let site = TestSite::new();
    let hundred_and_one = "article=a&".repeat(101);
    let long = format!("article={}", "a".repeat(6 * 1024));
    for (path, status, field, limit) in [
        (
            "/v1/sites/other/view?article=a".into(),
            404,
            "site",
            Value::Null,
        ),
        (
            "/v1/sites/NEWS/view?article=a".into(),
            404,
            "site",
            Value::Null,
        ),
        (
            "/v1/sites/%ff/tallies?article=a".into(),
            404,
            "site",
            Value::Null,
        ),
        ("/v1/sites/news/view".into(), 400, "article", Value::Null),
        (
            "/v1/sites/news/view?article=".into(),
            400,
            "article",
            Value::Null,
        ),
        (
            "/v1/sites/news/view?article=a%00".into(),
            400,
            "article",
            Value::Null,
        ),
        (
            "/v1/sites/news/view?article=a%0Ab".into(),
            400,
            "article",
            Value::Null,
        ),
        ("/v1/sites/news/tallies".into(), 400, "article", json!(100)),
        (
            format!("/v1/sites/news/tallies?{hundred_and_one}"),
            400,
            "article",
            json!(100),
        ),
        (
            format!("/v1/sites/news/tallies?{long}"),
            414,
            "query",
            json!(6144),
        ),
    ] {
        let (got, problem) = problem(&site.get(&path).await);
        assert_eq!(
            (got, &problem["field"], &problem["limit"]),
            (status, &json!(field), &limit),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_site_that_is_not_served_is_named_with_the_remedy() {
    let site = TestSite::new();
    for (asked, named) in [
        ("setneg", "`setneg`"),
        ("NEWS", "`NEWS`"),
        ("%22%3Cb%3E%0A", "`\\\"<b>\\n`"),
        ("%ff", ""),
    ] {
        let (status, problem) =
            problem(&site.get(&format!("/v1/sites/{asked}/view?article=a")).await);
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(status, 404);
        assert!(
            detail.contains(named) && detail.contains("`sites` in gema.toml"),
            "{detail}"
        );
    }
    let (_, problem) = problem(
        &site
            .get(&format!("/v1/sites/{}/view?article=a", "x".repeat(2000)))
            .await,
    );
    assert!(problem["detail"].as_str().unwrap().len() < 200, "{problem}");
}

#[tokio::test]
async fn a_malformed_batch_names_the_field_and_counts_nothing() {
    let site = TestSite::new();
    let good = || read("a", &event_key(1));
    let events = |count: usize| json!({ "events": vec![good(); count] }).to_string();
    let large = json!({ "events": [good()], "padding": "x".repeat(65 * 1024) }).to_string();
    for (body, status, field, limit) in [
        ("{".into(), 400, "body", Value::Null),
        ("[]".into(), 400, "body", Value::Null),
        ("{}".into(), 400, "body", Value::Null),
        (events(0), 400, "events", json!(50)),
        (events(51), 400, "events", json!(50)),
        (large, 413, "body", json!(65_536)),
        (
            json!({ "visitor": "me", "events": [good()] }).to_string(),
            400,
            "visitor",
            Value::Null,
        ),
    ] {
        let (got, problem) = problem(&site.post(body).await);
        assert_eq!(
            (got, &problem["field"], &problem["limit"]),
            (status, &json!(field), &limit),
            "{problem}"
        );
    }
    assert_eq!(site.tally("a").await.rev, 0);
}

/// A valid batch with this header replaced; an empty value removes it.
fn with_header(name: &'static str, value: &str) -> Request<Body> {
    let mut request = TestSite::events(json!({ "events": [read("a", &event_key(1))] }));
    request.headers_mut().remove(name);
    if !value.is_empty() {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let site = TestSite::new();
    for origin in [
        "https://evil.example",
        "http://news.example",
        "https://news.example:8443",
        "é",
    ] {
        let (status, problem) = problem(&site.send(with_header("origin", origin)).await);
        assert_eq!(
            (status, &problem["field"]),
            (403, &json!("Origin")),
            "{origin}"
        );
    }
    assert_eq!(site.tally("a").await.rev, 0);
    for origin in [PAGE, "null", ""] {
        assert_eq!(
            site.send(with_header("origin", origin)).await.status,
            200,
            "{origin}"
        );
    }
    let foreign =
        Request::delete("/v1/sites/news/visitor").header("origin", "https://evil.example");
    assert_eq!(
        site.send(foreign.body(Body::empty()).unwrap()).await.status,
        403
    );

    let strict = TestSite::with(|site| site.opaque_origins = false);
    for origin in ["null", ""] {
        assert_eq!(
            strict.send(with_header("origin", origin)).await.status,
            403,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn events_are_json_or_plain_text() {
    let site = TestSite::new();
    for media in ["application/x-www-form-urlencoded", "text/html", ""] {
        let (status, problem) = problem(&site.send(with_header("content-type", media)).await);
        assert_eq!(
            (status, &problem["field"]),
            (415, &json!("Content-Type")),
            "{media}"
        );
    }
    for media in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/plain",
    ] {
        assert_eq!(
            site.send(with_header("content-type", media)).await.status,
            200,
            "{media}"
        );
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_have_readable_errors() {
    let site = TestSite::new();
    assert_eq!(problem(&site.get("/v1/nothing").await).0, 404);
    let reply = site
        .send(
            Request::put("/v1/sites/news/events")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!((problem(&reply).0, reply.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let site = TestSite::new();
    let request = Request::options("/v1/sites/news/visitor").header("origin", PAGE);
    let request = request
        .header("access-control-request-method", "DELETE")
        .body(Body::empty())
        .unwrap();
    let reply = site.send(request).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert!(
        reply
            .header("access-control-allow-methods")
            .contains("DELETE")
    );
    assert!(
        reply
            .header("access-control-allow-headers")
            .contains("content-type")
    );
    // What tracing scripts add; `*` does not cover `Authorization`.
    let allowed = reply.header("access-control-allow-headers");
    assert!(
        allowed.split(',').any(|name| name.trim() == "*"),
        "{allowed}"
    );
    assert!(
        !allowed.to_lowercase().contains("authorization"),
        "{allowed}"
    );
}

#[tokio::test]
async fn invalid_erasure_requests_are_answered_with_the_field() {
    let site = TestSite::new();
    for (body, field) in [
        (json!({}), "body"),
        (json!({ "visitor": "me", "articles": [] }), "visitor"),
        (json!({ "visitor": token(1), "articles": [""] }), "articles"),
        (
            json!({ "visitor": token(1), "articles": vec!["a"; 101] }),
            "articles",
        ),
    ] {
        let request =
            Request::delete("/v1/sites/news/visitor").header("content-type", "application/json");
        let (status, problem) = problem(
            &site
                .send(request.body(Body::from(body.to_string())).unwrap())
                .await,
        );
        assert_eq!((status, &problem["field"]), (400, &json!(field)));
    }
}

#[tokio::test]
async fn an_unavailable_store_is_answered_with_retry_after() {
    for (reason, seconds) in [(StoreError::Busy, "1"), (StoreError::Unavailable, "30")] {
        let site = TestSite::on(Arc::new(Unable::because(reason)));
        let batch = json!({ "events": [read("a", &event_key(1))] });
        let ask = "/v1/sites/news/view?article=a";
        for reply in [
            site.post(batch).await,
            site.get(ask).await,
            site.get("/health/ready").await,
        ] {
            assert_eq!(
                (problem(&reply).0, reply.header("retry-after")),
                (503, seconds)
            );
        }
        assert_eq!(site.get("/health/live").await.status, 200);
    }
}
