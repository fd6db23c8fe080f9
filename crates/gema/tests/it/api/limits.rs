/// Floods of tokens and of addresses.
mod floods;
/// Limits of requests, whatever is in them.
mod requests;

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::{body::Body, extract::ConnectInfo, http::Request};
use config::{Articles, TrustedProxy};
use serde_json::{Value, json};
use wire::{Answer, RejectedEvent};

use crate::site::{Reply, TestSite, chose, event_key, react, read, share, token};

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
    through_the_proxy(address, TestSite::events(body))
}

/// The request as the proxy forwards it for a client at that address.
fn through_the_proxy(address: &str, mut request: Request<Body>) -> Request<Body> {
    let proxy = SocketAddr::from(([127, 0, 0, 1], 50_000));
    request.extensions_mut().insert(ConnectInfo(proxy));
    let client = address.parse().unwrap();
    request.headers_mut().insert("x-forwarded-for", client);
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

/// A public read request by a client at that address.
pub(super) fn reading(address: &str, path: &str) -> Request<Body> {
    let request = Request::builder().uri(format!("/v1/sites/news/{path}"));
    through_the_proxy(address, request.body(Body::empty()).unwrap())
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
