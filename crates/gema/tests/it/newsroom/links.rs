use futures_util::future::join_all;

use super::{Browser, Endpoint};

/// Makes a link. Returns its path.
pub(super) async fn makes_link(browser: &mut Browser, label: &str, section: &str) -> String {
    let fields = [
        ("label", label),
        ("site", "news"),
        ("section", section),
        ("days", "7"),
    ];
    let page = browser.submits("/redaksi/links", &fields).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let (_, path) = page.text.split_once("/redaksi/link/").expect(&page.text);
    format!("/redaksi/link/{}", path.split('<').next().unwrap())
}

/// The hash of the only link in the list.
pub(super) async fn listed(browser: &mut Browser) -> String {
    let page = browser.get("/redaksi/links").await;
    let html = scraper::Html::parse_document(&page.text);
    let field = scraper::Selector::parse("input[name=link]").unwrap();
    let field = html.select(&field).next().expect(&page.text);
    field.attr("value").unwrap().to_owned()
}

#[tokio::test]
async fn link_moves_into_a_cookie_and_is_worthless_after_revocation() {
    life_of_a_link(Endpoint::new()).await;
}

/// A link is made, visited and revoked.
pub(super) async fn life_of_a_link(endpoint: Endpoint) {
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let path = makes_link(&mut editor, "Rapat direksi", "").await;
    let token = path.rsplit('/').next().unwrap();
    let list = editor.get("/redaksi/links").await;
    assert!(list.text.contains("Rapat direksi") && !list.text.contains(token));

    let mut guest = endpoint.browser();
    guest.headers = vec![("sec-fetch-site", "cross-site".into())];
    let page = guest.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("content=\"0; url=../\""),
        "{}",
        page.text
    );
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    guest.headers.clear();
    let page = guest.get("/redaksi/").await;
    assert!(page.text.contains("Rapat direksi"), "{}", page.text);
    assert!(
        !page.text.contains(token),
        "the token is only in the cookie"
    );
    // A guest reads, and does nothing else.
    for path in ["links", "people", "log", "account"] {
        assert_eq!(
            guest.get(&format!("/redaksi/{path}")).await.status,
            403,
            "{path}"
        );
    }
    let fields = [("label", "x"), ("site", "news"), ("days", "7")];
    assert_eq!(guest.submits("/redaksi/links", &fields).await.status, 403);

    let hash = listed(&mut editor).await;
    let fields = [("link", hash.as_str())];
    assert_eq!(
        guest.submits("/redaksi/links/revoke", &fields).await.status,
        403
    );
    assert!(guest.is_let_in().await);
    let revoked = editor.submits("/redaksi/links/revoke", &fields).await;
    assert_eq!(revoked.status, 303);
    assert!(!guest.is_let_in().await);
    assert_eq!(guest.get(&path).await.status, 410);
}

#[tokio::test]
async fn links_stay_within_the_editors_section_and_site() {
    bounds_of_links(Endpoint::new()).await;
}

/// An editor of a section makes links to other sections and sites.
pub(super) async fn bounds_of_links(endpoint: Endpoint) {
    let mut editor = endpoint
        .signed_in("budi", "news", "editor", Some("/olahraga/"))
        .await;
    for (site, section, status) in [
        ("news", "/politik/", 403),
        ("news", "/", 403),
        ("daily", "", 403),
        ("news", "/olahraga/bola/", 200),
        ("news", "", 200),
    ] {
        let fields = [
            ("label", "x"),
            ("site", site),
            ("section", section),
            ("days", "1"),
        ];
        let page = editor.submits("/redaksi/links", &fields).await;
        assert_eq!(page.status, status, "{site} {section}");
    }
    let list = editor.get("/redaksi/links").await.text;
    assert_eq!(list.matches("<td>/olahraga/").count(), 2, "{list}");
    // Another editor neither sees nor revokes the links, the operator of the site does.
    let hash = listed(&mut editor).await;
    let fields = [("link", hash.as_str())];
    let mut other = endpoint.signed_in("siti", "news", "editor", None).await;
    assert!(!other.get("/redaksi/links").await.text.contains(&hash));
    assert_eq!(
        other.submits("/redaksi/links/revoke", &fields).await.status,
        403
    );
    let mut operator = endpoint.signed_in("tono", "news", "operator", None).await;
    assert_eq!(
        operator
            .submits("/redaksi/links/revoke", &fields)
            .await
            .status,
        303
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_are_made_at_once_are_limited_too() {
    let endpoint = Endpoint::new();
    let editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let making = (0..120).map(|number| {
        let mut browser = editor.clone();
        async move {
            let label = format!("Tautan {number}");
            let fields = [("label", label.as_str()), ("site", "news"), ("days", "7")];
            browser.submits("/redaksi/links", &fields).await.status
        }
    });
    let made = join_all(making).await;
    let made = made.iter().filter(|status| **status == 200);
    assert_eq!(made.count(), 100);
}

#[tokio::test]
async fn link_does_not_take_the_place_of_a_session() {
    let endpoint = Endpoint::new();
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let path = makes_link(&mut editor, "Rapat", "").await;
    editor.get(&path).await;
    let page = editor.get("/redaksi/").await;
    assert!(page.text.contains("Masuk sebagai budi"), "{}", page.text);
}
