//! Readers whose browser stores nothing (stand-ins): to the browser, each page load is the first one.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, request::Builder},
};
use config::ReadDedup;
use serde_json::{Value, json};
use wire::{Answer, OwnVote, Poll, Seq, Tally};

use super::fragment::view;
use crate::site::{
    FIREFOX, PAGE, Reply, TestSite, chose, event_key, react, reaction, read, share, token,
};

const STAND_IN_FRAGMENT_PATH: &str = "/v1/sites/news/widget.html?article=a&stand_in=1";

/// A reader whose browser denies storage to pages.
#[derive(Clone, Copy)]
struct StandInReader<'s> {
    site: &'s TestSite,
    address: [u8; 4],
    agent: &'static str,
    /// The `Origin` header of the requesting page.
    origin: &'static str,
}

impl<'s> StandInReader<'s> {
    fn of(site: &'s TestSite) -> Self {
        Self {
            site,
            address: [192, 0, 2, 1],
            agent: FIREFOX,
            origin: PAGE,
        }
    }

    async fn sends(&self, request: Builder, body: impl ToString) -> Reply {
        let request = request
            .header("user-agent", self.agent)
            .header("origin", self.origin);
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((self.address, 50_000))));
        self.site.send(request).await
    }

    async fn looks(&self) -> Reply {
        let reply = self.sends(Request::get(STAND_IN_FRAGMENT_PATH), "").await;
        assert_eq!(
            (
                reply.status,
                reply.header("cache-control"),
                reply.header("etag")
            ),
            (StatusCode::OK, "no-store", "")
        );
        reply
    }

    /// The reader's choice according to the fragment.
    async fn chosen(&self) -> Option<OwnVote> {
        view(&self.looks().await).tally.mine
    }

    async fn chooses(&self, option: &str, seq: u64) -> Reply {
        let form = format!("article=a&reaction={option}&seq={seq}&stand_in=1&origin={PAGE}");
        let request = Request::post("/v1/sites/news/reaction")
            .header("content-type", "application/x-www-form-urlencoded");
        self.sends(request, form).await
    }

    async fn events(&self, events: Value) -> Answer {
        let request = Request::post("/v1/sites/news/events").header("content-type", "text/plain");
        let reply = self
            .sends(request, json!({ "stand_in": true, "events": events }))
            .await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        reply.json()
    }

    /// Loads the page, reads and shares. Each load has new idempotency keys, because the browser stores none.
    async fn reads_and_shares(&self, load: u64) -> Tally {
        let read = read("a", &event_key(2 * load));
        let share = share("a", "copy", &event_key(2 * load + 1));
        self.events(json!([read, share])).await.tallies.remove(0)
    }
}

fn mine(option: Option<&str>, seq: u64) -> Option<OwnVote> {
    Some(OwnVote {
        reaction: option.map(reaction),
        seq: Seq::parse(seq).unwrap(),
    })
}

#[tokio::test]
async fn three_loads_of_one_stand_in_count_each_event_once() {
    let site = TestSite::new();
    let rini = StandInReader::of(&site);
    assert_eq!(rini.chosen().await, None);
    for load in 1..=3 {
        let tally = rini.reads_and_shares(load).await;
        assert_eq!((tally.reads, tally.shares.total()), (1, 1));
        let reply = rini.chooses("happy", load).await;
        assert_eq!(
            (reply.status, view(&reply).tally.mine),
            (StatusCode::OK, mine(Some("happy"), load)),
            "{reply:?}"
        );
        assert_eq!(view(&reply).tally.reactions.total(), 1);
        let shown = rini.looks().await;
        assert_eq!(view(&shown).tally.mine, mine(Some("happy"), load));
        assert!(
            String::from_utf8_lossy(&shown.body).contains(" aria-pressed=\"true\" value=\"happy\""),
            "{shown:?}"
        );
    }
    rini.chooses("sad", 4).await;
    let tally = site.tally("a").await;
    assert_eq!(
        (chose(&tally, "happy"), chose(&tally, "sad")),
        (0, 1),
        "changed"
    );
    rini.chooses("", 5).await;
    assert_eq!(
        (site.tally("a").await.reactions.total(), rini.chosen().await),
        (0, mine(None, 5)),
        "taken back"
    );
    // An event works like a form.
    let answer = rini.events(json!([react("a", Some("angry"), 6)])).await;
    assert_eq!(answer.tallies[0].mine, mine(Some("angry"), 6));
    assert_eq!(
        (
            site.tally("a").await.reads,
            site.tally("a").await.reactions.total()
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn stand_ins_differ_by_browser_address_and_day() {
    let site = TestSite::new();
    let rini = StandInReader::of(&site);
    let others = [
        rini,
        StandInReader {
            agent: "Dillo/3.1",
            ..rini
        },
        StandInReader {
            address: [192, 0, 2, 2],
            ..rini
        },
    ];
    for (place, reader) in others.iter().enumerate() {
        assert_eq!(reader.chosen().await, None);
        let tally = reader.reads_and_shares(10 + place as u64).await;
        reader.chooses("happy", 1).await;
        let many = place as u64 + 1;
        assert_eq!(
            (
                tally.reads,
                tally.shares.total(),
                site.tally("a").await.reactions.total()
            ),
            (many, many, many)
        );
    }
    site.days_pass(1);
    assert_eq!(rini.chosen().await, None);
    assert_eq!(
        rini.reads_and_shares(20).await.reads,
        3,
        "yesterday's read is still deduplicated"
    );
    rini.chooses("happy", 1).await;
    assert_eq!(chose(&site.tally("a").await, "happy"), 4);
    site.days_pass(2);
    assert_eq!(rini.reads_and_shares(30).await.reads, 4);
    let metrics = site.metrics().await;
    assert!(
        metrics.contains("gema_events_total{kind=\"noscript\",result=\"counted\"} 4"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_token_takes_precedence_over_a_stand_in() {
    let site = TestSite::new();
    let rini = StandInReader::of(&site);
    let request = Request::post("/v1/sites/news/events").header("content-type", "text/plain");
    let both = json!({ "visitor": token(1), "stand_in": true, "events": [react("a", Some("happy"), 1), read("a", &event_key(1))] });
    assert_eq!(rini.sends(request, both).await.status, StatusCode::OK);
    assert_eq!(
        (rini.chosen().await, site.tally("a").await.reactions.total()),
        (None, 1)
    );
    for other in ["stand_in=0", "stand_in=true", ""] {
        let form = format!("article=a&reaction=happy&seq=1&{other}");
        let request = Request::post("/v1/sites/news/reaction")
            .header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(
            rini.sends(request, form).await.json::<Value>()["field"],
            "visitor",
            "{other}"
        );
        let reply = rini
            .sends(
                Request::get(format!("/v1/sites/news/widget.html?article=a&{other}")),
                "",
            )
            .await;
        assert!(
            reply.header("cache-control").starts_with("public"),
            "{other}"
        );
    }
}

#[tokio::test]
async fn only_pages_of_the_site_learn_what_somebody_has_chosen() {
    let site = TestSite::new();
    let rini = StandInReader::of(&site);
    rini.chooses("happy", 7).await;
    let own = rini.looks().await;
    assert_eq!(own.header("access-control-allow-origin"), PAGE);
    assert!(
        own.headers
            .get_all("vary")
            .iter()
            .any(|of| of.to_str().unwrap().contains("origin")),
        "{:?}",
        own.headers
    );
    assert!(view(&own).tally.mine.is_some());

    // Other origins get the response that is the same for everybody.
    for origin in ["https://evil.example", "null", "http://news.example"] {
        let other = StandInReader { origin, ..rini };
        let reply = other.looks().await;
        assert_eq!(
            (
                reply.header("access-control-allow-origin"),
                view(&reply).tally.mine
            ),
            ("*", None),
            "{origin}"
        );
        assert!(!String::from_utf8_lossy(&reply.body).contains("aria-pressed=\"true\""));
        assert!(
            reply
                .headers
                .get_all("vary")
                .iter()
                .any(|of| of.to_str().unwrap().contains("origin"))
        );
    }
    // Events of a frame without an origin are accepted. The response contains the stored choice only if the frame has
    // just sent it.
    let framed = StandInReader {
        origin: "null",
        ..rini
    };
    for late in [
        json!([react("a", Some("sad"), 1)]),
        json!([read("a", &event_key(1))]),
        json!([react("a", None, 7)]),
    ] {
        assert_eq!(
            framed.events(late.clone()).await.tallies[0].mine,
            None,
            "{late}"
        );
    }
    assert_eq!(view(&framed.chooses("sad", 3).await).tally.mine, None);
    assert_eq!(
        rini.chosen().await,
        mine(Some("happy"), 7),
        "the stored choice is unchanged"
    );
    assert_eq!(
        view(&framed.chooses("sad", 8).await).tally.mine,
        mine(Some("sad"), 8)
    );
    assert_eq!(site.tally("a").await.reactions.total(), 1);

    // The endpoint's own pages send no origin with a GET request.
    let request = || Request::get(STAND_IN_FRAGMENT_PATH).header("user-agent", FIREFOX);
    let sent = async |request: Builder| {
        let mut request = request.body(Body::empty()).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((rini.address, 50_000))));
        site.send(request).await
    };
    let endpoints = sent(request().header("sec-fetch-site", "same-origin")).await;
    assert_eq!(
        (
            endpoints.header("access-control-allow-origin"),
            view(&endpoints).tally.mine.is_some()
        ),
        ("", true)
    );
    for fetched in ["cross-site", "none", "same-site"] {
        assert_eq!(
            view(&sent(request().header("sec-fetch-site", fetched)).await)
                .tally
                .mine,
            None,
            "{fetched}"
        );
    }
    assert_eq!(view(&sent(request()).await).tally.mine, None);
}

#[tokio::test]
async fn to_look_creates_nothing_and_is_metered() {
    let site = TestSite::new();
    let rini = StandInReader::of(&site);
    rini.looks().await;
    assert_eq!(site.tally("a").await.rev, 0);
    assert!(
        site.store
            .articles(&wire::SiteId::parse("news").unwrap(), None, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let mut looks = 1;
    let refused = loop {
        let reply = rini.sends(Request::get(STAND_IN_FRAGMENT_PATH), "").await;
        if reply.status != StatusCode::OK {
            break reply;
        }
        looks += 1;
        assert!(looks < 50_000, "no limit");
    };
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "*",
        "any page may read the rejection"
    );
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn a_site_can_disable_stand_ins() {
    let site = TestSite::with(|site| site.noscript_votes = false);
    site.reader().reacts("a", "happy").await;
    let rini = StandInReader::of(&site);
    let reply = rini.looks().await;
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(
        (view(&reply).poll, view(&reply).tally.mine),
        (Poll::Closed, None)
    );
    assert!(
        !html.contains("<button part=\"option\"")
            && html.contains("100%")
            && !html.contains("ditutup"),
        "{html}"
    );
    let refused = rini.chooses("sad", 1).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "for good");
    assert!(
        refused.json::<Value>()["detail"]
            .as_str()
            .unwrap()
            .contains("`noscript_votes` in gema.toml"),
        "{refused:?}"
    );
    // With this option nothing is derived from the address: reads are identified by their keys only.
    for load in 1..=2 {
        assert_eq!(rini.reads_and_shares(load).await.reads, load);
    }
    let hashed = TestSite::with(|site| {
        (site.noscript_votes, site.reads.identity) = (false, ReadDedup::Hash)
    });
    for load in 1..=2 {
        assert_eq!(
            StandInReader::of(&hashed)
                .reads_and_shares(load)
                .await
                .reads,
            1,
            "where the site counts so anyway"
        );
    }
}
