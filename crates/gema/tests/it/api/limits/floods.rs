use std::{net::Ipv6Addr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{body::Body, http::Request};
use config::{Action, Config, Site};
use limits::{Limits, RequestLimiter};
use serde_json::json;
use store::{Admission, NewEvent, NewEventKind};
use store_contract::soak::rounds;
use visitor::Day;
use wire::Answer;

use super::{all, from, reaction, sends, site};
use crate::site::{chose, event_key, react, read, token};

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
