use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};

/// An address of the chain; `None` if it is obfuscated or unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop(pub(super) Option<IpAddr>);

/// The chain of `X-Forwarded-For`, nearest first. Several header lines are one list.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = Hop> {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    lines.flat_map(|line| {
        line.to_str()
            .unwrap_or("?")
            .rsplit(',')
            .map(|item| Hop(address(item.trim())))
    })
}

/// The chain of `Forwarded` (RFC 7239), nearest first.
pub(super) fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop> {
    headers
        .get_all("forwarded")
        .iter()
        .rev()
        .flat_map(|line| elements(line).into_iter().rev())
}

/// The `for` of each element of a line. A malformed line counts as one unreadable hop, because an unclosed quote would
/// hide what a proxy has appended.
fn elements(line: &HeaderValue) -> Vec<Hop> {
    let parsed = line.to_str().ok().and_then(|line| {
        let elements = split(line, ',')?;
        elements
            .into_iter()
            .map(element)
            .collect::<Option<Vec<_>>>()
    });
    parsed.unwrap_or_else(|| vec![Hop(None)])
}

/// Parses an element; `None` if it is malformed, or has `for` twice.
fn element(text: &str) -> Option<Hop> {
    let mut node = None;
    for pair in split(text, ';')? {
        if pair.is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=')?;
        if name.eq_ignore_ascii_case("for") && node.replace(unquoted(value)).is_some() {
            return None;
        }
    }
    Some(Hop(node.and_then(|node| address(&node))))
}

/// Splits at separators outside quotes, and trims. `None` if a quote is unclosed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut in_quotes = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_quotes => escaped = true,
            '"' => in_quotes = !in_quotes,
            c if c == separator && !in_quotes => {
                parts.push(text[start..at].trim());
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    (!in_quotes).then_some(parts)
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
    else {
        return value.into();
    };
    let mut escaped = false;
    let kept = |c: &char| {
        escaped = *c == '\\' && !escaped;
        !escaped
    };
    inner.chars().filter(kept).collect()
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}
