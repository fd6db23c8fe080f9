//! Clients of other counters: their requests as their sources make them, and the answers that they can read.

/// GoatCounter's script and its visitor counter.
mod goatcounter;
/// Open Heart's element and form.
mod open_heart;
/// Waline, versions 2 and 3.
mod waline;

use std::{future::Future, net::SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode},
};
use config::{Clients, KeyPattern, Site};
use futures_util::future::join_all;
use serde_json::{Value, json};

use wire::SiteId;

use crate::site::{FIREFOX, PAGE, Reply, TestSite, article, chose};

/// All clients; Waline's second reaction is left out.
pub(crate) fn all_clients() -> Clients {
    toml::from_str(
        "waline = [\"happy\", \"-\", \"sad\"]\ngoatcounter = true\nopen_heart = { \"\u{2764}\u{fe0f}\" = \"happy\", \"\u{1f622}\" = \"sad\" }",
    )
    .unwrap()
}

fn site() -> TestSite {
    TestSite::with(|site| site.clients = all_clients())
}

/// A reader of a page with such a client.
#[derive(Clone, Copy)]
struct ClientReader<'s> {
    site: &'s TestSite,
    address: [u8; 4],
    agent: &'static str,
    origin: Option<&'static str>,
}

impl<'s> ClientReader<'s> {
    fn of(site: &'s TestSite) -> Self {
        Self {
            site,
            address: [192, 0, 2, 1],
            agent: FIREFOX,
            origin: Some(PAGE),
        }
    }

    /// Another reader, at another address.
    fn at(self, host: u8) -> Self {
        Self {
            address: [192, 0, 2, host],
            ..self
        }
    }

    /// Sends a request below the site's address.
    async fn sends(
        self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Reply {
        let uri = format!("/v1/sites/news/{path}");
        let mut request = Request::builder().method(method).uri(uri);
        request = request.header("user-agent", self.agent);
        if let Some(origin) = self.origin {
            request = request.header("origin", origin);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let peer = SocketAddr::from((self.address, 50_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.site.send(request).await
    }

    async fn gets(self, path: &str) -> Reply {
        self.sends(Method::GET, path, &[], "").await
    }

    async fn posts_json(self, path: &str, body: Value) -> Reply {
        let headers = [("content-type", "application/json")];
        self.sends(Method::POST, path, &headers, &body.to_string())
            .await
    }

    async fn posts_text(self, path: &str, body: &str) -> Reply {
        let headers = [("content-type", "text/plain;charset=UTF-8")];
        self.sends(Method::POST, path, &headers, body).await
    }
}

/// 64 readers do it at the same time.
async fn all_at_once<'s, F: Future<Output = ()>>(
    site: &'s TestSite,
    act: impl Fn(ClientReader<'s>) -> F,
) {
    join_all((1..=64).map(|host| act(ClientReader::of(site).at(host)))).await;
}

/// Every address of the clients, with a request that would count.
const CLIENT_REQUESTS: [(&str, &str, &str); 10] = [
    ("GET", "waline/api/article?path=/a&type=time", ""),
    (
        "POST",
        "waline/api/article",
        "{\"path\":\"/a\",\"type\":\"time\"}",
    ),
    ("GET", "waline/article?path=/a&type=time", ""),
    (
        "POST",
        "waline/article",
        "{\"path\":\"/a\",\"type\":\"time\"}",
    ),
    ("GET", "waline/api/comment?type=count&url=/a", ""),
    ("POST", "waline/api/comment", "{}"),
    ("GET", "goatcounter/count?p=/a", ""),
    ("GET", "goatcounter/counter//a.json", ""),
    ("POST", "open-heart/a", "\u{2764}\u{fe0f}"),
    ("GET", "open-heart/a", ""),
];

#[tokio::test]
async fn a_client_that_is_off_has_no_address() {
    let without = TestSite::new();
    let nothing = without.get("/v1/sites/news/nothing").await;
    for (method, path, body) in CLIENT_REQUESTS {
        let headers = [("content-type", "application/json")];
        let method: Method = method.parse().unwrap();
        let reader = ClientReader::of(&without);
        let reply = reader.sends(method.clone(), path, &headers, body).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(
            reply.json::<Value>()["detail"],
            nothing.json::<Value>()["detail"],
            "{method} {path}"
        );
    }
    assert_eq!(without.tally("/a").await.rev, 0);
    let others = TestSite::with(|site| {
        site.clients = all_clients();
        site.clients.waline = None;
    });
    let reader = ClientReader::of(&others);
    assert_eq!(reader.gets("waline/api/article?path=/a").await.status, 404);
    assert_eq!(reader.gets("open-heart/a").await.status, 200);
}

#[tokio::test]
async fn a_page_of_another_origin_counts_nothing() {
    let site = TestSite::with(|site| {
        site.clients = all_clients();
        site.opaque_origins = false;
    });
    let foreign = ClientReader {
        origin: Some("https://other.example"),
        ..ClientReader::of(&site)
    };
    let opaque = ClientReader {
        origin: None,
        ..foreign
    };
    for reader in [foreign, opaque] {
        let vote = json!({ "path": "/a", "type": "reaction0" });
        let reply = reader.posts_json("waline/api/article", vote).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json::<Value>()["errno"]),
            (403, &json!(403))
        );
        assert_eq!(
            reader.posts_text("open-heart/a", "\u{2764}").await.status,
            403
        );
        assert_eq!(reader.gets("goatcounter/count?p=/a").await.status, 403);
        let referer = [("referer", "https://other.example/a")];
        let image = opaque.sends(Method::GET, "goatcounter/count?p=/a", &referer, "");
        assert_eq!(image.await.status, 403);
    }
    assert_eq!(site.tally("/a").await.rev, 0);
    // An image of the site's own page has no `Origin`.
    let referer = [("referer", "https://news.example/")];
    let image = opaque.sends(Method::GET, "goatcounter/count?p=/a", &referer, "");
    assert_eq!(image.await.status, 200);
    assert_eq!(site.tally("/a").await.reads, 1);
}

#[tokio::test]
async fn a_reader_of_two_clients_and_of_the_frame_is_one_voter() {
    let site = site();
    let reader = ClientReader::of(&site);
    reader.posts_text("open-heart/a", "\u{2764}\u{fe0f}").await;
    let vote = json!({ "path": "/a", "type": "reaction2" });
    reader.posts_json("waline/api/article", vote).await;
    let tally = site.tally("/a").await;
    assert_eq!((chose(&tally, "happy"), chose(&tally, "sad")), (0, 1));
    let form = "article=/a&reaction=happy&seq=9007199254740000&stand_in=1";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    reader.sends(Method::POST, "reaction", &headers, form).await;
    let tally = site.tally("/a").await;
    assert_eq!((chose(&tally, "happy"), chose(&tally, "sad")), (1, 0));
}

#[tokio::test]
async fn reads_of_bots_and_of_ignored_articles_do_not_count() {
    let site = TestSite::with(|site| {
        site.clients = all_clients();
        site.ignore = vec![KeyPattern::try_from("/draft*".to_owned()).unwrap()];
    });
    let bot = ClientReader {
        agent: "Googlebot/2.1",
        ..ClientReader::of(&site)
    };
    let reply = bot.gets("goatcounter/count?p=/a").await;
    assert_eq!(reply.status, 202);
    assert_eq!(
        reply.header("x-goatcounter"),
        "ignored because type reads of known bots do not count"
    );
    let view = json!({ "path": "/a", "type": "time", "action": "inc" });
    let reply = bot.posts_json("waline/api/article", view).await;
    assert_eq!(reply.json::<Value>()["data"], json!([{ "time": 0 }]));
    let reader = ClientReader::of(&site);
    assert_eq!(
        reader.gets("goatcounter/count?p=/draft/1").await.status,
        202
    );
    for article in ["/a", "/draft/1"] {
        assert_eq!(site.tally(article).await.rev, 0, "{article}");
    }
}

#[tokio::test]
async fn details_and_metrics_tell_what_each_client_reported() {
    let site = site();
    let reader = ClientReader::of(&site);
    let view = json!({ "path": "/a", "type": "time", "action": "inc" });
    for _ in 0..2 {
        reader.posts_json("waline/api/article", view.clone()).await;
    }
    let vote = json!({ "path": "/a", "type": "reaction0" });
    reader.posts_json("waline/api/article", vote).await;
    reader.at(2).gets("goatcounter/count?p=/a").await;
    reader.at(3).posts_text("open-heart/a", "\u{1f622}").await;
    site.reader().reads("/a").await;
    let news = Site::new(SiteId::parse("news").unwrap());
    let details = admin::show(&*site.store, &news, &article("/a")).await;
    let details = details.unwrap().unwrap();
    assert_eq!(details.tally.reads, 3);
    assert_eq!(details.noscript, 0);
    assert_eq!(
        serde_json::to_value(&details.clients).unwrap(),
        json!({
            "waline": { "reads": 1, "voters": 1 },
            "goatcounter": { "reads": 1, "voters": 0 },
            "open-heart": { "reads": 0, "voters": 1 },
        })
    );
    for (series, count) in [
        ("gema_events_total{kind=\"waline\",result=\"counted\"}", 2.),
        ("gema_events_total{kind=\"waline\",result=\"repeated\"}", 1.),
        (
            "gema_events_total{kind=\"goatcounter\",result=\"counted\"}",
            1.,
        ),
        (
            "gema_events_total{kind=\"open-heart\",result=\"counted\"}",
            1.,
        ),
        ("gema_events_total{kind=\"read\",result=\"counted\"}", 1.),
        (
            "gema_events_total{kind=\"noscript\",result=\"counted\"}",
            0.,
        ),
        ("gema_requests_total{route=\"waline\",status=\"200\"}", 3.),
        (
            "gema_requests_total{route=\"goatcounter\",status=\"200\"}",
            1.,
        ),
        (
            "gema_requests_total{route=\"open-heart\",status=\"200\"}",
            1.,
        ),
    ] {
        assert_eq!(site.metric(series).await, count, "{series}");
    }
    assert_eq!(site.store.check().await.unwrap().findings, []);
}

#[tokio::test]
async fn the_limits_are_those_of_events() {
    let site = site();
    let reader = ClientReader::of(&site);
    let mut refused = Vec::new();
    for page in 0..302 {
        let reply = reader.gets(&format!("goatcounter/count?p=/{page}")).await;
        if reply.status != 200 {
            assert_eq!(reply.status, 202);
            refused.push(reply.header("x-goatcounter").to_owned());
        }
    }
    assert_eq!(refused.len(), 2, "{refused:?}");
    let limited = "gema_limited_total{limit=\"articles.per_address\"}";
    assert_eq!(site.metric(limited).await, 2.);
    let opaque = ClientReader {
        origin: None,
        ..reader.at(2)
    };
    let view = json!({ "path": "/0", "type": "time" });
    for _ in 0..600 {
        let reply = opaque.posts_json("waline/api/article", view.clone()).await;
        assert_eq!(reply.status, 200);
    }
    let reply = opaque.posts_json("waline/api/article", view).await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.json::<Value>()["errno"], 429);
}
