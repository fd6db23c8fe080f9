//! nginx and oauth2-proxy as docs/deploy/nginx-sso.conf has them. oauth2-proxy is in no package registry that the tests
//! use, so a small server answers in its place, as its documentation says: 202 with the user's headers, or 401.

use std::{
    io::{Read, Write},
    net::{IpAddr, TcpListener, TcpStream},
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::get,
};
use reqwest::Method;

use super::{Browser, Endpoint};
use crate::nginx::{Nginx, without_tls};

const NGINX_SSO: &str = include_str!("../../../../../docs/deploy/nginx-sso.conf");

/// The lines of docs/newsroom.md.
const DOCUMENTED_SIGN_IN: &str = r#"
trusted_proxies = ["127.0.0.1"]
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
group = "kepala"
site = "news"
role = "operator"
"#;

/// The cookie of each user of the stand-in, and their headers.
const SIGNED_IN: [(&str, &str, &str); 2] = [
    (
        "_oauth2_proxy=siti",
        "Siti@news.example",
        "redaksi,olahraga",
    ),
    ("_oauth2_proxy=tono", "tono@news.example", "kepala"),
];

/// `/oauth2/auth` of oauth2-proxy with `--set-xauthrequest`.
async fn auth(headers: HeaderMap) -> impl IntoResponse {
    let cookie = headers.get("cookie").and_then(|value| value.to_str().ok());
    let known = SIGNED_IN.iter().find(|(known, ..)| Some(*known) == cookie);
    match known {
        Some((_, email, groups)) => (
            StatusCode::ACCEPTED,
            [
                ("x-auth-request-email", *email),
                ("x-auth-request-groups", *groups),
            ],
        )
            .into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// nginx in front of the endpoint and of the stand-in.
async fn nginx(endpoint: &Endpoint) -> Nginx {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let stand_in = listener.local_addr().unwrap().to_string();
    let routes = Router::new()
        .route("/oauth2/auth", get(auth))
        .route("/oauth2/sign_in", get(|| async { "sign in" }));
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let gema = endpoint.serving.address.clone();
    let site = move |address: &str| {
        let site = NGINX_SSO.replace("127.0.0.1:8787", &gema);
        without_tls(&site.replace("127.0.0.1:4180", &stand_in), address)
    };
    tokio::task::spawn_blocking(|| Nginx::with(site))
        .await
        .unwrap()
}

/// A browser that reaches the endpoint through nginx, with the cookie of a user of the stand-in.
fn browser(endpoint: &Endpoint, nginx: &Nginx, cookie: Option<&str>) -> Browser {
    let mut browser = endpoint.browser_at(IpAddr::from([127, 0, 0, 9]));
    browser.url = format!("http://{}", nginx.address);
    browser.headers = vec![("host", "gema.news.example".into())];
    browser
        .headers
        .extend(cookie.map(|cookie| ("cookie", cookie.to_owned())));
    browser
}

/// The head of the answer to a request for this path as it is.
fn raw(nginx: &Nginx, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(&nginx.address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: gema.news.example\r\nConnection: close");
    write!(stream, "{head}\r\n{headers}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth2_proxy_names_the_user_behind_nginx() {
    let endpoint = Endpoint::with(DOCUMENTED_SIGN_IN);
    let nginx = nginx(&endpoint).await;
    let mut nobody = browser(&endpoint, &nginx, None);
    let page = nobody.get("/redaksi/news/now?lang=en").await;
    let sign_in = "/oauth2/sign_in?rd=http://gema.news.example/redaksi/news/now?lang=en";
    assert_eq!(page.status, 302);
    assert!(page.location().ends_with(sign_in), "{}", page.location());
    let mut siti = browser(&endpoint, &nginx, Some(SIGNED_IN[0].0));
    let page = siti.get("/redaksi/").await;
    assert!(
        page.text.contains("Masuk sebagai siti@news.example"),
        "{}",
        page.text
    );
    assert!(page.text.contains("/olahraga/"), "{}", page.text);
    assert_eq!(siti.get("/redaksi/people").await.status, 403);
    let mut tono = browser(&endpoint, &nginx, Some(SIGNED_IN[1].0));
    let fields = [("name", "wati"), ("site", "news"), ("role", "reader")];
    for (origin, status) in [
        ("https://evil.example", 403),
        ("https://gema.news.example", 200),
    ] {
        let headers = [("origin", origin)];
        let page = tono
            .sends(Method::POST, "/redaksi/people", &headers, &fields)
            .await;
        assert_eq!(page.status, status, "{origin}");
    }
    // The rest of the endpoint needs no sign-in.
    let read = nobody.get("/v1/sites/news/tallies?article=a").await;
    assert_eq!(read.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn client_cannot_forge_the_user_through_nginx() {
    let endpoint = Endpoint::with(DOCUMENTED_SIGN_IN);
    let nginx = nginx(&endpoint).await;
    let forged = "Remote-User: tono@news.example\r\nRemote-Groups: kepala\r\nremote-user: wati\r\n\
                  Remote_User: tono\r\nX-Auth-Request-Email: tono@news.example\r\nX-Auth-Request-Groups: kepala";
    for path in [
        "/redaksi/people",
        "/%72edaksi/people",
        "//redaksi/people",
        "/v1/../redaksi/people",
        "/v1/%2e%2e/redaksi/people",
        "/redaksi/../redaksi/people",
        "/Redaksi/people",
        "/oauth2/auth",
        "/oauth2/../redaksi/people",
    ] {
        let answer = raw(&nginx, path, forged);
        let status = answer.split(' ').nth(1).unwrap();
        assert!(matches!(status, "302" | "404"), "{path}: {answer}");
    }
    // Of a user who is signed in, the headers of nginx count.
    let siti = format!("Cookie: {}\r\n{forged}", SIGNED_IN[0].0);
    let answer = raw(&nginx, "/redaksi/", &siti);
    assert!(
        answer.contains("Masuk sebagai siti@news.example"),
        "{answer}"
    );
    assert!(answer.contains("/olahraga/"), "{answer}");
    assert!(raw(&nginx, "/redaksi/people", &siti).starts_with("HTTP/1.1 403"));
}
