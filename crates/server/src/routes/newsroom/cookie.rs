use std::net::IpAddr;

use accounts::Token;
use axum::http::{HeaderMap, header};
use config::Config;
use newsroom::Language;

/// The session's cookie. The prefix makes browsers accept it only with `Secure` and `Path=/`, without `Domain`, so that
/// no other host can set it.
const SESSION_COOKIE: &str = "__Host-gema";

/// The read-only link's cookie.
const LINK_COOKIE: &str = "__Host-gema-link";

/// The cookie of the language that was chosen by `?lang`. It is no secret: anybody may set it.
const LANGUAGE_COOKIE: &str = "gema-language";

/// The prefix, which is left out on this machine by http: not every browser keeps secure cookies there.
const HOST_PREFIX: &str = "__Host-";

/// How long a browser keeps the cookies of the session and the language, in seconds: the longest that browsers permit. The
/// session itself ends when it is idle.
const LONGEST_SECONDS: i64 = 400 * 24 * 60 * 60;

/// The token of the session.
pub(super) fn session(headers: &HeaderMap, config: &Config) -> Option<Token> {
    token(headers, config, SESSION_COOKIE)
}

/// The token of the read-only link.
pub(super) fn link(headers: &HeaderMap, config: &Config) -> Option<Token> {
    token(headers, config, LINK_COOKIE)
}

/// The language that was chosen before.
pub(super) fn language(headers: &HeaderMap) -> Option<Language> {
    Language::of_tag(value(headers, LANGUAGE_COOKIE)?)
}

/// `Set-Cookie` for a new session.
pub(super) fn set_session(headers: &HeaderMap, config: &Config, token: &Token) -> String {
    set(
        headers,
        config,
        SESSION_COOKIE,
        token.as_str(),
        LONGEST_SECONDS,
    )
}

/// `Set-Cookie` for a link that is valid for this many seconds.
pub(super) fn set_link(
    headers: &HeaderMap,
    config: &Config,
    token: &Token,
    seconds: i64,
) -> String {
    set(headers, config, LINK_COOKIE, token.as_str(), seconds)
}

/// `Set-Cookie` for a language that was chosen.
pub(super) fn set_language(headers: &HeaderMap, config: &Config, language: Language) -> String {
    let tag = language.tag();
    set(headers, config, LANGUAGE_COOKIE, tag, LONGEST_SECONDS)
}

/// `Set-Cookie` that removes the session's cookie.
pub(super) fn clear_session(headers: &HeaderMap, config: &Config) -> String {
    set(headers, config, SESSION_COOKIE, "", 0)
}

/// Whether the browser keeps the session: it was requested by https, or on this machine. `origin`: the page's.
pub(super) fn is_kept(headers: &HeaderMap, config: &Config) -> bool {
    let is_plain = headers
        .get(header::ORIGIN)
        .is_some_and(|origin| origin.as_bytes().starts_with(b"http://"));
    !is_plain || is_plain_loopback(headers, config)
}

fn token(headers: &HeaderMap, config: &Config, name: &str) -> Option<Token> {
    value(headers, named(name, headers, config)).and_then(Token::parse)
}

/// The value of the cookie of that name.
fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

fn set(headers: &HeaderMap, config: &Config, name: &str, value: &str, seconds: i64) -> String {
    let secure = match is_plain_loopback(headers, config) {
        true => "",
        false => "; Secure",
    };
    let name = named(name, headers, config);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

fn named<'a>(name: &'a str, headers: &HeaderMap, config: &Config) -> &'a str {
    match is_plain_loopback(headers, config) {
        true => name.strip_prefix(HOST_PREFIX).unwrap_or(name),
        false => name,
    }
}

/// Whether a browser on this machine requests the endpoint without a proxy, by http. A proxy that hides the name that
/// browsers use is known by its forwarding headers, or by `address` of the configuration.
fn is_plain_loopback(headers: &HeaderMap, config: &Config) -> bool {
    let is_proxied = [
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "forwarded",
    ]
    .iter()
    .any(|name| headers.contains_key(*name));
    let has_address = config.newsroom.address.is_some();
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    !is_proxied && !has_address && is_loopback(host)
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
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
}
