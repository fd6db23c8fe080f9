//! Properties of a request's headers, for routes and layers.

use axum::http::{HeaderMap, header};

/// Whether `If-None-Match` contains the ETag. Weak tags match too, because a compressing proxy weakens them.
pub(crate) fn etag_matches(request: &HeaderMap, tag: &str) -> bool {
    let lists = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|list| list.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// Whether `Accept-Encoding` includes the coding, by name or `*`, without `q=0`.
pub(crate) fn accepts_coding(request: &HeaderMap, coding: &str) -> bool {
    let lists = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|list| list.to_str().ok());
    lists_coding(lists, coding)
}

/// Whether these values of `Accept-Encoding` include the coding.
pub(crate) fn lists_coding<'a>(lists: impl Iterator<Item = &'a str>, coding: &str) -> bool {
    let mut any = false;
    for entry in lists.flat_map(|list| list.split(',')) {
        let (name, accepted) = match entry.split_once(';') {
            None => (entry, true),
            Some((name, weight)) => (name, is_positive(weight)),
        };
        match name.trim() {
            name if name.eq_ignore_ascii_case(coding) => return accepted,
            "*" => any = accepted,
            _ => {}
        }
    }
    any
}

/// Whether the weight, such as `q=0.5`, is above 0.
fn is_positive(weight: &str) -> bool {
    let number = weight.trim().trim_start_matches(['q', 'Q']);
    let number = number.trim_start_matches('=').parse::<f32>();
    number.is_ok_and(|weight| weight > 0.0)
}

/// The value of `Sec-Fetch-Site` for a request of the endpoint's own pages.
pub(crate) const SAME_ORIGIN: &str = "same-origin";

/// Whether the browser reports a request of the endpoint's own pages. `Host` is not used, because any client can forge
/// it.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == SAME_ORIGIN)
}
