use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::site::TestSite;

const BADGE: &str = "/v1/sites/news/badge.svg?article=a";

fn svg(reply: &crate::site::Reply) -> &str {
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.headers["content-type"], "image/svg+xml");
    std::str::from_utf8(&reply.body).unwrap()
}

#[tokio::test]
async fn a_badge_shows_the_count_in_the_requested_language() {
    let site = TestSite::with(|site| site.languages = ["id", "ar", "en"].map(str::to_owned).into());
    site.reader().reads("a").await;
    site.reader().reacts("a", "sad").await;
    for (asked, says, direction) in [
        ("", "Dibaca 1 kali", "ltr"),
        ("&lang=en", "Read 1 time", "ltr"),
        ("&lang=ar", "قُرئ مرة واحدة", "rtl"),
        ("&lang=en&show=reactions", "1 response", "ltr"),
    ] {
        let reply = site.get(&format!("{BADGE}{asked}")).await;
        let svg = svg(&reply);
        assert!(
            svg.contains(&format!("<title>{says}</title>"))
                && svg.contains(&format!(">{says}</text>")),
            "{svg}"
        );
        assert!(
            svg.contains("role=\"img\"") && svg.contains(&format!("aria-label=\"{says}\"")),
            "{svg}"
        );
        assert!(svg.contains(&format!("direction=\"{direction}\"")), "{svg}");
        let lang = if asked.contains("ar") {
            "ar"
        } else if asked.contains("en") {
            "en"
        } else {
            "id"
        };
        assert!(
            svg.contains(&format!(" lang=\"{lang}\"")),
            "screen readers choose voices by the language: {svg}"
        );
    }
}

#[tokio::test]
async fn a_badge_is_kept_by_caches_until_the_count_has_changed() {
    let site = TestSite::new();
    let first = site.get(BADGE).await;
    assert!(
        first.headers["cache-control"]
            .to_str()
            .unwrap()
            .starts_with("public, max-age=")
    );
    let again = Request::get(BADGE)
        .header("if-none-match", &first.headers["etag"])
        .body(Body::empty())
        .unwrap();
    assert_eq!(site.send(again).await.status, StatusCode::NOT_MODIFIED);
    site.reader().reads("a").await;
    let again = Request::get(BADGE)
        .header("if-none-match", &first.headers["etag"])
        .body(Body::empty())
        .unwrap();
    assert!(svg(&site.send(again).await).contains("Dibaca 1 kali"));
}

#[tokio::test]
async fn a_sites_own_words_end_no_element_of_a_badge() {
    let site = TestSite::with(|site| {
        site.labels.insert(
            "id".into(),
            "reads = '<b>\"{n}\" & co</b>'".parse().unwrap(),
        );
    });
    let reply = site.get(BADGE).await;
    assert!(
        svg(&reply).contains("<title>&lt;b&gt;\"0\" &amp; co&lt;/b&gt;</title>"),
        "{}",
        svg(&reply)
    );
    assert_eq!(
        site.get("/v1/sites/news/badge.svg").await.status,
        StatusCode::BAD_REQUEST
    );
}
