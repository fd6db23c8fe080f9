use futures_util::future::join_all;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{Browser, Endpoint, pages::Filling};

const NUMBERS: &str = "/v1/sites/news/overlay.json";
const PAGE: &str = "https://news.example";

/// Opens an overlay. Returns its token, from the address of the site's page.
async fn opened(viewer: &mut Browser) -> String {
    let page = viewer.submits("/redaksi/news/overlay", &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let (_, token) = page
        .main()
        .split_once("https://news.example/?gema=newsroom#gema-newsroom=")
        .expect(&page.text);
    token.split('"').next().unwrap().to_owned()
}

/// What a page of that origin gets with the token.
async fn numbers(
    endpoint: &Endpoint,
    site: &str,
    token: &str,
    origin: &str,
) -> (StatusCode, HeaderMap, Value) {
    let mut page = endpoint.browser();
    let headers = [("gema-newsroom", token), ("origin", origin)];
    let path = NUMBERS.replace("news", site);
    let answer = page.sends(Method::GET, &path, &headers, &[]).await;
    let body = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
    (answer.status, answer.headers, body)
}

async fn status(endpoint: &Endpoint, token: &str) -> u16 {
    numbers(endpoint, "news", token, PAGE).await.0.as_u16()
}

#[tokio::test]
async fn an_overlay_shows_recent_reads_to_the_sites_pages_only() {
    let mut site = Filling::new();
    let (day, hour) = super::pages::today();
    site.puts("/a", "Banjir", "Ani", day, 0).await;
    site.reads("/a", day, hour.get(), 30).await;
    site.reads("/sport/b", day, hour.get(), 2).await;
    let endpoint = site.serves();
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let token = opened(&mut reader).await;
    let (status, headers, body) = numbers(&endpoint, "news", &token, PAGE).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(headers["access-control-allow-origin"], PAGE);
    assert_eq!(headers["cache-control"], "no-store");
    let articles = body["articles"].as_array().unwrap();
    let shown = |at: usize| {
        (
            &articles[at]["path"],
            &articles[at]["reads"],
            &articles[at]["trend"],
        )
    };
    assert_eq!(shown(0), (&"/a".into(), &30.into(), &"up".into()));
    assert_eq!(shown(1).0, "/sport/b");
    let (status, headers, body) = numbers(&endpoint, "news", &token, "https://evil.example").await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
    assert!(!headers.contains_key("access-control-allow-origin"));
    // Of a section, its articles only.
    let mut sport = endpoint
        .signed_in("dewi", "news", "reader", Some("/sport/"))
        .await;
    let token = opened(&mut sport).await;
    let (_, _, body) = numbers(&endpoint, "news", &token, PAGE).await;
    assert_eq!(body["articles"].as_array().unwrap().len(), 1, "{body}");
}

#[tokio::test]
async fn an_overlays_token_opens_nothing_else() {
    let endpoint = Endpoint::new();
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let token = opened(&mut reader).await;
    assert_eq!(status(&endpoint, &token).await, 200);
    // Neither another site's numbers, nor the pages: as a session, or as a read-only link.
    let daily = numbers(&endpoint, "daily", &token, "https://daily.example").await;
    assert_eq!(daily.0, StatusCode::FORBIDDEN);
    let mut thief = endpoint.browser();
    for cookie in ["gema", "gema-link"] {
        thief.cookies.insert(cookie.into(), token.clone());
    }
    assert!(!thief.is_let_in().await);
    let gone = endpoint
        .browser()
        .get(&format!("/redaksi/link/{token}"))
        .await;
    assert_eq!(gone.status, StatusCode::GONE);
    // And no other token opens an overlay.
    for other in ["", "x", &reader.cookies["gema"], "AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(status(&endpoint, other).await, 403, "{other}");
    }
}

#[tokio::test]
async fn an_overlay_ends_with_its_holder() {
    let endpoint = Endpoint::new();
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let token = opened(&mut reader).await;
    reader.submits("/redaksi/sign-out-everywhere", &[]).await;
    assert_eq!(status(&endpoint, &token).await, 403);
    reader.signs_in("citra", super::PASSWORD).await;
    let token = opened(&mut reader).await;
    assert_eq!(status(&endpoint, &token).await, 200);
    endpoint.cli.says(&["user", "rm", "citra"]);
    assert_eq!(status(&endpoint, &token).await, 403);
    // Of a link, with the link.
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let fields = [("label", "Tamu"), ("site", "news"), ("days", "1")];
    let made = editor.submits("/redaksi/links", &fields).await;
    let (_, link) = made.main().split_once("/redaksi/link/").unwrap();
    let mut guest = endpoint.browser();
    guest.get(&format!("/redaksi/link/{}", &link[..22])).await;
    let token = opened(&mut guest).await;
    assert_eq!(status(&endpoint, &token).await, 200);
    let links = editor.get("/redaksi/links").await;
    assert_eq!(
        links.main().matches("name=\"link\"").count(),
        1,
        "overlays are not listed"
    );
    let (_, form) = links.main().split_once("links/revoke").unwrap();
    let (_, hash) = form.split_once("value=\"").unwrap();
    editor
        .submits("/redaksi/links/revoke", &[("link", &hash[..64])])
        .await;
    assert_eq!(status(&endpoint, &token).await, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlays_that_are_opened_at_once_end_the_oldest() {
    let endpoint = Endpoint::new();
    let reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let opening = (0..30).map(|_| {
        let mut browser = reader.clone();
        async move { opened(&mut browser).await }
    });
    let tokens = join_all(opening).await;
    let answers = join_all(tokens.iter().map(|token| status(&endpoint, token))).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 5);
}

#[tokio::test]
async fn an_overlay_is_opened_by_viewers_of_the_site_only() {
    let endpoint = Endpoint::new();
    let mut other = endpoint.signed_in("eko", "daily", "operator", None).await;
    let refused = other.submits("/redaksi/news/overlay", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let foreign = [("sec-fetch-site", "cross-site")];
    let refused = reader
        .sends(Method::POST, "/redaksi/news/overlay", &foreign, &[])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.text.contains("#gema-newsroom="));
    // Six browsers: the first one's ends.
    let mut tokens = Vec::new();
    for _ in 0..6 {
        tokens.push(opened(&mut reader).await);
        // Times are stored to the second.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    }
    assert_eq!(status(&endpoint, &tokens[0]).await, 403);
    assert_eq!(status(&endpoint, &tokens[1]).await, 200);
    assert_eq!(status(&endpoint, &tokens[5]).await, 200);
}

#[tokio::test]
async fn without_a_newsroom_there_is_no_overlay() {
    let endpoint = Endpoint::new();
    assert_eq!(status(&endpoint, "AAAAAAAAAAAAAAAAAAAAAA").await, 403);
}
