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
    let mut any = false;
    for entry in lists.flat_map(|list| list.split(',')) {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight
            .trim()
            .trim_start_matches(['q', 'Q'])
            .trim_start_matches('=')
            .parse::<f32>();
        let accepted = weight.is_ok_and(|weight| weight > 0.0);
        match name.trim() {
            name if name.eq_ignore_ascii_case(coding) => return accepted,
            "*" => any = accepted,
            _ => {}
        }
    }
    any
}

/// Whether the browser reports a request of the endpoint's own pages. `Host` is not used, because any client can forge
/// it.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "same-origin")
}
