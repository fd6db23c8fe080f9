use std::{
    convert::Infallible,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{Method, Request},
};
use config::{Action, Articles, Config, Site, TrustedProxy};
use futures_util::stream::pending;
use limits::{Limits, RequestLimiter};
use serde_json::{Value, json};
use store::{Admission, NewEvent, NewEventKind};
use store_contract::soak::rounds;
use visitor::Day;
use wire::{Answer, RejectedEvent};

use crate::site::{PAGE, Reply, TestSite, chose, event_key, react, read, share, token};

/// A site with the default limits, behind a proxy that forwards its clients' addresses.
pub(super) fn site() -> Arc<TestSite> {
    let proxy = TrustedProxy::try_from("127.0.0.0/8".to_owned()).unwrap();
    Arc::new(TestSite::configured(
        |config| config.trusted_proxies = vec![proxy],
        |_| {},
    ))
}

/// A request from a page of the site, by a client at that address.
fn from(address: &str, body: Value) -> Request<Body> {
    let mut request = TestSite::events(body);
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
    request
        .headers_mut()
        .insert("x-forwarded-for", address.parse().unwrap());
    request
}

async fn sends(site: &TestSite, address: &str, body: Value) -> Answer {
    let reply = site.send(from(address, body)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// Sends that many requests, hundreds at a time. Returns the responses in the same order.
pub(super) async fn all(
    site: &Arc<TestSite>,
    count: u64,
    request: impl Fn(u64) -> Request<Body>,
) -> Vec<Reply> {
    let mut replies = Vec::new();
    for first in (0..count).step_by(512) {
        let sending: Vec<_> = (first..count.min(first + 512))
            .map(|number| {
                let site = Arc::clone(site);
                let request = request(number);
                tokio::spawn(async move { site.send(request).await })
            })
            .collect();
        for sent in sending {
            replies.push(sent.await.unwrap());
        }
    }
    replies
}

/// The reaction of the reader with that number to an article.
fn reaction(number: u64, article: &str) -> Value {
    json!({ "visitor": token(number), "events": [react(article, Some("happy"), 1)] })
}

/// A request from one IPv6 subscriber with everything that a script can vary. Each variation is charged to the same
/// budget.
fn disguised(number: u64) -> Request<Body> {
    let suffix = u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let address = Ipv6Addr::from(0x2001_0db8_0001_0002_u128 << 64 | suffix);
    let written = match number % 3 {
        0 => address.to_string(),
        1 => format!("[{address}]:{}", 1024 + number % 60_000),
        _ => format!(
            "198.51.{}.{}, {}",
            number % 250,
            number % 199,
            address.to_string().to_uppercase()
        ),
    };
    let mut request = from(&written, reaction(number, "a"));
    let headers = request.headers_mut();
    match number % 5 {
        0 => drop(headers.remove("origin")),
        1 => drop(headers.insert("origin", "null".parse().unwrap())),
        _ => {}
    }
    headers.insert(
        "user-agent",
        format!("Mozilla/5.0 Firefox/{number}").parse().unwrap(),
    );
    headers.insert("forwarded", format!("for=\"[{address}]\"").parse().unwrap());
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_fresh_tokens_adds_at_most_its_budget() {
    let tokens = rounds(7_000, 100_000).into();
    let site = site();
    let replies = all(&site, tokens, disguised).await;
    assert_eq!(chose(&site.tally("a").await, "happy"), 2_000);
    let counts = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    assert_eq!(counts(200) + counts(429), replies.len());
    assert!(
        counts(429) >= 1_000,
        "a flood of requests as such: {}",
        counts(429)
    );

    site.hours_pass(1);
    all(&site, 3_000, |number| disguised(tokens + number)).await;
    assert_eq!(
        chose(&site.tally("a").await, "happy"),
        3_000,
        "an hour later, the rest of the daily amount"
    );
    site.hours_pass(24);
    all(&site, 100, |number| disguised(2 * tokens + number)).await;
    assert_eq!(
        chose(&site.tally("a").await, "happy"),
        3_100,
        "a new day has a new budget"
    );
    let neighbour = sends(&site, "2001:db8:1:3::1", reaction(999_999, "a")).await;
    assert!(
        neighbour.refused.is_empty(),
        "another subscriber has a budget of their own"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_reactions_a_minute_from_one_address_all_count() {
    let site = site();
    for article in ["a", "b"] {
        let replies = all(&site, 500, |reader| {
            let events = [
                read(article, &event_key(reader)),
                react(article, Some("happy"), 1 + reader),
            ];
            from(
                "192.0.2.1",
                json!({ "visitor": token(reader), "events": events }),
            )
        })
        .await;
        assert!(
            replies
                .iter()
                .all(|reply| reply.json::<Answer>().refused.is_empty())
        );
        let tally = site.tally(article).await;
        assert_eq!((tally.reads, chose(&tally, "happy")), (500, 500));
    }
}

/// Resident memory of this process, in bytes.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_spoofed_networks_takes_bounded_memory() {
    let networks: u64 = rounds(20_000, 1_000_000).into();
    let limits = Arc::new(Limits::new(|| Duration::from_secs(1)));
    let config = Arc::new(Config::demo());
    let amounts = config.limits.clone().unwrap();
    let site = Arc::new(Site::demo());
    let come = |numbers: std::ops::Range<u64>| {
        for number in numbers {
            // Each address is in a /48 of its own.
            let address = Ipv6Addr::from(u128::from(0x2000_0000_0000 + number) << 80).into();
            let _ = limits.admit(
                &amounts,
                address,
                &[Action::Request, Action::OpaqueRequest],
                NonZeroU32::MIN,
            );
            let limits = Arc::clone(&limits);
            let config = Arc::clone(&config);
            let site = Arc::clone(&site);
            let limiter = RequestLimiter::new(
                limits,
                config,
                site,
                Day::new(1),
                address,
                Some(&token(number).into()),
            );
            let article = crate::site::article("a");
            for what in [NewEventKind::Read, NewEventKind::Voter] {
                limiter.admits(
                    0,
                    &NewEvent {
                        article: &article,
                        is_first: number % 2 == 0,
                        kind: what,
                    },
                );
            }
            limiter.commit();
        }
    };
    come(0..10_000);
    let before = limits.bytes();
    let resident_before = resident();
    come(10_000..networks);
    let after = limits.bytes();
    let resident_after = resident();
    println!(
        "{networks} networks: meters {before} then {after} bytes, process {resident_before} then {resident_after}"
    );
    assert!(after < 64 << 20, "{after}");
    // Other tests run in the same process; only a soak has the process to itself.
    if networks == 1_000_000 {
        assert!(
            resident_after.saturating_sub(resident_before) < 64 << 20,
            "{resident_before} {resident_after}"
        );
    }
}

/// Sends the reads with these numbers from an address; returns the rejections.
async fn reads(
    site: &TestSite,
    address: &str,
    numbers: std::ops::Range<u64>,
) -> Vec<RejectedEvent> {
    let mut refused = Vec::new();
    for first in numbers.clone().step_by(50) {
        let events: Vec<_> = (first..numbers.end.min(first + 50))
            .map(|number| read("a", &event_key(number)))
            .collect();
        refused.extend(
            sends(site, address, json!({ "events": events }))
                .await
                .refused,
        );
    }
    refused
}

#[tokio::test]
async fn reads_per_address_are_limited_and_repeats_are_not_charged() {
    let site = site();
    assert!(reads(&site, "192.0.2.1", 0..2_500).await.is_empty());
    let refused = reads(&site, "192.0.2.1", 2_500..2_550).await;
    assert_eq!((refused.len(), site.tally("a").await.reads), (50, 2_500));
    assert!(refused.iter().all(
        |refusal| refusal.retry_after.is_none() && refusal.reason.contains("reads.per_address")
    ));
    for _ in 0..3 {
        assert!(
            reads(&site, "192.0.2.1", 0..2_500).await.is_empty(),
            "a repeated event"
        );
    }
    assert!(
        reads(&site, "192.0.2.2", 2_500..2_550).await.is_empty(),
        "somebody else"
    );
    site.days_pass(1);
    assert!(
        reads(&site, "192.0.2.1", 3_000..5_500).await.is_empty(),
        "another day"
    );
    assert_eq!(reads(&site, "192.0.2.1", 5_500..5_501).await.len(), 1);
    assert!(
        site.metrics()
            .await
            .contains("gema_limited_total{limit=\"reads.per_address\"} 51")
    );
}

#[tokio::test]
async fn an_event_over_its_limit_is_refused_by_itself() {
    let site = site();
    let shares = |network: &'static str, numbers: std::ops::Range<u64>| {
        let shares = numbers.map(move |number| share("a", network, &event_key(number)));
        json!({ "visitor": token(1), "events": shares.chain([react("a", Some("happy"), 5)]).collect::<Vec<_>>() })
    };
    for first in (0..480).step_by(40) {
        assert!(
            sends(&site, "192.0.2.1", shares("whatsapp", first..first + 40))
                .await
                .refused
                .is_empty()
        );
    }
    let answer = sends(&site, "192.0.2.1", shares("whatsapp", 480..520)).await;
    let refused: Vec<_> = answer.refused.iter().map(|refusal| refusal.index).collect();
    assert_eq!(refused, Vec::from_iter(20..40));
    assert!(
        answer.tallies[0].mine.is_some(),
        "the reaction of the same batch counts"
    );
    assert!(
        sends(&site, "192.0.2.1", shares("copy", 0..1))
            .await
            .refused
            .is_empty(),
        "another network has its own"
    );
    assert_eq!(site.tally("a").await.shares.total(), 501);
}

#[tokio::test]
async fn choices_per_visitor_are_limited_and_totals_stay_right() {
    let site = site();
    let press = |seq: u64| json!({ "visitor": token(1), "events": [react("a", Some(["happy", "sad"][seq as usize % 2]), seq)] });
    let mut refused = Vec::new();
    for seq in 1..=130 {
        refused.extend(sends(&site, "192.0.2.1", press(seq)).await.refused);
    }
    assert_eq!(refused.len(), 10);
    assert!(
        refused.iter().all(|refusal| refusal.retry_after == Some(7)
            && refusal.reason.contains("choices.per_visitor"))
    );
    assert_eq!(site.tally("a").await.reactions.total(), 1);
    site.hours_pass(1);
    assert!(
        sends(&site, "192.0.2.1", press(130))
            .await
            .refused
            .is_empty()
    );
}

#[tokio::test]
async fn new_articles_are_limited_and_known_ones_still_count() {
    let site = site();
    let read_of =
        |number: u64| json!({ "events": [read(&format!("article-{number}"), &event_key(1))] });
    for number in 0..300 {
        assert!(
            sends(&site, "192.0.2.1", read_of(number))
                .await
                .refused
                .is_empty()
        );
    }
    let refused = sends(&site, "192.0.2.1", read_of(300)).await;
    assert_eq!(
        (refused.refused[0].retry_after, refused.tallies.len()),
        (Some(13), 0)
    );
    assert_eq!(site.tally("article-300").await.rev, 0);
    let known = json!({ "events": [read("article-7", &event_key(2))] });
    assert!(sends(&site, "192.0.2.1", known).await.refused.is_empty());
    site.hours_pass(1);
    assert!(
        sends(&site, "192.0.2.1", read_of(300))
            .await
            .refused
            .is_empty()
    );
}

#[tokio::test]
async fn where_articles_are_registered_only_known_ones_have_counts() {
    let site = TestSite::with(|site| site.articles = Articles::Registered);
    let publication = store::ArticleUpdate {
        article: None,
        imported: Some(wire::Imported::default()),
        poll: None,
    };
    let id = wire::SiteId::parse("news").unwrap();
    let today = visitor::Day::parse("2015-11-17").unwrap();
    site.store
        .put_article(&id, today, &crate::site::article("known"), publication)
        .await
        .unwrap();
    let reader = site.reader();
    let answer = reader
        .sends([read("known", &event_key(1)), read("made-up", &event_key(2))])
        .await;
    assert_eq!((answer.tallies.len(), answer.tallies[0].reads), (1, 1));
    let RejectedEvent {
        index,
        field,
        reason,
        retry_after,
    } = &answer.refused[0];
    assert_eq!((*index, field.as_str(), *retry_after), (1, "article", None));
    assert!(reason.contains("`articles`"), "{reason}");
    assert_eq!(site.tally("made-up").await.rev, 0);
}

#[tokio::test]
async fn requests_without_an_origin_have_a_lower_limit() {
    let site = site();
    let opaque = |number| {
        let mut request = from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number % 100))] }),
        );
        request.headers_mut().remove("origin");
        request
    };
    let replies = all(&site, 610, opaque).await;
    let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(over.len(), 10);
    let problem: Value = over[0].json();
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("opaque_requests.per_address"),
        "{problem}"
    );
    assert_eq!(over[0].header("retry-after"), "2");
    let page = from("192.0.2.1", json!({ "events": [read("a", &event_key(1))] }));
    assert_eq!(page.headers()["origin"], PAGE);
    assert_eq!(
        site.send(page).await.status,
        200,
        "pages of the site are not limited by it"
    );
}

/// A request without a preflight that a page of another site can make its visitors' browsers send: to each route that
/// accepts a body, from an origin that the site does not list, or without one. The body never arrives.
fn foreign(number: u64) -> Request<Body> {
    let (method, path) = [
        (Method::POST, "events"),
        (Method::POST, "reaction"),
        (Method::POST, "widget.html?article=a&frame=1"),
        (Method::DELETE, "visitor"),
    ][number as usize % 4]
        .clone();
    let origin = if number.is_multiple_of(8) {
        "null"
    } else {
        "https://evil.example"
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/sites/news/{path}"))
        .header("origin", origin);
    let body = Body::from_stream(pending::<Result<Bytes, Infallible>>());
    let mut request = request
        .header("x-forwarded-for", "192.0.2.1")
        .body(body)
        .unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_pages_are_refused_unread_and_charge_no_visitor() {
    let proxy = TrustedProxy::try_from("127.0.0.0/8".to_owned()).unwrap();
    let site = TestSite::configured(
        |config| config.trusted_proxies = vec![proxy],
        |site| site.opaque_origins = false,
    );
    let site = Arc::new(site);
    let replies = all(&site, 8_000, foreign).await;
    assert!(
        replies.iter().all(|reply| reply.status == 403),
        "{:?}",
        replies.iter().find(|reply| reply.status != 403)
    );
    // The budget is still complete.
    let replies = all(&site, 6_001, |number| {
        from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number))] }),
        )
    });
    let counts = replies
        .await
        .iter()
        .filter(|reply| reply.status == 200)
        .count();
    assert_eq!(counts, 6_000);
    assert_eq!(
        site.metric("gema_refused_total{reason=\"origin\"}").await,
        8_000.0
    );
}

/// An image that a page of another site can make its visitors' browsers fetch. None of them is cached.
fn shown(number: u64) -> Request<Body> {
    let kind = if number.is_multiple_of(2) {
        "frame"
    } else {
        "stand_in"
    };
    let method = if number.is_multiple_of(7) {
        Method::HEAD
    } else {
        Method::GET
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/sites/news/widget.html?article=a&{kind}=1"));
    let mut request = request
        .header("x-forwarded-for", "192.0.2.1")
        .body(Body::empty())
        .unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn showings_do_not_use_up_the_limit_of_requests() {
    let site = site();
    let replies = all(&site, 6_100, shown).await;
    let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(
        (
            over.len(),
            replies.iter().filter(|reply| reply.status == 200).count()
        ),
        (100, 6_000)
    );
    let problem: Value = over
        .iter()
        .find(|reply| !reply.body.is_empty())
        .unwrap()
        .json();
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("showings.per_address"),
        "{problem}"
    );
    assert!(reads(&site, "192.0.2.1", 0..50).await.is_empty());
    let opaque = all(&site, 600, |number| {
        let mut request = from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number))] }),
        );
        request.headers_mut().remove("origin");
        request
    });
    assert!(
        opaque.await.iter().all(|reply| reply.status == 200),
        "nor of requests without an origin"
    );
}

#[tokio::test]
async fn a_refused_erasure_charges_nothing_to_its_address() {
    let site = site();
    let forget = || {
        let articles: Vec<_> = (0..100).map(|number| format!("article-{number}")).collect();
        let mut request = from(
            "192.0.2.1",
            json!({ "visitor": token(1), "articles": articles }),
        );
        (*request.method_mut(), *request.uri_mut()) =
            (Method::DELETE, "/v1/sites/news/visitor".parse().unwrap());
        request
    };
    for _ in 0..59 {
        assert_eq!(site.send(forget()).await.status, 200);
    }
    let read = || {
        site.send(from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(1))] }),
        ))
    };
    for _ in 0..25 {
        assert_eq!(read().await.status, 200);
    }
    // 75 of 6,000 requests are left: each of the 10 refused erasures takes one, and each of the 65 reads.
    for _ in 0..10 {
        let refused = site.send(forget()).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(
            ["1", "2"].contains(&refused.header("retry-after")),
            "{refused:?}"
        );
    }
    for _ in 0..65 {
        assert_eq!(read().await.status, 200);
    }
    assert_eq!(read().await.status, 429);
    site.minutes_pass(1);
    assert_eq!(
        site.send(forget()).await.status,
        200,
        "admitted once the limits suffice for the whole request"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carrier_and_rented_networks_have_their_own_limits() {
    let site = site();
    let half = |number: u64| {
        Ipv6Addr::from(0x2001_0db8_0001_u128 << 80 | u128::from(number) << 64 | 1).to_string()
    };
    all(&site, 4_100, |number| {
        from(&half(number % 2), reaction(number, "a"))
    })
    .await;
    assert_eq!(
        chose(&site.tally("a").await, "happy"),
        4_000,
        "two lines of one /48"
    );
    let other = sends(&site, &half(2), reaction(5_000, "a")).await;
    assert!(
        other.refused.is_empty(),
        "two lines leave room for the others of their /48"
    );
    let carrier =
        |number: u64| Ipv4Addr::from(0xC633_6400 & !0xFFF | number as u32 & 0xFFF).to_string();
    all(&site, 4_100, |number| {
        from(&carrier(number), reaction(10_000 + number, "a"))
    })
    .await;
    assert_eq!(
        chose(&site.tally("a").await, "happy"),
        8_101,
        "4,096 addresses of one /20"
    );
}

/// Events that are not stored because of a disk error are not charged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_store_charges_no_limit() {
    let site = site();
    assert!(reads(&site, "192.0.2.1", 0..1).await.is_empty());
    let database = rusqlite::Connection::open(site.dir().join("gema.db")).unwrap();
    database
        .execute_batch(
            "create trigger broken before insert on seen begin select raise(abort, 'broken'); end",
        )
        .unwrap();
    let replies = all(&site, 1_000, |number| {
        from(
            "192.0.2.1",
            json!({ "events": [read("a", &event_key(number + 1))] }),
        )
    })
    .await;
    assert!(replies.iter().all(|reply| reply.status == 503));
    database.execute_batch("drop trigger broken").unwrap();
    assert!(reads(&site, "192.0.2.1", 1..2_500).await.is_empty());
    assert_eq!(
        (
            reads(&site, "192.0.2.1", 2_500..2_501).await.len(),
            site.tally("a").await.reads
        ),
        (1, 2_500)
    );
}

/// A public read request by a client at that address.
pub(super) fn reading(address: &str, path: &str) -> Request<Body> {
    let request = Request::builder()
        .uri(format!("/v1/sites/news/{path}"))
        .header("x-forwarded-for", address);
    let mut request = request.body(Body::empty()).unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uncached_answers_are_limited_and_cached_ones_are_not() {
    let site = site();
    let invented = |number: u64| match number % 4 {
        0 => format!("view?article=a{number}"),
        1 => format!("tallies?article=a{number}"),
        2 => format!("widget.html?article=a{number}"),
        _ => format!("badge.svg?article=a{number}"),
    };
    let known = || reading("192.0.2.1", "view?article=known");
    assert_eq!(site.send(known()).await.status, 200);
    let replies = all(&site, 6_100, |number| {
        reading("192.0.2.1", &invented(number))
    })
    .await;
    let over: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(
        (
            over.len(),
            replies.iter().filter(|reply| reply.status == 200).count()
        ),
        (101, 5_999)
    );
    let problem: Value = over[0].json();
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("cache_misses.per_address"),
        "{problem}"
    );
    assert_eq!(over[0].header("cache-control"), "no-store");
    assert!(!over[0].header("retry-after").is_empty());

    // Not limited: a cached response, another address, a program on the same machine, and events.
    let replies = all(&site, 7_000, |_| known()).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(
        site.send(reading("192.0.2.2", "view?article=b"))
            .await
            .status,
        200
    );
    let replies = all(&site, 6_100, |number| {
        reading("127.0.0.1", &format!("view?article=c{number}"))
    })
    .await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert!(reads(&site, "192.0.2.1", 0..50).await.is_empty());

    // Contradictory headers do not make a client count as a program on the same machine.
    let replies = all(&site, 6_001, |number| {
        let mut request = reading("192.0.2.3", &format!("view?article=d{number}"));
        request
            .headers_mut()
            .insert("forwarded", "for=192.0.2.4".parse().unwrap());
        request
    });
    assert_eq!(
        replies
            .await
            .iter()
            .filter(|reply| reply.status == 429)
            .count(),
        1
    );
}
