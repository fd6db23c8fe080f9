use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};

use super::{Endpoint, PASSWORD};

/// Number of attempts to guess a password.
const TRIES: usize = 10_000;

/// Attempts that one address has at once, by the default of `[limits.sign_ins]`.
const BURST: usize = 20;

/// Memory that hashing passwords may add, in KB: the memory of one hash, and the allocator's slack.
const MAX_MORE_KB: u64 = 64 * 1024;

/// The address of the proxy that names the clients.
const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 83, 77, 1));

const WITH_PROXY: &str = "trusted_proxies = [\"127.83.77.1\"]";

/// CPU time of a process, in user and system mode.
fn cpu_time(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<_> = fields.split(' ').collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_tries_of_one_address_cost_twenty_hashes() {
    let endpoint = Endpoint::with(WITH_PROXY);
    endpoint.signed_in("budi", "news", "editor", None).await;
    let (before, _) = endpoint.serving.memory();
    let one = Instant::now();
    let mut thief = endpoint.browser_at(PROXY);
    thief.headers = vec![("x-forwarded-for", "192.0.2.1".into())];
    assert_eq!(thief.signs_in("budi", "kuda 0").await.status, 403);
    let of_one = one.elapsed();
    let cpu = cpu_time(endpoint.serving.child.id());
    let tries = stream::iter(1..TRIES).map(|number| {
        let mut thief = thief.clone();
        async move {
            thief
                .signs_in("budi", &format!("kuda {number}"))
                .await
                .status
        }
    });
    let statuses: Vec<_> = tries.buffer_unordered(16).collect().await;
    let of = |status: u16| statuses.iter().filter(|found| **found == status).count();
    let verified = of(403) + 1;
    assert!(
        (BURST..BURST + 5).contains(&verified) || of(503) > 0,
        "{verified} verified, {} refused, {} queued out",
        of(429),
        of(503)
    );
    assert_eq!(of(403) + of(429) + of(503), TRIES - 1, "{statuses:?}");
    assert!(verified + of(503) < BURST + 5);
    let cpu = cpu_time(endpoint.serving.child.id()) - cpu;
    let (_, peak) = endpoint.serving.memory();
    println!(
        "one try: {of_one:?}; {TRIES} tries: {cpu:?} of CPU time, {before} KB before, {peak} KB at most"
    );
    assert!(
        peak < before + MAX_MORE_KB,
        "{before} KB before, {peak} KB at most"
    );
    // The user signs in from another network.
    let mut honest = endpoint.browser_at(PROXY);
    honest.headers = vec![("x-forwarded-for", "198.51.100.1".into())];
    assert_eq!(honest.signs_in("budi", PASSWORD).await.status, 303);
    let page = thief.signs_in("budi", PASSWORD).await;
    assert_eq!(page.status, 429);
    let wait: u64 = page.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        wait > 0 && page.text.contains("menit"),
        "{wait}: {}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_of_many_networks_hash_one_at_a_time() {
    let endpoint = Endpoint::with(WITH_PROXY);
    endpoint.signed_in("budi", "news", "editor", None).await;
    let (before, _) = endpoint.serving.memory();
    let proxy = endpoint.browser_at(PROXY);
    let tries = stream::iter(0..400_u16).map(|number| {
        let mut thief = proxy.clone();
        let [high, low] = number.to_be_bytes();
        let address = format!("{}.{low}.0.1", 11 + high);
        thief.headers = vec![("x-forwarded-for", address)];
        async move { thief.signs_in("budi", "kuda merah").await.status }
    });
    let statuses: Vec<_> = tries.buffer_unordered(200).collect().await;
    let refused = statuses.iter().filter(|status| **status == 503).count();
    assert!(refused > 0, "the queue is bounded");
    assert!(
        statuses
            .iter()
            .all(|status| matches!(status.as_u16(), 403 | 503))
    );
    let (_, peak) = endpoint.serving.memory();
    assert!(
        peak < before + MAX_MORE_KB,
        "{before} KB before, {peak} KB at most"
    );
    let mut honest = endpoint.browser();
    assert_eq!(honest.signs_in("budi", PASSWORD).await.status, 303);
}
