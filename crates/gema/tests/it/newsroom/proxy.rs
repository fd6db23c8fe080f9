use std::net::IpAddr;

use super::{Browser, Endpoint};

/// The proxy's address, and another one on this machine.
const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 83, 77, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 83, 78, 1));

const PROXY_SIGN_IN: &str = r#"
trusted_proxies = ["127.83.77.1"]
[newsroom]
address = "https://gema.news.example"
user_header = "Remote-User"
groups_header = "Remote-Groups"
[[newsroom.groups]]
group = "olahraga"
site = "news"
role = "editor"
section = "/olahraga/"
[[newsroom.groups]]
group = "redaksi"
site = "news"
role = "reader"
[[newsroom.groups]]
group = "kepala"
site = "daily"
role = "operator"
"#;

fn user(endpoint: &Endpoint, from: IpAddr, user: &str, groups: &str) -> Browser {
    let mut browser = endpoint.browser_at(from);
    browser.headers = vec![
        ("remote-user", user.into()),
        ("remote-groups", groups.into()),
    ];
    browser
}

#[tokio::test]
async fn trusted_proxy_names_the_user_and_groups() {
    let endpoint = Endpoint::with(PROXY_SIGN_IN);
    let mut budi = user(&endpoint, PROXY, "Budi", "redaksi, olahraga,lain");
    let page = budi.get("/redaksi/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Masuk sebagai budi"), "{}", page.text);
    // The first group of the file counts.
    assert!(
        page.text.contains("/olahraga/") && page.text.contains("Editor"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("daily"), "{}", page.text);
    assert_eq!(budi.get("/redaksi/people").await.status, 403);
    let mut kepala = user(&endpoint, PROXY, "tono", "kepala");
    assert_eq!(kepala.get("/redaksi/people").await.status, 200);
    // A role that was given by name counts more than those of groups.
    endpoint.invites("budi", "news", "reader", None);
    let page = budi.get("/redaksi/").await;
    assert!(!page.text.contains("/olahraga/"), "{}", page.text);
    let mut stranger = user(&endpoint, PROXY, "asing", "");
    let page = stranger.get("/redaksi/").await;
    assert!(page.text.contains("belum punya peran"), "{}", page.text);
}

#[tokio::test]
async fn header_from_elsewhere_is_ignored() {
    let endpoint = Endpoint::with(PROXY_SIGN_IN);
    let mut forged = user(&endpoint, ELSEWHERE, "budi", "kepala");
    assert!(!forged.is_let_in().await);
    // Claims about the way do not help.
    for (name, value) in [
        ("x-forwarded-for", "127.83.77.1"),
        ("forwarded", "for=127.83.77.1"),
        ("x-real-ip", "127.83.77.1"),
    ] {
        forged.headers.push((name, value.into()));
        assert!(!forged.is_let_in().await, "{name}");
    }
    // Of two values, one may be the client's own.
    let mut twice = user(&endpoint, PROXY, "budi", "kepala");
    twice.headers.push(("remote-user", "tono".into()));
    assert!(!twice.is_let_in().await);
    let mut groups = user(&endpoint, PROXY, "budi", "kepala");
    groups.headers.push(("remote-groups", "redaksi".into()));
    assert_eq!(groups.get("/redaksi/people").await.status, 403);
    for name in ["budi<script>", "budi,tono", "budi, tono", "", "budi\tx"] {
        let mut odd = user(&endpoint, PROXY, name, "kepala");
        assert!(!odd.is_let_in().await, "{name}");
    }
    // Some servers take an underscore for the dash.
    for header in [
        "remote_user",
        "http_remote_user",
        "remote-user-",
        "x-remote-user",
    ] {
        let mut alike = endpoint.browser_at(PROXY);
        alike.headers = vec![(header, "budi".into()), ("remote-groups", "kepala".into())];
        assert!(!alike.is_let_in().await, "{header}");
    }
    let mut alike = user(&endpoint, PROXY, "tono", "");
    alike.headers.push(("remote_groups", "kepala".into()));
    assert_eq!(alike.get("/redaksi/people").await.status, 403);
}

#[tokio::test]
async fn header_counts_only_if_it_is_configured() {
    let endpoint = Endpoint::with("trusted_proxies = [\"127.83.77.1\"]\n[newsroom]");
    let mut forged = user(&endpoint, PROXY, "budi", "kepala");
    assert!(!forged.is_let_in().await);
}

#[tokio::test]
async fn forms_behind_a_proxy_need_the_configured_origin() {
    let endpoint = Endpoint::with(PROXY_SIGN_IN);
    let mut kepala = user(&endpoint, PROXY, "tono", "kepala");
    let fields = [("name", "siti"), ("site", "daily"), ("role", "reader")];
    for (origin, status) in [
        ("https://evil.example", 403),
        ("http://127.0.0.1", 403),
        ("https://gema.news.example", 200),
    ] {
        let headers = [("origin", origin)];
        let page = kepala
            .sends(reqwest::Method::POST, "/redaksi/people", &headers, &fields)
            .await;
        assert_eq!(page.status, status, "{origin}");
        let link = "https://gema.news.example/redaksi/set-password/siti/";
        assert_eq!(page.text.contains(link), status == 200, "{}", page.text);
    }
}
