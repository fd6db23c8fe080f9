use axum::http::{HeaderName, HeaderValue};
use config::Newsroom;

use super::*;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    pairs.iter().map(pair).collect()
}

#[test]
fn only_a_page_of_this_machine_has_a_cookie_without_prefix() {
    let token = Token::new(&[7; 32]);
    let prefix = |pairs: &[(&'static str, &'static str)], address: Option<&str>| {
        let config = Config {
            newsroom: Newsroom {
                address: address.map(str::to_owned),
                ..Newsroom::default()
            },
            ..Config::demo()
        };
        let cookie = set_session(&headers(pairs), &config, &token);
        assert_eq!(cookie.starts_with("__Host-"), cookie.ends_with("; Secure"));
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"));
        cookie.starts_with("__Host-")
    };
    for host in [
        "localhost:8787",
        "127.0.0.1:8787",
        "[::1]:8787",
        "LOCALHOST",
    ] {
        assert!(!prefix(&[("host", host)], None), "{host}");
    }
    for host in [
        "gema.news.example",
        "localhost.news.example",
        "10.0.0.1:8787",
        "",
    ] {
        assert!(prefix(&[("host", host)], None), "{host}");
    }
    let local = ("host", "127.0.0.1:8787");
    assert!(prefix(&[local, ("x-forwarded-for", "192.0.2.1")], None));
    assert!(prefix(&[local], Some("https://gema.news.example")));
}

#[test]
fn the_cookie_of_that_name_alone_counts() {
    let token = Token::new(&[7; 32]);
    let other = Token::new(&[8; 32]);
    let line = format!(
        "a=b; gema={}; __Host-gema={}",
        other.as_str(),
        token.as_str()
    );
    let mut headers = headers(&[("host", "gema.news.example")]);
    headers.insert(header::COOKIE, HeaderValue::from_str(&line).unwrap());
    let config = Config::demo();
    assert_eq!(session(&headers, &config), Some(token));
    assert_eq!(link(&headers, &config), None);
}
