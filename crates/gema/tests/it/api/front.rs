use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use config::{Origin, Secret};
use scraper::{Html, Selector};

use crate::site::{Reply, TestSite};

async fn front(site: &TestSite, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::get("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

fn text(reply: &Reply, selector: &str) -> Vec<String> {
    let page = Html::parse_document(std::str::from_utf8(&reply.body).unwrap());
    page.select(&Selector::parse(selector).unwrap())
        .map(|node| node.text().collect())
        .collect()
}

const BEHIND_TLS: [(&str, &str); 2] = [
    ("host", "gema.news.example"),
    ("x-forwarded-proto", "https"),
];

#[tokio::test]
async fn the_front_page_has_each_sites_tag_and_origins_and_no_secret() {
    let site = TestSite::with(|site| {
        site.origins = ["https://news.example", "https://*.news.example", "loopback"]
            .map(|text| Origin::try_from(text.to_owned()).unwrap())
            .into();
        site.key = Some(Secret::new("a-key-that-nobody-may-see"));
    });
    let page = front(&site, &BEHIND_TLS).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, "text/html; charset=utf-8")
    );
    assert_eq!(
        text(&page, "section pre"),
        [r#"<script async src="https://gema.news.example/embed.js" data-site="news"></script>"#]
    );
    assert_eq!(
        text(&page, "section li"),
        [
            "https://news.example",
            "https://*.news.example",
            "this machine (localhost), any port"
        ]
    );
    let markup = String::from_utf8_lossy(&page.body).into_owned();
    assert!(
        !markup.contains("nobody-may-see") && !markup.contains("gema.db"),
        "{markup}"
    );
}

#[tokio::test]
async fn the_front_page_has_no_script_and_escapes_the_request() {
    let site = TestSite::new();
    let strange = [
        ("host", "\"><script>alert(1)</script>"),
        ("x-forwarded-prefix", "/<b>"),
        ("x-forwarded-host", "<i>"),
    ];
    let page = front(&site, &strange).await;
    assert!(text(&page, "script, b, i").is_empty(), "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_front_page_speaks_indonesian_too() {
    let site = TestSite::new();
    let page = front(&site, &[("accept-language", "id-ID,id;q=0.9,en;q=0.8")]).await;
    let markup = String::from_utf8_lossy(&page.body).into_owned();
    assert!(
        markup.contains("<html lang=\"id\">") && markup.contains("Pasang tag ini"),
        "{markup}"
    );
}

#[tokio::test]
async fn an_operator_may_keep_the_sites_to_themselves() {
    let site = TestSite::configured(|config| config.front_page = false, |_| {});
    let page = front(&site, &BEHIND_TLS).await;
    let markup = String::from_utf8_lossy(&page.body).into_owned();
    assert!(
        !markup.contains("news.example") && !markup.contains("data-site"),
        "{markup}"
    );
}

#[tokio::test]
async fn a_newsrooms_endpoint_shows_no_demo_but_says_what_it_is() {
    let site = TestSite::new();
    let root = site.get("/").await;
    assert_eq!(root.status, StatusCode::OK);
    let text = String::from_utf8_lossy(&root.body).into_owned();
    let is_front_page = text.contains(&format!("<h1>Gema {}</h1>", env!("CARGO_PKG_VERSION")));
    assert!(
        is_front_page && text.contains("docs/embedding.md"),
        "{text}"
    );
    assert_eq!(site.get("/berita.html").await.status, StatusCode::NOT_FOUND);
}
