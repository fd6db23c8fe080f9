//! The newsroom's pages: paths, cookies, forms, and a proxy's headers.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header, response::Parts},
};
use url::Url;

use crate::{
    asked::{from_proxy, header_lines},
    endpoint::{ENDPOINT, OPERATOR, link, session},
};

/// Where browsers find the endpoint.
const HOST: &str = "gema.news.example";

/// Paths of forms.
const FORM_PATHS: [&str; 11] = [
    "links",
    "links/revoke",
    "news/article?article=/olahraga/a",
    "people",
    "people/invite",
    "people/remove",
    "people/revoke",
    "people/sign-out",
    "sign-in",
    "sign-out",
    "sign-out-everywhere",
];

/// Sends a request for a page. Checks that the answer is not cached, runs no script of others, and leads nowhere else.
fn page(path: &str, change: impl FnOnce(&mut Request<Body>)) -> Option<(Parts, Bytes)> {
    let request = Request::get(format!("/redaksi/{path}")).header(header::HOST, HOST);
    // Skip texts that are no valid address: no server would receive them.
    let mut request = request.body(Body::empty()).ok()?;
    change(&mut request);
    let base = Url::parse("https://gema.news.example").expect("an address");
    let base = base.join(&request.uri().to_string()).ok()?;
    let (parts, body) = ENDPOINT.with(|endpoint| endpoint.sends(request));
    stays(&base, &parts.headers, &body);
    Some((parts, body))
}

fn stays(base: &Url, headers: &HeaderMap, body: &[u8]) {
    let text = |name| {
        headers
            .get(name)
            .map_or("", |value: &HeaderValue| value.to_str().expect("ASCII"))
    };
    let html = match text(header::CONTENT_TYPE) {
        "text/html; charset=utf-8" => std::str::from_utf8(body).expect("UTF-8"),
        _ => "",
    };
    let refresh = html
        .split_once("content=\"0; url=")
        .map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default());
    for address in [text(header::LOCATION), &refresh.replace("&amp;", "&")] {
        let target = base.join(address).expect("an address");
        assert_eq!(target.origin(), base.origin(), "{address} of {base}");
    }
    if !html.is_empty() {
        assert_eq!(text(header::CACHE_CONTROL), "no-store");
        let scripts = html.matches("<script").count();
        let own = html.matches("<script src=\"../newsroom.js\"").count();
        assert!(scripts == own && own <= 1, "{html}");
        assert!(
            !html.contains("<img") && !html.contains("<iframe"),
            "{html}"
        );
    }
}

fn cookie(request: &mut Request<Body>, name: &str, token: &str) {
    let cookie = HeaderValue::from_str(&format!("{name}={token}")).expect("ASCII");
    request.headers_mut().insert(header::COOKIE, cookie);
}

pub(crate) const NEWSROOM_PATHS: &[&[u8]] = &[
    b"",
    b"people?lang=en",
    b"sign-in?next=news/now%3Flang%3Den",
    b"link/BwcHBwcHBwcHBwcHBwcHBw",
    b"set-password/budi/BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    b"news/now?lang=en",
    b"news/now.json",
    b"news/site?days=365&from=2015-01-01&until=2015-11-17",
    b"news/articles?q=a+b&section=/olahraga/&byline=Ani&from=2015-11-01&until=x&sort=reads&skip=50",
    b"news/articles.csv?q=%3D1%2B1",
    b"news/article?article=/olahraga/a&days=90&saved=1",
    b"http:evil.example",
    b"/evil.example",
];

/// A page for nobody, who has followed a link elsewhere; for the holder of a link; and for an operator.
pub(crate) fn paths(path: &[u8]) {
    let Ok(path) = std::str::from_utf8(path) else {
        return;
    };
    ENDPOINT.with(crate::endpoint::Endpoint::restore_accounts);
    page(path, |request| {
        let elsewhere = HeaderValue::from_static("cross-site");
        request.headers_mut().insert("sec-fetch-site", elsewhere);
    });
    page(path, |request| {
        cookie(request, "__Host-gema-link", link().as_str());
    });
    page(path, |request| {
        cookie(request, "__Host-gema", session().as_str());
    });
}

pub(crate) const NEWSROOM_COOKIES: &[&[u8]] = &[
    b"__Host-gema=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    b"a=b; __Host-gema-link=BwcHBwcHBwcHBwcHBwcHBw; __Host-gema=",
    b"gema=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc; c",
    b"; =; __Host-gema=\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\"",
];

/// Only a cookie that has the whole token lets somebody in.
pub(crate) fn cookies(line: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(line) else {
        return;
    };
    ENDPOINT.with(crate::endpoint::Endpoint::restore_accounts);
    let answer = page("", |request| {
        request.headers_mut().insert(header::COOKIE, value);
    });
    let line = String::from_utf8_lossy(line);
    let has = |token: &str| line.contains(token);
    let (parts, _) = answer.expect("a valid address");
    assert!(
        parts.status != StatusCode::OK || has(session().as_str()) || has(link().as_str()),
        "{line}: {}",
        parts.status
    );
}

pub(crate) const NEWSROOM_FORMS: &[&[u8]] = &[
    b"name=siti&site=news&role=reader&section=%2Folahraga%2F",
    b"name=budi&site=news&role=operator&section=",
    b"label=Rapat&site=news&section=%2Folahraga%2F&days=7",
    b"name=budi&password=kuda+hijau+melompat+jauh&next=people%3Flang%3Den",
    b"link=0707070707070707070707070707070707070707070707070707070707070707",
    b"title=Judul&byline=Ani&published=2015-11-17&url=https%3A%2F%2Fnews.example%2Fa&html=%3Cp%3EIsi",
    b"name=%00&&=&site=%F0%9F%98%8A&days=-1&role=boss",
];

/// Each form of the pages, sent by the operator.
pub(crate) fn forms(body: &[u8]) {
    for path in FORM_PATHS {
        ENDPOINT.with(crate::endpoint::Endpoint::restore_accounts);
        page(path, |request| {
            *request.method_mut() = axum::http::Method::POST;
            cookie(request, "__Host-gema", session().as_str());
            let headers = request.headers_mut();
            let own = HeaderValue::from_static("same-origin");
            headers.insert("sec-fetch-site", own);
            let media = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(header::CONTENT_TYPE, media);
            *request.body_mut() = Body::from(body.to_vec());
        });
    }
}

pub(crate) const PROXY_HEADERS: &[&[u8]] = &[
    b"remote-user: budi\nremote-groups: olahraga",
    b"remote-user: siti@news.example\nremote-groups: redaksi, kepala,",
    b"remote-user: a\nremote-user: b\nremote-groups: kepala",
    b"remote_user: budi\nremote-groups: kepala\nx-forwarded-for: 127.0.0.1",
];

/// Only the one whole name that the proxy gives lets somebody in, and only the proxy's.
pub(crate) fn proxy_headers(lines: &[u8]) {
    let lines = header_lines(lines);
    let named: Vec<_> = lines
        .iter()
        .filter(|(name, _)| name == "remote-user")
        .collect();
    ENDPOINT.with(crate::endpoint::Endpoint::restore_accounts);
    let answer = |is_proxy: bool| {
        let (parts, _) = page("", |request| {
            let headers = request.headers_mut();
            lines.iter().for_each(|(name, value)| {
                headers.append(name, value.clone());
            });
            headers.remove(header::COOKIE);
            if is_proxy {
                from_proxy(request);
            }
        })
        .expect("a valid address");
        parts.status
    };
    if answer(true) == StatusCode::OK {
        let [(_, name)] = named[..] else {
            panic!("{named:?}");
        };
        let name = name.to_str().expect("ASCII");
        assert!(accounts::UserName::parse(name).is_ok(), "{name}");
    }
    assert_ne!(answer(false), StatusCode::OK, "{lines:?} of {OPERATOR}");
}
