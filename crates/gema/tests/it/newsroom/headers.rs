use reqwest::Method;

use super::{Endpoint, Page};

fn is_protected(page: &Page, what: &str) {
    let header = |name: &str| {
        let value = page.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    };
    assert_eq!(header("cache-control"), "no-store", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("x-robots-tag"), "noindex, nofollow", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(
        header("cross-origin-resource-policy"),
        "same-origin",
        "{what}"
    );
    assert_eq!(header("access-control-allow-origin"), "", "{what}");
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline"), "{what}: {policy}");
}

#[tokio::test]
async fn every_page_is_private_and_cannot_be_framed() {
    let endpoint = Endpoint::new();
    let mut browser = endpoint.signed_in("budi", "news", "operator", None).await;
    for path in ["", "account", "people", "links", "log", "sign-in"] {
        let page = browser.get(&format!("/redaksi/{path}")).await;
        assert_eq!(page.status, 200, "{path}");
        is_protected(&page, path);
        assert!(!page.text.contains("<script"), "{path}");
        assert!(!page.text.contains(" style="), "{path}");
    }
    for (path, status) in [
        ("news/now", 200),
        ("news/now.json", 200),
        ("news/site", 200),
        ("news/articles", 200),
        ("news/articles.csv", 200),
        ("news/settings", 200),
        ("news/article?article=/none", 404),
        ("news/article", 403),
        ("daily/now", 403),
        ("news", 303),
    ] {
        let page = browser.get(&format!("/redaksi/{path}")).await;
        assert_eq!(page.status, status, "{path}");
        is_protected(&page, path);
        assert!(!page.text.contains(" style="), "{path}");
    }
    let foreign = browser
        .sends(Method::POST, "/redaksi/people", &[], &[])
        .await;
    is_protected(&foreign, "a foreign form");
    is_protected(
        &browser.submits("/redaksi/sign-out", &[]).await,
        "signing out",
    );
    is_protected(&browser.get("/redaksi/").await, "a redirection");
    let over = browser.get("/redaksi/link/AAAAAAAAAAAAAAAAAAAAAA").await;
    is_protected(&over, "a link that is over");
}

#[tokio::test]
async fn pages_are_in_the_language_of_the_request() {
    let endpoint = Endpoint::with("[newsroom]");
    let mut browser = endpoint.browser();
    for (path, accepted, lang, said) in [
        ("/redaksi/sign-in", "", "id", "Kata sandi"),
        ("/redaksi/sign-in", "en-GB,en;q=0.9", "en", "Password"),
        ("/redaksi/sign-in?lang=id", "en", "id", "Kata sandi"),
        ("/redaksi/sign-in?lang=en", "id", "en", "Password"),
        // What was chosen is kept.
        ("/redaksi/sign-in", "id", "en", "Password"),
    ] {
        let headers = [("accept-language", accepted)];
        let page = browser.sends(Method::GET, path, &headers, &[]).await;
        let html = format!("<html lang=\"{lang}\">");
        assert!(
            page.text.contains(&html) && page.text.contains(said),
            "{path} {accepted}"
        );
    }
}

#[tokio::test]
async fn only_pages_of_this_machine_have_a_plain_cookie() {
    let endpoint = Endpoint::new();
    let path = endpoint.invites("budi", "news", "reader", None);
    let mut local = endpoint.browser();
    local.sets_password(&path).await;
    assert!(local.cookies.contains_key("gema"));
    let mut public = endpoint.browser();
    public.headers = vec![("host", "gema.news.example".into())];
    let page = public.signs_in("budi", super::PASSWORD).await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-gema="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(public.is_let_in().await);
    // A browser would not keep a secure cookie that comes by http.
    let mut plain = endpoint.browser();
    plain.headers = vec![("host", "10.0.0.7:8787".into())];
    let headers = [("origin", "http://10.0.0.7:8787")];
    let fields = [("name", "budi"), ("password", super::PASSWORD)];
    let page = plain
        .sends(Method::POST, "/redaksi/sign-in", &headers, &fields)
        .await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("https"), "{}", page.text);
}
