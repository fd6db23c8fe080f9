use std::collections::BTreeMap;

use reqwest::Method;

use super::{Endpoint, PASSWORD, invitation_path};

/// Every address of the pages, with a method that it has.
const ADDRESSES: [(&str, &str); 28] = [
    ("GET", "/redaksi"),
    ("GET", "/redaksi/"),
    ("GET", "/redaksi/sign-in"),
    ("POST", "/redaksi/sign-in"),
    ("GET", "/redaksi/set-password/budi/AAAAAAAAAAAAAAAAAAAAAA"),
    ("POST", "/redaksi/set-password/budi/AAAAAAAAAAAAAAAAAAAAAA"),
    ("GET", "/redaksi/account"),
    ("POST", "/redaksi/sign-out"),
    ("POST", "/redaksi/sign-out-everywhere"),
    ("GET", "/redaksi/people"),
    ("POST", "/redaksi/people"),
    ("POST", "/redaksi/people/invite"),
    ("POST", "/redaksi/people/revoke"),
    ("POST", "/redaksi/people/remove"),
    ("POST", "/redaksi/people/sign-out"),
    ("GET", "/redaksi/links"),
    ("POST", "/redaksi/links/revoke"),
    ("GET", "/redaksi/link/AAAAAAAAAAAAAAAAAAAAAA"),
    ("GET", "/redaksi/log"),
    ("GET", "/redaksi/news"),
    ("GET", "/redaksi/news/now"),
    ("GET", "/redaksi/news/now.json"),
    ("GET", "/redaksi/news/site"),
    ("GET", "/redaksi/news/articles"),
    ("GET", "/redaksi/news/articles.csv"),
    ("GET", "/redaksi/news/article?article=a"),
    ("POST", "/redaksi/news/article?article=a"),
    ("GET", "/redaksi/news/settings"),
];

/// The statuses of all addresses, with each method.
async fn statuses(endpoint: &Endpoint) -> Vec<(String, u16)> {
    let mut found = Vec::new();
    let own = [("sec-fetch-site", "same-origin")];
    for (_, path) in ADDRESSES {
        for method in [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
        ] {
            let mut browser = endpoint.browser();
            let page = browser.sends(method.clone(), path, &own, &[]).await;
            found.push((format!("{method} {path}"), page.status.as_u16()));
        }
    }
    found
}

#[tokio::test]
async fn nothing_is_reachable_without_users_or_section() {
    let endpoint = Endpoint::new();
    let nothing = endpoint.browser().get("/nothing").await;
    let here = endpoint.browser().get("/redaksi/sign-in").await;
    assert_eq!((nothing.status, nothing.text), (here.status, here.text));
    for (request, status) in statuses(&endpoint).await {
        assert_eq!(status, 404, "{request}");
    }
    endpoint.invites("budi", "news", "reader", None);
    let found = statuses(&endpoint).await;
    for (method, path) in ADDRESSES {
        let request = format!("{method} {path}");
        let (_, status) = found.iter().find(|(known, _)| *known == request).unwrap();
        assert!(!matches!(status, 404 | 405), "{request}: {status}");
    }
    endpoint.cli.says(&["user", "rm", "budi"]);
    assert_eq!(endpoint.browser().get("/redaksi/sign-in").await.status, 404);
}

#[tokio::test]
async fn the_section_switches_the_pages_on_and_off() {
    let on = Endpoint::with("[newsroom]\ntitle = \"Meja <Berita>\"");
    let page = on.browser().get("/redaksi/sign-in").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Meja &lt;Berita&gt;"), "{}", page.text);
    let off = Endpoint::with("[newsroom]\nenabled = false");
    off.invites("budi", "news", "reader", None);
    for (request, status) in statuses(&off).await {
        assert_eq!(status, 404, "{request}");
    }
}

#[tokio::test]
async fn one_time_link_sets_a_password_once() {
    use_of_a_one_time_link(Endpoint::new()).await;
}

/// Passwords that are refused, the one that is set, and the link afterwards.
pub(super) async fn use_of_a_one_time_link(endpoint: Endpoint) {
    let path = endpoint.invites("budi", "news", "editor", None);
    let mut browser = endpoint.browser();
    for (password, again, said) in [
        ("pendek", "pendek", "12 karakter"),
        ("budibudibudi", "budibudibudi", "mudah ditebak"),
        (PASSWORD, "kuda hijau melompat", "berbeda"),
    ] {
        let fields = [("password", password), ("again", again)];
        let page = browser.submits(&path, &fields).await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains(said), "{}", page.text);
    }
    browser.sets_password(&path).await;
    for page in [
        browser.get(&path).await,
        browser
            .submits(&path, &[("password", PASSWORD), ("again", PASSWORD)])
            .await,
    ] {
        assert_eq!(page.status, 410);
        assert!(page.text.contains("sudah dipakai"), "{}", page.text);
    }
    let mut other = endpoint.browser();
    assert_eq!(other.signs_in("budi", "kuda merah").await.status, 403);
    assert!(!other.is_let_in().await);
    let page = other.signs_in("BUDI ", PASSWORD).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "./"));
    assert!(other.is_let_in().await);
}

#[tokio::test]
async fn newer_one_time_link_replaces_the_earlier_one() {
    renewal_of_a_one_time_link(Endpoint::new()).await;
}

/// A newer link ends the earlier one, and a new password all sessions.
pub(super) async fn renewal_of_a_one_time_link(endpoint: Endpoint) {
    let earlier = endpoint.invites("budi", "news", "editor", None);
    let newer = invitation_path(&endpoint.cli.says(&["user", "link", "budi"]));
    let mut browser = endpoint.browser();
    assert_eq!(browser.get(&earlier).await.status, 410);
    browser.sets_password(&newer).await;
    // A user who has forgotten the password gets another link, and all sessions end with the new password.
    let again = invitation_path(&endpoint.cli.says(&["user", "link", "budi"]));
    assert!(browser.is_let_in().await);
    endpoint.browser().sets_password(&again).await;
    assert!(!browser.is_let_in().await);
}

#[tokio::test]
async fn stolen_cookie_is_worthless_after_signing_out() {
    theft_of_a_cookie(Endpoint::new()).await;
}

/// A stolen cookie after each way to end a session.
pub(super) async fn theft_of_a_cookie(endpoint: Endpoint) {
    let mut browser = endpoint.signed_in("budi", "news", "editor", None).await;
    let mut thief = browser.clone();
    assert!(thief.is_let_in().await);
    let page = browser.submits("/redaksi/sign-out", &[]).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "sign-in"));
    assert!(browser.cookies.is_empty());
    assert!(!thief.is_let_in().await);

    browser.signs_in("budi", PASSWORD).await;
    let mut other = endpoint.browser();
    other.signs_in("budi", PASSWORD).await;
    let mut thieves = [browser.clone(), other.clone()];
    browser.submits("/redaksi/sign-out-everywhere", &[]).await;
    for thief in &mut thieves {
        assert!(!thief.is_let_in().await, "signed out everywhere");
    }
    for end in [
        &["user", "sign-out", "budi"][..],
        &["user", "rm", "budi", "--site", "news"],
    ] {
        browser.signs_in("budi", PASSWORD).await;
        assert!(browser.is_let_in().await);
        endpoint.invites("siti", "daily", "reader", None);
        endpoint.cli.says(end);
        assert!(!browser.is_let_in().await, "{end:?}");
        endpoint.cli.says(&["user", "rm", "siti"]);
        if end[1] == "rm" {
            // A user of that name who is added later does not get the earlier one's session.
            endpoint.invites("budi", "news", "editor", None);
            assert!(!browser.is_let_in().await);
        }
    }
}

#[tokio::test]
async fn a_session_gets_a_new_token_at_each_sign_in() {
    let endpoint = Endpoint::new();
    let mut browser = endpoint.signed_in("budi", "news", "editor", None).await;
    let mut earlier = browser.clone();
    browser.signs_in("budi", PASSWORD).await;
    assert_ne!(browser.cookies, earlier.cookies);
    assert!(!earlier.is_let_in().await && browser.is_let_in().await);
}

#[tokio::test]
async fn signing_in_leads_back_to_the_requested_page() {
    let endpoint = Endpoint::new();
    let mut browser = endpoint.signed_in("budi", "news", "operator", None).await;
    browser.cookies.clear();
    let page = browser.get("/redaksi/people?lang=en").await;
    assert_eq!(page.location(), "sign-in?next=people%3Flang%3Den");
    let page = browser
        .get("/redaksi/sign-in?next=people%3Flang%3Den")
        .await;
    assert!(
        page.text.contains("value=\"people?lang=en\""),
        "{}",
        page.text
    );
    let fields = [
        ("name", "budi"),
        ("password", PASSWORD),
        ("next", "people?lang=en"),
    ];
    let page = browser.submits("/redaksi/sign-in", &fields).await;
    assert_eq!(page.location(), "people?lang=en");
    let fields = [
        ("name", "budi"),
        ("password", PASSWORD),
        ("next", "//evil.example"),
    ];
    let page = browser.submits("/redaksi/sign-in", &fields).await;
    assert_eq!(page.location(), "./");
}

#[tokio::test]
async fn commands_name_what_is_wrong() {
    let endpoint = Endpoint::new();
    for (args, said) in [
        (
            &["user", "add", "budi", "--site", "none", "--role", "reader"][..],
            "no site `none`",
        ),
        (
            &["user", "add", "b b", "--site", "news", "--role", "reader"],
            "must have 1 to 64",
        ),
        (
            &["user", "add", "budi", "--site", "news", "--role", "boss"],
            "`operator`",
        ),
        (
            &[
                "user",
                "add",
                "budi",
                "--site",
                "news",
                "--role",
                "operator",
                "--section",
                "/a/",
            ],
            "whole site",
        ),
        (&["user", "link", "budi"], "gema user list"),
        (&["user", "rm", "budi"], "gema user list"),
        (&["user", "sign-out", "budi"], "gema user list"),
    ] {
        let output = endpoint.cli.gema(args).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && error.contains(said),
            "{args:?}: {error}"
        );
    }
    endpoint.invites("budi", "news", "editor", Some("/olahraga/"));
    let listed = endpoint.cli.says(&["user", "list"]);
    assert_eq!(listed, "budi\tnews\teditor\t/olahraga/\tno password yet\n");
}

#[tokio::test]
async fn restore_revives_no_session_that_was_signed_out() {
    let endpoint = Endpoint::new();
    let mut browser = endpoint.signed_in("budi", "news", "editor", None).await;
    let mut thief = browser.clone();
    endpoint.cli.says(&["backup", "kept.db"]);
    browser.submits("/redaksi/sign-out", &[]).await;
    let Endpoint { cli, serving } = endpoint;
    serving.stop();
    cli.says(&["restore", "kept.db"]);
    let serving = cli.serves();
    let endpoint = Endpoint { cli, serving };
    thief.url = format!("http://{}", endpoint.serving.address);
    assert!(!thief.is_let_in().await);
    let mut browser = endpoint.browser();
    assert_eq!(browser.signs_in("budi", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn check_names_an_account_that_cannot_be_read() {
    let endpoint = Endpoint::new();
    endpoint.signed_in("budi", "news", "editor", None).await;
    let said = endpoint.cli.says(&["check"]);
    assert!(!said.contains("account"), "{said}");
    let Endpoint { cli, serving } = endpoint;
    serving.stop();
    let conn = rusqlite::Connection::open(cli.path().join("gema.db")).unwrap();
    let damage = "update account set value = replace(value, 'argon2id', 'argon2i'); \
                  update session set account = 'A B'";
    conn.execute_batch(damage).unwrap();
    drop(conn);
    let (said, _) = cli.fails(&["check"]);
    for found in [
        "account budi: it cannot be read",
        "1 rows of session cannot be read",
    ] {
        assert!(said.contains(found), "{said}");
    }
}

/// Two browsers send the form of one link at the same time.
pub(super) async fn race_for_a_one_time_link(endpoint: Endpoint) {
    let path = endpoint.invites("budi", "news", "editor", None);
    let set = (0..6).map(|number| {
        let (mut browser, path) = (endpoint.browser(), path.clone());
        async move {
            let password = format!("kuda hijau nomor {number}");
            let fields = [("password", password.as_str()), ("again", &password)];
            let page = browser.submits(&path, &fields).await;
            (page.status.as_u16(), browser.is_let_in().await, password)
        }
    });
    let set = futures_util::future::join_all(set).await;
    let won: Vec<_> = set.iter().filter(|(status, ..)| *status == 303).collect();
    assert_eq!(won.len(), 1, "{set:?}");
    for (status, is_let_in, password) in &set {
        assert!(matches!(status, 303 | 410), "{set:?}");
        assert_eq!(*is_let_in, *status == 303, "{set:?}");
        let signed_in = endpoint.browser().signs_in("budi", password).await.status;
        assert_eq!(signed_in == 303, *status == 303, "{set:?}");
    }
}

#[tokio::test]
async fn of_two_who_use_a_one_time_link_at_once_one_succeeds() {
    race_for_a_one_time_link(Endpoint::new()).await;
}

/// A stranger sets the cookie of a browser before its user signs in.
pub(super) async fn session_fixation(endpoint: Endpoint) {
    let mut stranger = endpoint.signed_in("siti", "news", "reader", None).await;
    endpoint.signed_in("budi", "news", "operator", None).await;
    let made_up = BTreeMap::from([("gema".to_owned(), "B".repeat(42) + "A")]);
    for fixed in [made_up, stranger.cookies.clone()] {
        let mut browser = endpoint.browser();
        browser.cookies = fixed.clone();
        assert_eq!(browser.signs_in("budi", PASSWORD).await.status, 303);
        assert_ne!(browser.cookies, fixed);
        assert_eq!(browser.get("/redaksi/people").await.status, 200);
        let mut thief = endpoint.browser();
        thief.cookies = fixed;
        assert!(!thief.is_let_in().await);
    }
    assert!(!stranger.is_let_in().await);
}

#[tokio::test]
async fn cookie_of_a_stranger_does_not_become_a_session() {
    session_fixation(Endpoint::new()).await;
}
