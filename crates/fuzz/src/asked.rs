use std::net::{Ipv4Addr, SocketAddr};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode, header, response::Parts},
};
use wire::{Answer, Tallies};

use crate::endpoint::{ENDPOINT, NEWSROOM};

fn ask(request: Request<Body>) -> (Parts, Bytes) {
    ENDPOINT.with(|endpoint| endpoint.answers(request))
}

fn sent(method: Method, path: &str, body: &[u8]) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    request
        .header(header::ORIGIN, "https://news.example")
        .body(Body::from(body.to_vec()))
        .expect("a request")
}

pub(crate) const EVENTS: &[&[u8]] = &[
    br#"{"events":[{"type":"read","article":"a","key":"AAAAAAAAAAAAAAAA"}]}"#,
    br#"{"visitor":"AAAAAAAAAAAAAAAAAAAAAA","events":[{"type":"react","article":"a","reaction":"happy","seq":1448000000123},{"type":"react","article":"/b?id=1","reaction":null,"seq":9007199254740991}]}"#,
    br#"{"events":[{"type":"share","article":"caf\u00e9","network":"whatsapp","key":"________________"},{"type":"like"}]}"#,
    br#"{"visitor":null,"events":[],"more":[1,2.5,{"a":[]}]}"#,
];

pub(crate) fn events(body: &[u8]) {
    let (parts, body) = ask(sent(Method::POST, "/v1/sites/news/events", body));
    if parts.status == StatusCode::OK {
        let answer: Answer = serde_json::from_slice(&body).expect("an answer");
        assert!(!answer.tallies.is_empty() || !answer.refused.is_empty());
    }
}

pub(crate) const FORMS: &[&[u8]] = &[
    b"article=a&reaction=happy&visitor=AAAAAAAAAAAAAAAAAAAAAA&seq=1448000000123&lang=en&url=https%3A%2F%2Fnews.example%2Fa",
    b"article=%2Fb%3Fid%3D1&reaction=&visitor=AAAAAAAAAAAAAAAAAAAAAA&seq=9007199254740991&title=caf%C3%A9+%26+%22&body=1",
    b"reaction=sad",
    b"reaction=%F0%9F%98%8A&article=%00&seq=-1&&=&a",
];

/// Posts a form as the widget does, and as the page for readers without JavaScript does.
pub(crate) fn forms(body: &[u8]) {
    for path in [
        "/v1/sites/news/reaction",
        "/v1/sites/news/widget.html?article=a&frame=1",
    ] {
        let mut request = sent(Method::POST, path, body);
        let media = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(header::CONTENT_TYPE, media);
        let (parts, body) = ask(request);
        if parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|media| media == "text/html; charset=utf-8")
        {
            let html = std::str::from_utf8(&body).expect("UTF-8");
            assert!(
                html.matches("<script").count() <= 1 && html.contains("part=\"poll\""),
                "{html}"
            );
        }
    }
}

pub(crate) const CLIENTS: &[&[u8]] = &[
    br#"{"path":"/2015/11/fgd.html","type":"time","action":"inc"}"#,
    br#"{"path":"/caf%C3%A9","type":"reaction0"}"#,
    br#"{"path":"/a","type":"reaction1","action":"desc"}"#,
    "\u{2764}\u{fe0f}".as_bytes(),
    b"%E2%9D%A4=",
];

/// A body of another counter's client, for each of them.
pub(crate) fn clients(body: &[u8]) {
    for (path, media) in [
        ("waline/api/article", "application/json"),
        ("waline/article", "application/json"),
        ("waline/api/comment", "application/json"),
        ("open-heart/2015/11/fgd.html", "text/plain;charset=UTF-8"),
        ("open-heart/a", "application/x-www-form-urlencoded"),
        ("goatcounter/count?p=%2Fa", "text/plain"),
    ] {
        let mut request = sent(Method::POST, &format!("/v1/sites/news/{path}"), body);
        let media = HeaderValue::from_static(media);
        request.headers_mut().insert(header::CONTENT_TYPE, media);
        ask(request);
    }
}

pub(crate) const FORGET: &[&[u8]] = &[
    br#"{"visitor":"AAAAAAAAAAAAAAAAAAAAAA","articles":["a","/b?id=1"]}"#,
    br#"{"visitor":"AAAAAAAAAAAAAAAAAAAAAA","articles":[]}"#,
];

pub(crate) fn forget(body: &[u8]) {
    ask(sent(Method::DELETE, "/v1/sites/news/visitor", body));
}

pub(crate) const QUERY: &[&[u8]] = &[
    b"view?article=a&lang=id&body=1",
    b"view?article=caf%C3%A9&lang=en-GB-x-private",
    b"widget.html?article=a&lang=id&title=Banjir%20%26%20kanal&url=https%3A%2F%2Fnews.example%2Fa&body=1&theme=dark&bar=top",
    b"widget.html?article=a&frame=1&poll=closed&share=off&reads=off&endpoint=https%3A%2F%2Fgema.example%2F",
    b"tallies?article=a&article=%2Fb%3Fid%3D1&lang=ar-u-nu-arab",
    b"qr.svg?article=a&url=https%3A%2F%2Fnews.example%2Fa",
    b"articles?after=a",
    b"articles?article=a&counts=1",
    b"waline/api/article?path=/a,%2Fcaf%C3%A9&type=time,reaction0",
    b"waline/article?path=/a&type=reaction0",
    b"waline/comment?type=count&url=/a,/b",
    b"goatcounter/count?p=%2Fa&e=false&b=0&s=1920,1080,1",
    b"goatcounter/counter/%2F2015%2F11%2Ffgd.html.json?no_branding=1",
    b"open-heart/2015/11/fgd.html?id=7",
    b"../../health/ready?x",
];

pub(crate) fn query(path: &[u8]) {
    let Ok(path) = std::str::from_utf8(path) else {
        return;
    };
    let request =
        Request::get(format!("/v1/sites/news/{path}")).header(header::AUTHORIZATION, NEWSROOM);
    // Skip texts that are no valid address: no server would receive them.
    let Ok(request) = request.body(Body::empty()) else {
        return;
    };
    let is_tallies = request.uri().path() == "/v1/sites/news/tallies";
    let (parts, body) = ask(request);
    if is_tallies && parts.status == StatusCode::OK {
        let tallies: Tallies = serde_json::from_slice(&body).expect("tallies");
        assert!(!tallies.tallies.is_empty());
    }
}

pub(crate) const HEADERS: &[&[u8]] = &[
    b"origin: https://news.example\nx-forwarded-for: 203.0.113.7, 127.0.0.1\nuser-agent: Mozilla/5.0 Firefox/128.0",
    b"forwarded: for=\"[2001:db8::1]:4711\";proto=https, for=127.0.0.1\norigin: null",
    b"forwarded: for=_hidden;by=\"a\\\"b\"\nx-forwarded-for: unknown",
    b"if-none-match: W/\"0123\", *\naccept-encoding: br;q=0.5, gzip;q=0, *",
    b"content-type: text/plain;charset=\"utf-8\"\nauthorization: Bearer x\nsec-purpose: prefetch;prerender",
];

/// The headers of these lines, less those that are none.
pub(crate) fn header_lines(lines: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
    let line = |line: &[u8]| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        Some((
            name,
            HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?,
        ))
    };
    lines
        .split(|byte| *byte == b'\n')
        .filter_map(line)
        .collect()
}

/// The connection of a trusted proxy.
pub(crate) fn from_proxy(request: &mut Request<Body>) {
    let proxy = SocketAddr::from((Ipv4Addr::LOCALHOST, 4711));
    request.extensions_mut().insert(ConnectInfo(proxy));
}

/// Sends a read event and a request for the view, both with these headers.
pub(crate) fn headers(lines: &[u8]) {
    let lines = header_lines(lines);
    let read = Body::from(
        br#"{"events":[{"type":"read","article":"a","key":"AAAAAAAAAAAAAAAA"}]}"#.to_vec(),
    );
    let post = Request::post("/v1/sites/news/events").body(read);
    let get = Request::get("/v1/sites/news/view?article=a").body(Body::empty());
    for request in [post, get] {
        let mut request = request.expect("a request");
        from_proxy(&mut request);
        request.headers_mut().extend(lines.iter().cloned());
        ask(request);
    }
}

pub(crate) const ARTICLES: &[&[u8]] = &[
    br#"{"title":"Judul","html":"<p>Isi</p>","byline":"Humas","published":"2015-11-17","url":"https://news.example/a"}"#,
    br#"{"title":"Judul","markdown":"Isi *berita*\n\n| a | b |\n|---|---|\n| 1 | 2 |"}"#,
    br#"{"imported":{"reads":841,"reactions":{"happy":3},"shares":{"whatsapp":9007199254740991}}}"#,
];

pub(crate) fn articles(body: &[u8]) {
    let mut request = sent(Method::PUT, "/v1/sites/news/articles?article=a", body);
    request
        .headers_mut()
        .insert(header::AUTHORIZATION, HeaderValue::from_static(NEWSROOM));
    ask(request);
}
