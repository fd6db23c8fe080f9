use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use store_contract::soak::rounds;
use tokio::task::JoinHandle;

use super::{Endpoint, PASSWORD};

/// Number of attempts to guess a password.
const TRIES: usize = 10_000;

/// Attempts that one address has at once, by the default of `[limits.sign_ins]`.
const BURST: usize = 20;

/// Memory that hashing passwords may add, in KB: the memory of one hash, and the allocator's slack.
const MAX_HASHING_KB: u64 = 64 * 1024;

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
        peak < before + MAX_HASHING_KB,
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
        peak < before + MAX_HASHING_KB,
        "{before} KB before, {peak} KB at most"
    );
    let mut honest = endpoint.browser();
    assert_eq!(honest.signs_in("budi", PASSWORD).await.status, 303);
}

/// Attempts whose time is compared.
const TIMED_TRIES: usize = 9;

#[tokio::test]
async fn unknown_user_takes_as_long_as_a_known_one() {
    let more = "[limits.sign_ins]\nper_address = { burst = 1000, per_hour = 1000 }";
    let endpoint = Endpoint::with(more);
    endpoint.signed_in("budi", "news", "editor", None).await;
    endpoint.invites("baru", "news", "reader", None);
    let mut thief = endpoint.browser();
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..TIMED_TRIES {
        // One after the other, so that what else the machine does slows all of them.
        for (name, times) in ["budi", "baru", "nobody"].into_iter().zip(&mut times) {
            let begun = Instant::now();
            let page = thief.signs_in(name, "kuda merah").await;
            times.push(begun.elapsed());
            assert_eq!(page.status, 403, "{name}");
        }
    }
    // The shortest times: a machine under load only adds to them.
    let [known, without_password, unknown] = times.map(|times| times.into_iter().min().unwrap());
    println!("known {known:?}, without a password {without_password:?}, unknown {unknown:?}");
    for other in [without_password, unknown] {
        let ratio = other.as_secs_f64() / known.as_secs_f64();
        assert!((0.5..2.0).contains(&ratio), "{ratio}");
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Requests of readers that are timed.
const TIMED_REQUESTS: u32 = 300;

/// How much longer the slowest in a hundred may take while passwords are guessed: in an optimised build as a multiple, at
/// least of a millisecond; else this long.
const MAX_RATIO: u32 = 3;
const MAX_DELAY: Duration = Duration::from_millis(500);

/// The time of the slowest in a hundred requests of readers.
async fn slowest_of_readers(endpoint: &Endpoint) -> Duration {
    let mut reader = endpoint.browser();
    let mut times = Vec::new();
    for number in 0..rounds(TIMED_REQUESTS, 20 * TIMED_REQUESTS) {
        // Not from the response cache.
        let path = format!("/v1/sites/news/tallies?article=a{number}");
        let begun = Instant::now();
        assert_eq!(reader.get(&path).await.status, 200);
        times.push(begun.elapsed());
    }
    times.sort();
    times[times.len() * 99 / 100]
}

/// Two hundred clients of many networks that try passwords, without end.
fn guess(endpoint: &Endpoint) -> JoinHandle<()> {
    let proxy = endpoint.browser_at(PROXY);
    tokio::spawn(async move {
        let tries = stream::iter(0_u16..).map(|number| {
            let mut thief = proxy.clone();
            let [high, low] = number.to_be_bytes();
            thief.headers = vec![("x-forwarded-for", format!("{}.{low}.0.1", 11 + high % 100))];
            async move { thief.signs_in("budi", "kuda merah").await.status }
        });
        tries.buffer_unordered(200).for_each(|_| async {}).await;
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_are_quick_while_passwords_are_guessed() {
    let endpoint = Endpoint::with(WITH_PROXY);
    endpoint.signed_in("budi", "news", "editor", None).await;
    let (mut alone, mut meanwhile) = (Vec::new(), Vec::new());
    for _ in 0..rounds(1, 5) {
        alone.push(slowest_of_readers(&endpoint).await);
        let guessing = guess(&endpoint);
        // This process needs some time for two hundred clients.
        tokio::time::sleep(Duration::from_millis(500)).await;
        meanwhile.push(slowest_of_readers(&endpoint).await);
        assert!(!guessing.is_finished());
        guessing.abort();
        // What the queue has accepted ends.
        tokio::time::sleep(Duration::from_secs(u64::from(rounds(0, 4)))).await;
    }
    println!("the slowest in a hundred: {alone:?} alone, {meanwhile:?} while 200 guess");
    let [alone, meanwhile] = [alone, meanwhile].map(median);
    let most = match cfg!(debug_assertions) {
        true => alone + MAX_DELAY,
        false => MAX_RATIO * alone.max(Duration::from_millis(1)),
    };
    assert!(meanwhile < most, "{alone:?}, {meanwhile:?}");
}
