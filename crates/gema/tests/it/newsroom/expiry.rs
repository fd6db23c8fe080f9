use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;
use server::app::local_router;
use tower::ServiceExt;

use super::PASSWORD;
use crate::site::{Reply, TestSite};

/// Adds a user on the socket. Returns the path of the one-time link.
async fn invited(site: &TestSite, role: &str) -> String {
    let body = json!({ "name": "budi", "site": "news", "role": role });
    let request = Request::post("/admin/users")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = local_router(site.app()).oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    let answer: serde_json::Value = serde_json::from_slice(&body.unwrap()).unwrap();
    super::invitation_path(answer["url"].as_str().unwrap())
}

async fn sends(site: &TestSite, method: Method, path: &str, cookie: &str, body: &str) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    site.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap().into()
}

/// Sets the password. Returns the session's cookie.
async fn signs_in(site: &TestSite, path: &str) -> String {
    let password = PASSWORD.replace(' ', "+");
    let body = format!("password={password}&again={password}");
    let reply = sends(site, Method::POST, path, "", &body).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    cookie(&reply)
}

async fn status(site: &TestSite, path: &str, cookie: &str) -> u16 {
    let reply = sends(site, Method::GET, path, cookie, "").await;
    reply.status.as_u16()
}

#[tokio::test]
async fn one_time_link_ends_after_an_hour() {
    let site = TestSite::new();
    let path = invited(&site, "reader").await;
    site.minutes_pass(59);
    assert_eq!(status(&site, &path, "").await, 200);
    site.minutes_pass(1);
    assert_eq!(status(&site, &path, "").await, 410);
    let body = format!("password={PASSWORD}&again={PASSWORD}");
    let reply = sends(&site, Method::POST, &path, "", &body).await;
    assert_eq!(reply.status, 410);
}

#[tokio::test]
async fn session_ends_after_fourteen_idle_days() {
    let site = TestSite::new();
    let path = invited(&site, "reader").await;
    let cookie = signs_in(&site, &path).await;
    for _ in 0..3 {
        site.days_pass(14);
        assert_eq!(status(&site, "/redaksi/", &cookie).await, 200);
    }
    site.days_pass(14);
    site.minutes_pass(1);
    assert_eq!(status(&site, "/redaksi/", &cookie).await, 303);
}

#[tokio::test]
async fn read_only_link_ends_when_its_days_are_over() {
    let site = TestSite::new();
    let path = invited(&site, "editor").await;
    let session = signs_in(&site, &path).await;
    let form = "label=Rapat&site=news&days=7";
    let made = sends(&site, Method::POST, "/redaksi/links", &session, form).await;
    let text = String::from_utf8(made.body.to_vec()).unwrap();
    let (_, path) = text.split_once("/redaksi/link/").unwrap();
    let path = format!("/redaksi/link/{}", path.split('<').next().unwrap());
    let visited = sends(&site, Method::GET, &path, "", "").await;
    assert_eq!(visited.status, 200);
    assert!(visited.header("set-cookie").contains("Max-Age=604800"));
    let link = cookie(&visited);
    site.days_pass(6);
    assert_eq!(status(&site, "/redaksi/", &link).await, 200);
    site.days_pass(1);
    assert_eq!(status(&site, "/redaksi/", &link).await, 303);
    assert_eq!(status(&site, &path, "").await, 410);
}
