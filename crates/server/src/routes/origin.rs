//! Checks of a request's origin.

use std::{borrow::Cow, net::IpAddr};

use axum::http::{HeaderMap, StatusCode, header};
use config::{Config, Site};
use url::Url;

use crate::{headers::is_same_origin, problem::Problem};

/// Maximum length of an origin in bytes: a host name has at most 253.
const MAX_ORIGIN_BYTES: usize = 300;

/// Maximum number of characters of an origin in an error message.
const MAX_SHOWN_ORIGIN_CHARS: usize = 200;

/// Whether the origin may write to the site. Protects against pages of other sites, not against scripts, which can
/// forge the header. The endpoint's own pages may always write.
pub(super) fn check(config: &Config, site: &Site, headers: &HeaderMap) -> Result<(), Problem> {
    check_named(config, site, headers, header(headers))
}

/// Like [`check`], for a page whose origin was found elsewhere than in the `Origin` header.
pub(super) fn check_named(
    config: &Config,
    site: &Site,
    headers: &HeaderMap,
    origin: Option<&str>,
) -> Result<(), Problem> {
    let page = page_origin(headers);
    let is_allowed =
        is_allowed(site, origin) || is_own_page(config, site, headers, page.as_deref());
    allowed(is_allowed, site, origin)
}

/// The origin of the page that the `Referer` names: an image has no `Origin`.
pub(super) fn referer(headers: &HeaderMap) -> Option<String> {
    let address = headers.get(header::REFERER)?.to_str().ok()?;
    let origin = Url::parse(address).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// Like [`check`], for the form of the frame. The frame has the endpoint's origin for every site, also if that is the
/// origin of one site's pages, which cannot be told apart from it.
pub(super) fn check_form(site: &Site, headers: &HeaderMap) -> Result<(), Problem> {
    let origin = header(headers);
    let is_allowed = is_same_origin(headers) || is_allowed(site, origin);
    allowed(is_allowed, site, origin)
}

fn allowed(is_allowed: bool, site: &Site, origin: Option<&str>) -> Result<(), Problem> {
    let problem = || Problem::new(StatusCode::FORBIDDEN, reason(site, origin)).in_field("Origin");
    is_allowed.then_some(()).ok_or_else(problem)
}

/// Why events from a page with the origin `named` would be rejected, as a sentence for its webmaster. `None`: they
/// would be accepted, or it is not a valid origin.
pub(super) fn refusal(
    config: &Config,
    site: &Site,
    headers: &HeaderMap,
    named: &str,
) -> Option<String> {
    let page = Some(named).filter(|named| *named != "null");
    let is_allowed = is_allowed(site, Some(named)) || is_own_page(config, site, headers, page);
    (is_origin(named) && !is_allowed).then(|| reason(site, Some(named)))
}

/// Whether the request comes from a page of a listed origin, or of the endpoint. An opaque origin is neither, because
/// anybody can create one.
pub(super) fn is_of_site(config: &Config, site: &Site, headers: &HeaderMap) -> bool {
    is_own_page(config, site, headers, page_origin(headers).as_deref())
        || header(headers).is_some_and(|origin| is_listed(site, origin))
}

/// Whether the request comes from a page of the endpoint; `page`: the page's origin, if it is known. If the endpoint is
/// below the origin of a site's pages, those pages are same-origin with it too; they may act for that site only.
fn is_own_page(config: &Config, site: &Site, headers: &HeaderMap, page: Option<&str>) -> bool {
    let mut others = config.sites.values().filter(|other| other.id != site.id);
    is_same_origin(headers)
        && match page {
            Some(page) => is_listed(site, page) || !others.any(|other| is_listed(other, page)),
            None => others.next().is_none(),
        }
}

/// The origin of the requesting page: that in `Origin`, which browsers do not send with a GET request of the same
/// origin, else that in `Referer`. `None`: the page has an opaque origin, or does not reveal its origin.
fn page_origin(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    match header(headers).filter(|origin| *origin != "null") {
        Some(origin) => Some(origin.into()),
        None => referer(headers).map(Cow::from),
    }
}

/// The origin for the log, without IP addresses and without invalid text.
pub(super) fn logged(origin: Option<&str>) -> &str {
    match origin {
        None => "none",
        Some("null") => "null",
        Some(origin) if !is_origin(origin) => "(invalid)",
        Some(origin) if is_address(origin) => "(an IP address)",
        Some(origin) => origin,
    }
}

pub(super) fn header(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("?"))
}

/// Whether the site allows the origin.
fn is_allowed(site: &Site, origin: Option<&str>) -> bool {
    match origin {
        None | Some("null") => site.opaque_origins,
        Some(origin) => is_listed(site, origin),
    }
}

pub(super) fn is_listed(site: &Site, origin: &str) -> bool {
    site.origins.iter().any(|listed| listed.matches(origin))
}

fn reason(site: &Site, origin: Option<&str>) -> String {
    let id = &site.id;
    match origin {
        None | Some("null") => format!(
            "Pages without an origin (sandboxed frames, files) may not send anything to the site `{id}`: \
             set its `opaque_origins` in gema.toml to true."
        ),
        origin => format!(
            "Pages of `{}` may not send anything to the site `{id}`: add this to its `origins` in gema.toml.",
            origin
                .unwrap_or_default()
                .chars()
                .take(MAX_SHOWN_ORIGIN_CHARS)
                .flat_map(char::escape_debug)
                .collect::<String>()
        ),
    }
}

/// Whether the host is an IP address other than loopback.
fn is_address(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => host.split(':').next(),
    };
    host.and_then(|host| host.parse::<IpAddr>().ok())
        .is_some_and(|address| !address.is_loopback())
}

/// Whether the text has the form of `location.origin`, with any scheme.
fn is_origin(text: &str) -> bool {
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]_".contains(&byte);
    let is_tuple = |(scheme, host): (&str, &str)| {
        !scheme.is_empty()
            && !host.is_empty()
            && scheme.bytes().all(in_scheme)
            && host.bytes().all(in_host)
    };
    text == "null" || text.len() <= MAX_ORIGIN_BYTES && text.split_once("://").is_some_and(is_tuple)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_origins_but_no_addresses() {
        for origin in [
            "https://evil.example",
            "http://localhost:8000",
            "http://[::1]",
            "capacitor://localhost",
            "null",
        ] {
            assert_eq!(logged(Some(origin)), origin);
        }
        for origin in [
            "http://203.0.113.7",
            "https://203.0.113.7:8443",
            "http://[2001:db8::1]:80",
            "x://203.0.113.7",
        ] {
            assert_eq!(logged(Some(origin)), "(an IP address)", "{origin}");
        }
        let long = format!("https://{}", "a".repeat(MAX_ORIGIN_BYTES));
        for origin in [
            "",
            "evil.example",
            "https://a\u{1b}[31m",
            "https://a\nb",
            "https://a/b?c",
            &long,
        ] {
            assert_eq!(logged(Some(origin)), "(invalid)", "{origin:?}");
        }
    }
}
