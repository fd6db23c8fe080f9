use std::sync::LazyLock;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use config::Config;
use data_encoding::BASE64;
use newsroom::{Chrome, Language, STYLE, document, message};
use sha2::{Digest, Sha256};
use yew::Html;

use super::request::{PageAddress, language};
use crate::state::OwnPagesOnly;

/// Content Security Policy: a page may load its own style sheet, by its hash, and images and the script of the endpoint.
/// No inline script, no frame, no form to another site.
static NEWSROOM_CSP: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(&Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self' data:; script-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// A page for somebody who is not signed in.
pub(super) fn outside(
    title: &str,
    language: Language,
    page: &PageAddress,
    content: Html,
) -> Response {
    let chrome = Chrome {
        language,
        newsroom: page.newsroom.clone(),
        title: title.to_owned(),
        root: page.root.clone(),
        ..Chrome::default()
    };
    framed(&chrome, content)
}

/// A page with its frame and headers.
pub(super) fn framed(chrome: &Chrome, content: Html) -> Response {
    let document = document(chrome, content);
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = ([(header::CONTENT_TYPE, content_type)], document).into_response();
    protect(&mut response);
    response
}

/// The answer to a form of another page: 403, without effect.
pub(super) fn refuse_foreign(parts: &Parts, config: &Config) -> Response {
    let language = language(parts);
    let texts = language.texts();
    let page = PageAddress::of(parts, config);
    let content = message::sentence(texts.foreign_form);
    with_status(
        StatusCode::FORBIDDEN,
        outside(texts.forbidden, language, &page, content),
    )
}

/// The page in place of a [problem](crate::problem::Problem) with status 503: the database does not answer.
pub(super) fn store_is_away(parts: &Parts, config: &Config, problem: &Response) -> Response {
    let language = language(parts);
    let texts = language.texts();
    let page = PageAddress::of(parts, config);
    let content = message::sentence(texts.store_is_away_hint);
    let mut response = outside(texts.store_is_away, language, &page, content);
    if let Some(wait) = problem.headers().get(header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.clone());
    }
    with_status(StatusCode::SERVICE_UNAVAILABLE, response)
}

/// A redirection after a form, relative to the request's address, because a proxy may add a path prefix.
pub(super) fn see_other(address: &str) -> Response {
    let address = match address {
        "" => "./",
        address => address,
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    // The addresses are made of ASCII.
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    protect(&mut response);
    response
}

/// The response with another status.
pub(super) fn with_status(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response
}

/// Adds a cookie.
pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    // Cookies are made of ASCII.
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The headers of all responses.
pub(super) fn protect(response: &mut Response) {
    // The referrer stays on this origin. `no-referrer` would also make browsers send `Origin: null` with forms, by which
    // those without `Sec-Fetch-Site` are known to be the newsroom's own.
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&NEWSROOM_CSP) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.extensions_mut().insert(OwnPagesOnly);
}
