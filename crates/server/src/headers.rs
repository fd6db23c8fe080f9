//! What the headers of a request say, for routes and for what stands in front of them.

use axum::http::{HeaderMap, header};

/// Whether the request says that it has the bytes of that tag. A proxy that compresses may have made
/// the tag a weak one.
pub(crate) fn has(request: &HeaderMap, tag: &str) -> bool {
    let lists = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// Whether `Accept-Encoding` takes the coding: named, or by `*`, and not with `q=0`.
pub(crate) fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let lists = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    let mut any = false;
    for entry in lists.flat_map(|list| list.split(',')) {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=').parse::<f32>();
        let taken = weight.is_ok_and(|weight| weight > 0.0);
        match name.trim() {
            name if name.eq_ignore_ascii_case(coding) => return taken,
            "*" => any = taken,
            _ => {}
        }
    }
    any
}

/// Whether a page of the endpoint's asks, by the word of the browser. Of `Host` anybody says what they like.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}
