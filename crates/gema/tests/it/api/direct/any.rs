use std::{convert::Infallible, io, net::SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Method, Request},
};
use config::{Config, Origin, Site, TrustedProxy};
use futures_util::stream;
use serde_json::json;
use store_contract::soak::rounds;
use wire::SiteId;

use super::{lines, shown};
use crate::{
    random::Random,
    site::{FIREFOX, PAGE, Reply, TestSite, event_key, react, read, share, token},
};

/// A request without its site.
#[derive(Clone, Debug)]
pub(super) struct AnyRequest {
    method: Method,
    /// What follows the site in the path.
    rest: &'static str,
    site: &'static str,
    /// The last part of the client's address.
    peer: u8,
    headers: Vec<(&'static str, &'static [u8])>,
    body: String,
    /// Number of pieces in which the body arrives.
    pieces: usize,
    /// Whether the connection ends within the body.
    ends_early: bool,
}

const RESTS: [&str; 16] = [
    "events",
    "events",
    "events",
    "events",
    "events",
    "events?article=a&x=1",
    "events?",
    "events/",
    "Events",
    "event%73",
    "events%20",
    "/events",
    "./events",
    "../news/events",
    "events;a=b",
    "events/..",
];

const HEADERS: [(&str, &[u8]); 40] = [
    ("content-type", b"application/json"),
    ("content-type", b"TEXT/PLAIN ; charset=x"),
    ("content-type", b"text/plain;"),
    ("content-type", b"image/png"),
    ("content-type", b"application/x-www-form-urlencoded"),
    ("content-type", b"\xfftext/plain"),
    ("content-type", b""),
    ("content-encoding", b"gzip"),
    ("origin", b"null"),
    ("origin", b"https://evil.example"),
    ("origin", b"HTTPS://NEWS.EXAMPLE"),
    ("origin", b"https://news.example:443"),
    ("origin", b"https://news.example."),
    ("origin", b"https://news.example/"),
    ("origin", b"http://gema.example"),
    ("origin", b"\xff"),
    ("origin", b""),
    ("host", b"gema.example"),
    ("host", b"news.example"),
    ("sec-fetch-site", b"same-origin"),
    ("sec-fetch-site", b"same-site"),
    ("sec-fetch-site", b"cross-site"),
    ("sec-fetch-site", b"none"),
    ("referer", b"https://news.example/a"),
    ("referer", b"https://evil.example/a"),
    ("referer", b"x"),
    ("user-agent", b"curl/8.0"),
    ("user-agent", b"Googlebot/2.1"),
    ("user-agent", b""),
    ("user-agent", b"\xff\xfe"),
    ("x-forwarded-for", b"198.51.100.7"),
    ("x-forwarded-for", b"198.51.100.8, 192.0.2.9"),
    ("x-forwarded-for", b"unknown"),
    ("forwarded", b"for=198.51.100.7"),
    ("forwarded", b"for=\"[2001:db8::1]:4711\""),
    ("forwarded", b"for=\"x"),
    ("authorization", b"Bearer kunci-redaksi-8c1f0a7be94d5523"),
    ("if-none-match", b"*"),
    ("accept-encoding", b"br, gzip"),
    ("access-control-request-method", b"POST"),
];

/// The headers that readers' browsers send.
const USUAL_HEADERS: [(&str, &[u8]); 3] = [
    ("content-type", b"text/plain;charset=UTF-8"),
    ("origin", PAGE.as_bytes()),
    ("user-agent", FIREFOX.as_bytes()),
];

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::TRACE,
];

fn one_of<T: Clone>(random: &mut Random, all: &[T]) -> T {
    all[random.below(all.len() as u64) as usize].clone()
}

impl AnyRequest {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut headers = Vec::from(USUAL_HEADERS);
        for _ in 0..random.below(4) {
            let header = one_of(random, &HEADERS);
            // A header that is there twice, or instead of another one.
            if random.below(4) > 0 {
                headers.retain(|(name, _)| *name != header.0);
            }
            headers.insert(random.below(headers.len() as u64 + 1) as usize, header);
        }
        Self {
            method: match random.below(10) {
                0 => one_of(random, &METHODS),
                _ => Method::POST,
            },
            rest: one_of(random, &RESTS),
            site: one_of(
                random,
                &["news", "news", "news", "sport", "nobody", "NEWS", "news "],
            ),
            peer: random.below(40) as u8,
            headers,
            body: any_body(random),
            pieces: 1 + random.below(3) as usize,
            ends_early: random.below(20) == 0,
        }
    }

    /// The path, with a name of the site as the router alone decodes it.
    fn path(&self, is_direct: bool) -> String {
        let site = self.site.replace(' ', "%20");
        let site = match is_direct {
            true => site,
            false => format!("%{:02x}{}", site.as_bytes()[0], &site[1..]),
        };
        format!("/v1/sites/{site}/{}", self.rest)
    }

    /// A request that is not refused before its body is read.
    pub(super) fn usual(random: &mut Random) -> Self {
        Self {
            method: Method::POST,
            rest: "events",
            site: one_of(random, &["news", "sport"]),
            peer: 1,
            headers: USUAL_HEADERS.into(),
            body: any_body(random),
            pieces: 1,
            ends_early: false,
        }
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.body.len()
    }

    /// The bytes of a POST request with these headers and this body, and with these further headers.
    pub(super) fn bytes(&self, is_direct: bool, further: &str) -> Vec<u8> {
        let path = self.path(is_direct);
        let mut bytes = format!("POST {path} HTTP/1.1\r\n").into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: ").as_bytes());
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        let length = self.body.len();
        let end = format!("content-length: {length}\r\n{further}\r\n{}", self.body);
        bytes.extend_from_slice(end.as_bytes());
        bytes
    }

    fn body(&self) -> Body {
        let length = self.body.len().div_ceil(self.pieces).max(1);
        let pieces: Vec<_> = self
            .body
            .as_bytes()
            .chunks(length)
            .map(<[u8]>::to_vec)
            .collect();
        match (self.ends_early, self.pieces) {
            (true, _) => {
                let end = Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                Body::from_stream(stream::iter(pieces.into_iter().map(Ok).chain([end])))
            }
            (false, 1) => Body::from(self.body.clone()),
            (false, _) => {
                Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)))
            }
        }
    }

    async fn sent(&self, site: &TestSite, is_direct: bool) -> Reply {
        let path = self.path(is_direct);
        let mut request = Request::new(self.body());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in &self.headers {
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().append(*name, value);
        }
        let peer = SocketAddr::new([192, 0, 2, self.peer].into(), 50_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        site.send(request).await
    }
}

/// A body, most often of events that count.
fn any_body(random: &mut Random) -> String {
    let number = random.below(200);
    let article = one_of(random, &["a", "b", "a\u{301}", "/c?d=e", "", "\u{202e}"]);
    let event = match random.below(4) {
        0 | 1 => read(article, &event_key(number)),
        2 => react(
            article,
            one_of(random, &[Some("happy"), Some("no"), None]),
            number,
        ),
        _ => share(article, "whatsapp", &event_key(number)),
    };
    let events = vec![event; 1 + random.below(3) as usize];
    let mut body = json!({ "events": events });
    match random.below(5) {
        0 => body["stand_in"] = true.into(),
        1 => {}
        _ => body["visitor"] = json!(token(random.below(30))),
    }
    if random.below(8) == 0 {
        body["signals"] = json!(["webdriver"]);
    }
    let text = body.to_string();
    match random.below(12) {
        0 => {
            let mut bytes = text.into_bytes();
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = b" \"{}[]0,:x"[random.below(10) as usize];
            String::from_utf8(bytes).unwrap_or_default()
        }
        1 => text[..random.below(10) as usize].to_owned(),
        2 => text + one_of(random, &[" ", "\n", "x", "{}", "\0"]),
        3 => text + &" ".repeat(one_of(random, &[4000, 65_300, 70_000])),
        4 => format!("[{text}]"),
        _ => text,
    }
}

pub(super) fn site(proxies: Option<&str>, change: impl FnOnce(&mut Config)) -> TestSite {
    TestSite::configured(
        |config| {
            change(config);
            let proxies =
                proxies.map(|network| TrustedProxy::try_from(network.to_owned()).unwrap());
            config.trusted_proxies = proxies.into_iter().collect();
            let mut sport = Site::new(SiteId::parse("sport").unwrap());
            sport.origins = vec![Origin::Exact(PAGE.into())];
            sport.noscript_votes = false;
            config.sites.insert(sport.id.clone(), sport.into());
        },
        |_| {},
    )
}

/// What the site has counted and refused.
pub(super) async fn state(site: &TestSite) -> Vec<String> {
    let mut state = Vec::new();
    for name in [
        "gema_requests",
        "gema_refused",
        "gema_events",
        "gema_limited",
    ] {
        state.extend(lines(site, name).await);
    }
    site.app().write_refused().await;
    for path in ["tallies?article=a&article=b&article=%C3%A1", "method.json"] {
        for id in ["news", "sport"] {
            let reply = site.get(&format!("/v1/sites/{id}/{path}")).await;
            state.push(format!("{reply:?}"));
        }
    }
    state
}

#[tokio::test]
async fn any_request_is_answered_alike_by_both_paths() {
    let (mut random, seed) = Random::new();
    println!("GEMA_SEED={seed}");
    let mut taken = 0;
    for proxies in [None, Some("192.0.2.0/27")] {
        let [direct, routed] = [(); 2].map(|()| site(proxies, |_| {}));
        for number in 0..rounds(1500, 40_000) {
            let request = AnyRequest::new(&mut random);
            let replies = [
                request.sent(&direct, true).await,
                request.sent(&routed, false).await,
            ];
            let [one, other] = &replies;
            assert_eq!(shown(one), shown(other), "{number}: {request:?}");
            taken += usize::from(one.status == 200);
        }
        assert_eq!(state(&direct).await, state(&routed).await);
    }
    assert!(taken > 100, "{taken} were taken");
}
