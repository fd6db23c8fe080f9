//! The refusal in a view: it informs a page in advance that its events would be refused.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use wire::{Poll, View};

use super::fragment::view;
use crate::site::{PAGE, Reply, TestSite, event_key, read};

const REFUSED_FRAGMENT_PATH: &str = "/v1/sites/news/widget.html?article=a";

async fn asks(site: &TestSite, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = headers
        .iter()
        .fold(Request::get(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    let reply = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (reply.status, reply.header("access-control-allow-origin")),
        (StatusCode::OK, "*"),
        "{reply:?}"
    );
    reply
}

async fn drawn(site: &TestSite, origin: &str) -> Reply {
    asks(
        site,
        &format!("{REFUSED_FRAGMENT_PATH}&origin={origin}"),
        &[],
    )
    .await
}

/// The response to an event from a page of that origin.
async fn sent(site: &TestSite, origin: &str) -> Reply {
    let mut request = TestSite::events(json!({ "events": [read("a", &event_key(1))] }));
    request
        .headers_mut()
        .insert("origin", origin.parse().unwrap());
    site.send(request).await
}

#[tokio::test]
async fn a_refused_page_gets_the_reason_and_a_closed_poll() {
    let site = TestSite::new();
    site.reader().reacts("a", "happy").await;
    for origin in [
        "https://evil.example",
        "http://news.example",
        "https://news.example:8443",
        "capacitor://localhost",
    ] {
        let reply = drawn(&site, origin).await;
        let view = view(&reply);
        let html = String::from_utf8_lossy(&reply.body).into_owned();
        let why = view.refusal.unwrap();
        for word in [origin, "`news`", "`origins` in gema.toml"] {
            assert!(why.contains(word), "{word}: {why}");
        }
        assert_eq!(
            (view.poll, view.tally.reads, view.tally.reactions.total()),
            (Poll::Closed, 0, 1)
        );
        assert!(
            !html.contains("<button part=\"option\"")
                && html.contains("100%")
                && !html.contains("ditutup"),
            "{html}"
        );
        // The view's refusal has the same words as the response to an event.
        let refused = sent(&site, origin).await;
        assert_eq!(
            (refused.status, refused.json::<Value>()["detail"].as_str()),
            (StatusCode::FORBIDDEN, Some(&*why))
        );
    }
    let asked: View = asks(
        &site,
        "/v1/sites/news/view?article=a&origin=https://evil.example",
        &[],
    )
    .await
    .json();
    assert!(
        asked
            .refusal
            .is_some_and(|why| why.contains("https://evil.example"))
            && asked.poll == Poll::Closed
    );
}

#[tokio::test]
async fn an_allowed_origin_parameter_changes_nothing() {
    let site = TestSite::new();
    let without = asks(&site, REFUSED_FRAGMENT_PATH, &[]).await;
    for origin in [
        PAGE,
        "null",
        "",
        "news.example",
        "https://",
        "://a",
        "https://a/b",
        "https://a%22%3E",
        "https://%C3%A9",
    ] {
        let reply = drawn(&site, origin).await;
        assert_eq!(view(&reply).refusal, None, "{origin}");
        assert_eq!(reply.body, without.body, "{origin}");
    }
    let long = format!("https://{}", "a".repeat(300));
    assert_eq!(
        view(&drawn(&site, &long).await).refusal,
        None,
        "no host name is that long"
    );
}

#[tokio::test]
async fn a_page_without_an_origin_is_judged_by_the_sites_option() {
    let strict = TestSite::with(|site| site.opaque_origins = false);
    let why = view(&drawn(&strict, "null").await).refusal.unwrap();
    assert!(
        why.contains("`news`") && why.contains("`opaque_origins` in gema.toml"),
        "{why}"
    );
    assert_eq!(
        sent(&strict, "null").await.json::<Value>()["detail"],
        json!(why)
    );
}

#[tokio::test]
async fn the_endpoints_own_pages_are_never_refused() {
    let site = TestSite::new();
    let path = format!("{REFUSED_FRAGMENT_PATH}&origin=https://gema.example");
    let refused = |reply: &Reply| view(reply).refusal.is_some();
    // Requests for the same address, from other hosts and from the endpoint's own page; in the second round from the
    // cache.
    for _ in 0..2 {
        assert!(refused(
            &asks(&site, &path, &[("host", "www.example")]).await
        ));
        assert!(
            refused(&asks(&site, &path, &[("host", "gema.example")]).await),
            "anybody may say so"
        );
        let behind_a_proxy = [
            ("host", "127.0.0.1:8787"),
            ("sec-fetch-site", "same-origin"),
        ];
        let own = asks(&site, &path, &behind_a_proxy).await;
        assert!(!refused(&own));
        assert!(
            own.headers
                .get_all("vary")
                .iter()
                .any(|of| of == "sec-fetch-site"),
            "{:?}",
            own.headers
        );
    }
    assert!(
        site.metrics()
            .await
            .contains("gema_cache_lookups_total{result=\"hit\"} 4")
    );
    let listed = drawn(&site, PAGE).await;
    assert!(
        listed
            .headers
            .get_all("vary")
            .iter()
            .all(|of| of != "sec-fetch-site"),
        "{:?}",
        listed.headers
    );
}

#[tokio::test]
async fn cached_answer_is_of_its_page_however_the_origin_is_encoded() {
    for parameter in ["origin", "%6Frigin", "o%72igi%6e"] {
        for first in ["same-origin", "cross-site"] {
            let site = TestSite::new();
            let path =
                format!("/v1/sites/news/view?article=/v&{parameter}=https%3A%2F%2Fgema.example");
            let other = match first {
                "same-origin" => "cross-site",
                _ => "same-origin",
            };
            for page in [first, other, first, other] {
                let reply = asks(&site, &path, &[("sec-fetch-site", page)]).await;
                let view: View = reply.json();
                let is_refused = page == "cross-site";
                assert_eq!(view.refusal.is_some(), is_refused, "{page}: {path}");
            }
        }
    }
}
