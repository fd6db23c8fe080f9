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
mod tests;
