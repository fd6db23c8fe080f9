use std::{
    io::Read,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode, header, response::Parts},
};
use config::{Clients, Config, ConfigHandle, Origin, Secret, Site, WalineReaction};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use limits::Limits;
use serde_json::Value;
use server::{
    app::{PublicService, router},
    state::App,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use wire::{Answer, Reaction, SiteId, Tallies};

const NEWSROOM: &str = "Bearer kunci-redaksi-8c1f0a7be94d5523";

/// An endpoint with one site and its own database.
struct Endpoint {
    runtime: Runtime,
    router: PublicService,
    _dir: TempDir,
}

thread_local! {
    static ENDPOINT: Endpoint = Endpoint::start();
}

impl Endpoint {
    fn start() -> Self {
        // In memory if possible: these tests are not about the disk.
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a directory");
        let mut site = Site::new(SiteId::parse("news").expect("a slug"));
        site.origins = vec![Origin::Exact("https://news.example".into())];
        let happy = Reaction::parse("happy").expect("a slug");
        site.clients = Clients {
            waline: Some(vec![
                WalineReaction(Some(happy.clone())),
                WalineReaction(None),
            ]),
            goatcounter: true,
            open_heart: Some([("\u{2764}\u{fe0f}".into(), happy)].into()),
        };
        site.key = Some(Secret::new(NEWSROOM.trim_start_matches("Bearer ")));
        let sites = [(site.id.clone(), Arc::new(site))].into();
        let trusted_proxies = vec![String::from("127.0.0.1").try_into().expect("an address")];
        let config = Config {
            sites,
            trusted_proxies,
            demo: false,
            ..Config::demo()
        };
        let store =
            engines::open(&dir.path().join("gema.db").to_string_lossy()).expect("a database");
        let limits = Limits::new(|| Duration::ZERO);
        let now = || "2015-11-17T05:00:00Z".parse().expect("a time");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        // `App::new` spawns tasks, which needs a runtime.
        let router = runtime.block_on(async {
            router(App::new(
                Arc::new(ConfigHandle::from(config)),
                store,
                engines::open,
                limits,
                now,
            ))
        });
        Self {
            runtime,
            router,
            _dir: dir,
        }
    }

    /// Sends a request. Checks what must hold for every response: no status of 500 or more, CORS headers, a well-formed
    /// body.
    fn answers(&self, request: Request<Body>) -> (Parts, Bytes) {
        let is_frame = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("frame"));
        let (parts, body) = self.runtime.block_on(async {
            let (parts, body) = self
                .router
                .clone()
                .oneshot(request)
                .await
                .expect("an answer")
                .into_parts();
            (
                parts,
                body.collect().await.expect("a whole body").to_bytes(),
            )
        });
        assert!(
            !parts.status.is_server_error(),
            "{parts:?} {}",
            String::from_utf8_lossy(&body)
        );
        // The frame contains its reader's choice, so no other page may read it.
        let readable = parts.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert!(
            readable.is_some_and(|pages| pages == "*") || readable.is_none() && is_frame,
            "{parts:?}"
        );
        let body = unpacked(&parts, body);
        let media = parts
            .headers
            .get(header::CONTENT_TYPE)
            .map_or("", |media| media.to_str().expect("ASCII"));
        if media.ends_with("json") {
            let json: Value = serde_json::from_slice(&body).expect("JSON");
            let is_problem = media == "application/problem+json";
            assert_eq!(is_problem, parts.status.is_client_error());
            assert!(
                !is_problem
                    || json["status"] == parts.status.as_u16() && json["detail"].is_string()
            );
        }
        (parts, body)
    }
}

/// The decompressed body.
fn unpacked(parts: &Parts, body: Bytes) -> Bytes {
    let Some(coding) = parts.headers.get(header::CONTENT_ENCODING) else {
        return body;
    };
    let mut whole = Vec::new();
    match coding.as_bytes() {
        b"br" => brotli::Decompressor::new(&body[..], 4096)
            .read_to_end(&mut whole)
            .expect("what brotli has packed"),
        b"gzip" => GzDecoder::new(&body[..])
            .read_to_end(&mut whole)
            .expect("what gzip has packed"),
        other => panic!("no browser asked for {other:?}"),
    };
    whole.into()
}

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

/// Sends a read event and a request for the view, both with these headers.
pub(crate) fn headers(lines: &[u8]) {
    let lines = lines.split(|byte| *byte == b'\n').filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        Some((
            name,
            HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?,
        ))
    });
    let lines: Vec<_> = lines.collect();
    let read = Body::from(
        br#"{"events":[{"type":"read","article":"a","key":"AAAAAAAAAAAAAAAA"}]}"#.to_vec(),
    );
    let post = Request::post("/v1/sites/news/events").body(read);
    let get = Request::get("/v1/sites/news/view?article=a").body(Body::empty());
    for request in [post, get] {
        let mut request = request.expect("a request");
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 4711))));
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
