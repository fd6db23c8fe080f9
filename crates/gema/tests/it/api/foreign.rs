use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use config::{Origin, Site};
use wire::SiteId;

use super::clients::all_clients;
use crate::site::{FIREFOX, PAGE, Reply, TestSite};

const FRAME_PATH_IN_INDONESIAN: &str = "/v1/sites/news/widget.html?article=a&lang=id&frame=1";

async fn asks(
    site: &TestSite,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    site.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[test]
fn events_without_an_origin_need_opaque_origins() {
    assert!(!Site::new(SiteId::parse("news").unwrap()).opaque_origins);
}

#[tokio::test]
async fn only_the_sites_pages_can_embed_the_frame_and_none_read_it() {
    let site = TestSite::with(|site| {
        site.origins = [
            "https://news.example",
            "https://*.news.example:8443",
            "loopback",
        ]
        .map(|origin| Origin::try_from(origin.to_owned()).unwrap())
        .into();
    });
    let shown = asks(
        &site,
        Method::GET,
        FRAME_PATH_IN_INDONESIAN,
        &[("origin", PAGE)],
        "",
    )
    .await;
    let policy = shown.header("content-security-policy");
    let framing = policy
        .split("; ")
        .find(|rule| rule.starts_with("frame-ancestors "))
        .unwrap();
    assert_eq!(
        framing,
        "frame-ancestors 'self' https://news.example https://*.news.example:8443 http://localhost:* https://localhost:* \
         http://127.0.0.1:* https://127.0.0.1:*"
    );
    assert!(
        !shown.headers.contains_key("access-control-allow-origin"),
        "{:?}",
        shown.headers
    );
    // Any page may read a response that contains nothing about its reader.
    let fragment = asks(
        &site,
        Method::GET,
        &FRAME_PATH_IN_INDONESIAN.replace("&frame=1", ""),
        &[("origin", "https://other.example")],
        "",
    )
    .await;
    assert_eq!(fragment.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn all_html_has_a_policy() {
    let site = TestSite::new();
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", PAGE),
        ("sec-fetch-site", "same-origin"),
    ];
    let fields = "article=a&reaction=happy&visitor=AAAAAAAAAAAAAAAAAAAAAA&seq=1&endpoint=https%3A%2F%2Fother.example";
    for (method, path, body) in [
        (
            Method::GET,
            FRAME_PATH_IN_INDONESIAN.replace("&frame=1", "").as_str(),
            "",
        ),
        (Method::GET, FRAME_PATH_IN_INDONESIAN, ""),
        (
            Method::GET,
            FRAME_PATH_IN_INDONESIAN
                .replace("frame", "stand_in")
                .as_str(),
            "",
        ),
        (Method::POST, "/v1/sites/news/reaction", fields),
    ] {
        let reply = asks(&site, method, path, &form, body).await;
        assert!(
            reply.header("content-type").starts_with("text/html"),
            "{path}"
        );
        assert!(
            reply
                .header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_host_header_does_not_make_a_page_same_origin() {
    let site = TestSite::new();
    let origin = "https://other.example";
    let event = r#"{"events":[{"type":"read","article":"a","key":"aaaaaaaaaaaaaaaa"}]}"#;
    let sends = [("content-type", "text/plain"), ("origin", origin)];
    let named = [&sends[..], &[("host", "other.example")]].concat();
    assert_eq!(
        asks(&site, Method::POST, "/v1/sites/news/events", &named, event)
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    let own = [&sends[..], &[("sec-fetch-site", "same-origin")]].concat();
    assert_eq!(
        asks(&site, Method::POST, "/v1/sites/news/events", &own, event)
            .await
            .status,
        StatusCode::OK
    );
}

/// The endpoint is below the origin of the site `sport`: at `https://sport.example/gema/`.
fn below_another_site(change: impl FnOnce(&mut Site)) -> TestSite {
    let mut sport = Site::new(SiteId::parse("sport").unwrap());
    sport.origins = vec![Origin::Exact(SPORT.into())];
    TestSite::configured(
        |config| drop(config.sites.insert(sport.id.clone(), sport.into())),
        change,
    )
}

const SPORT: &str = "https://sport.example";

#[tokio::test]
async fn pages_on_the_endpoints_origin_act_for_their_own_site() {
    let site = below_another_site(|_| {});
    let event = r#"{"events":[{"type":"read","article":"a","key":"aaaaaaaaaaaaaaaa"}]}"#;
    for (id, origin, expected) in [
        ("news", SPORT, StatusCode::FORBIDDEN),
        ("sport", SPORT, StatusCode::OK),
        ("news", "https://gema.example", StatusCode::OK),
    ] {
        let headers = [
            ("content-type", "text/plain"),
            ("origin", origin),
            ("sec-fetch-site", "same-origin"),
        ];
        let path = format!("/v1/sites/{id}/events");
        let sent = asks(&site, Method::POST, &path, &headers, event).await;
        assert_eq!(sent.status, expected, "{id} {origin}");
    }
    // Nor do they read which choice their visitors have made there.
    for (page, readable) in [
        (Some("https://sport.example/x"), "*"),
        (None, "*"),
        (Some("https://gema.example/coba.html"), ""),
    ] {
        let same = [("sec-fetch-site", "same-origin")];
        let headers = page.map(|page| ("referer", page)).into_iter().chain(same);
        let headers: Vec<_> = headers.collect();
        let path = "/v1/sites/news/widget.html?article=a&stand_in=1";
        let shown = asks(&site, Method::GET, path, &headers, "").await;
        assert_eq!(
            shown.header("access-control-allow-origin"),
            readable,
            "{page:?}"
        );
    }
}

#[tokio::test]
async fn the_frames_form_is_accepted_for_every_site_of_the_endpoint() {
    let site = below_another_site(|_| {});
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", SPORT),
        ("sec-fetch-site", "same-origin"),
    ];
    let path = FRAME_PATH_IN_INDONESIAN;
    let sent = asks(&site, Method::POST, path, &headers, "reaction=happy").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
}

/// A kind of page, the headers that it sends, and whether it may send to the site.
type Sender = (&'static str, &'static [(&'static str, &'static str)], bool);

/// The headers by which a page on the endpoint's host tells where it is, and whether it may send to the site `news`
/// while the endpoint also serves `sport` below that host.
const SENDERS: [Sender; 11] = [
    ("listed", &[("origin", PAGE)], true),
    ("listed, cross-site", &[("origin", PAGE), CROSS], true),
    (
        "the endpoint's",
        &[("origin", "https://gema.example"), SAME],
        true,
    ),
    ("of another site", &[("origin", SPORT), SAME], false),
    (
        "foreign",
        &[("origin", "https://other.example"), CROSS],
        false,
    ),
    ("opaque", &[("origin", "null"), SAME], false),
    ("opaque, cross-site", &[("origin", "null"), CROSS], false),
    (
        "without a referrer policy's origin, of another site",
        &[
            ("origin", "null"),
            ("referer", "https://sport.example/x"),
            SAME,
        ],
        false,
    ),
    ("without an origin", &[SAME], false),
    ("without an origin, cross-site", &[CROSS], false),
    (
        "with a Referer of another site",
        &[("referer", "https://sport.example/x"), SAME],
        false,
    ),
];

const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");

/// Every request that counts something for a site.
const WRITES: [(&str, &str, &str, &str); 6] = [
    (
        "POST",
        "events",
        "text/plain",
        r#"{"events":[{"type":"read","article":"/a","key":"aaaaaaaaaaaaaaaa"}]}"#,
    ),
    (
        "POST",
        "waline/api/article",
        "application/json",
        r#"{"path":"/a","type":"time"}"#,
    ),
    (
        "POST",
        "waline/article",
        "application/json",
        r#"{"path":"/a","type":"reaction0"}"#,
    ),
    ("GET", "goatcounter/count?p=/a", "", ""),
    ("POST", "goatcounter/count?p=/a", "text/plain", ""),
    ("POST", "open-heart/a", "text/plain", "\u{2764}\u{fe0f}"),
];

#[tokio::test]
async fn every_route_that_counts_refuses_the_same_pages() {
    for (page, headers, is_allowed) in SENDERS {
        for (method, path, media, body) in WRITES {
            let site = below_another_site(|site| {
                site.opaque_origins = false;
                site.clients = all_clients();
            });
            let headers = [headers, &[("user-agent", FIREFOX), ("content-type", media)]].concat();
            let path = format!("/v1/sites/news/{path}");
            let sent = asks(&site, method.parse().unwrap(), &path, &headers, body).await;
            let expected = if is_allowed { 200 } else { 403 };
            assert_eq!(sent.status, expected, "{page}: {method} {path}: {sent:?}");
            let counted = site.tally("/a").await.rev > 0;
            assert_eq!(counted, is_allowed, "{page}: {method} {path}");
        }
    }
}
