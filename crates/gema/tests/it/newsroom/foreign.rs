use reqwest::Method;

use super::{Endpoint, PASSWORD};

/// Every form, with fields that would succeed.
const FORMS: [(&str, &[(&str, &str)]); 9] = [
    (
        "/redaksi/sign-in",
        &[("name", "budi"), ("password", PASSWORD)],
    ),
    ("/redaksi/sign-out", &[]),
    ("/redaksi/sign-out-everywhere", &[]),
    (
        "/redaksi/people",
        &[("name", "evil"), ("site", "news"), ("role", "operator")],
    ),
    ("/redaksi/people/invite", &[("name", "siti")]),
    ("/redaksi/people/sign-out", &[("name", "siti")]),
    (
        "/redaksi/people/revoke",
        &[("name", "siti"), ("site", "news")],
    ),
    ("/redaksi/people/remove", &[("name", "siti")]),
    (
        "/redaksi/links",
        &[("label", "evil"), ("site", "news"), ("days", "7")],
    ),
];

#[tokio::test]
async fn form_of_another_page_has_no_effect() {
    let endpoint = Endpoint::new();
    let mut browser = endpoint.signed_in("budi", "news", "operator", None).await;
    let mut siti = endpoint.signed_in("siti", "news", "reader", None).await;
    let people = browser.get("/redaksi/people").await.text;
    let log = browser.get("/redaksi/log").await.text;
    let own = browser.url.clone();
    let foreign: [&[(&str, &str)]; 8] = [
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://localhost:1"),
        ],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[],
    ];
    for (path, fields) in FORMS {
        for headers in foreign {
            let page = browser.sends(Method::POST, path, headers, fields).await;
            assert_eq!(page.status, 403, "{path} {headers:?}");
            assert!(
                !page.headers.contains_key("set-cookie"),
                "{path} {headers:?}"
            );
        }
    }
    assert!(browser.is_let_in().await && siti.is_let_in().await);
    assert_eq!(browser.get("/redaksi/people").await.text, people);
    assert_eq!(browser.get("/redaksi/log").await.text, log);
    let links = browser.get("/redaksi/links").await.text;
    assert!(!links.contains("evil"), "{links}");
}

#[tokio::test]
async fn old_browser_without_fetch_metadata_signs_in_by_its_origin() {
    let endpoint = Endpoint::new();
    endpoint.signed_in("budi", "news", "reader", None).await;
    let mut browser = endpoint.browser();
    let own = browser.url.clone();
    let fields = [("name", "budi"), ("password", PASSWORD)];
    let headers = [("origin", own.as_str())];
    let page = browser
        .sends(Method::POST, "/redaksi/sign-in", &headers, &fields)
        .await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert!(browser.is_let_in().await);
}

#[tokio::test]
async fn navigation_from_another_site_continues_with_the_session() {
    let endpoint = Endpoint::new();
    let mut browser = endpoint.signed_in("budi", "news", "operator", None).await;
    let cookies = std::mem::take(&mut browser.cookies);
    // A strict cookie is not sent with the navigation itself, but with the one that the page begins.
    let headers = [("sec-fetch-site", "cross-site")];
    let page = browser
        .sends(Method::GET, "/redaksi/people?lang=en", &headers, &[])
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("content=\"0; url=./people?lang=en\""),
        "{}",
        page.text
    );
    browser.cookies = cookies;
    let headers = [("sec-fetch-site", "same-origin")];
    let page = browser
        .sends(Method::GET, "/redaksi/people?lang=en", &headers, &[])
        .await;
    assert!(page.text.contains("budi"), "{}", page.text);
}

#[tokio::test]
async fn link_of_another_site_leads_nowhere_else() {
    let endpoint = Endpoint::with("[newsroom]");
    let mut browser = endpoint.browser();
    let base = reqwest::Url::parse("https://gema.news.example").unwrap();
    for path in [
        "/redaksi/http:evil.example",
        "/redaksi/javascript:alert(1)",
        "/redaksi//evil.example",
        "/redaksi/'http:evil.example",
        "/redaksi/news/now?lang=en",
    ] {
        let headers = [("sec-fetch-site", "cross-site")];
        let page = browser.sends(Method::GET, path, &headers, &[]).await;
        let addresses = page.text.split("content=\"0; url=").skip(1);
        for address in addresses.map(|rest| rest.split('"').next().unwrap()) {
            assert!(address.starts_with('.'), "{path}: {address}");
            let target = base.join(path).unwrap().join(address).unwrap();
            assert_eq!(target.origin(), base.origin(), "{path}: {address}");
        }
        let page = browser.get(path).await;
        if page.status != 404 {
            let target = base.join(path).unwrap().join(page.location()).unwrap();
            assert_eq!(target.origin(), base.origin(), "{path}: {target}");
        }
    }
}
