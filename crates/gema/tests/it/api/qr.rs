use axum::http::StatusCode;
use serde_json::{Value, json};

use super::articles::newsroom;
use crate::site::{PAGE, TestSite};

#[tokio::test]
async fn the_qr_code_is_of_the_address_that_the_newsroom_gave() {
    let site = newsroom();
    let page = format!("{PAGE}/a");
    let url = |address: &str| format!("/v1/sites/news/qr.svg?article=a&url={address}");
    let of_page = site.get(&url(&page)).await;
    assert_eq!(of_page.status, StatusCode::OK);
    assert_eq!(of_page.header("content-type"), "image/svg+xml");
    assert_eq!(of_page.header("access-control-allow-origin"), "*");
    assert_eq!(of_page.header("cache-control"), "public, max-age=3600");
    site.put(
        "a",
        json!({ "title": "A", "html": "<p>a</p>", "url": "https://news.example/kanonik" }),
    )
    .await;
    let of_newsroom = site.get("/v1/sites/news/qr.svg?article=a").await;
    assert_eq!(of_newsroom.status, StatusCode::OK);
    assert_ne!(of_newsroom.body, of_page.body);
    assert_eq!(site.get(&url(&page)).await.body, of_newsroom.body);
}

#[tokio::test]
async fn no_qr_codes_are_drawn_for_others() {
    let site = TestSite::new();
    for (address, status) in [
        ("https://evil.example/", StatusCode::FORBIDDEN),
        ("https://news.example.evil.example/", StatusCode::FORBIDDEN),
        ("https://news.example@evil.example/", StatusCode::FORBIDDEN),
        ("https://user:pass@news.example/", StatusCode::FORBIDDEN),
        ("http://news.example/", StatusCode::FORBIDDEN),
        ("javascript:alert(1)", StatusCode::FORBIDDEN),
        ("/relative", StatusCode::BAD_REQUEST),
        (
            &format!("{PAGE}/{}", "x".repeat(1024)),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let reply = site
            .get(&format!("/v1/sites/news/qr.svg?article=a&url={address}"))
            .await;
        assert_eq!(
            (reply.status, &reply.json::<Value>()["field"]),
            (status, &json!("url")),
            "{address}"
        );
    }
    assert_eq!(
        site.get("/v1/sites/news/qr.svg?article=a").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(site.tally("a").await.rev, 0);
}
