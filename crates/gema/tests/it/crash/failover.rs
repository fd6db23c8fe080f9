use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use store::Store;
use store_contract::soak::rounds;
use tokio::{sync::watch, task::JoinSet};

use super::load::{LoadedSite, Sent};
use crate::{
    cli_harness::{CliHarness, Serving},
    contains::{assert_contains, assert_lacks},
    event_oracle::{ARTICLES, EventOracle},
    servers::Servers,
    waiting::until,
};

const FAILOVER_READERS: u64 = 12;

/// Number of events that must be acknowledged between two disturbances, however slow the machine is.
const EVENTS_BETWEEN_FAILURES: u64 = 30;

/// Pause of a reader between two events.
const FAILOVER_EVENT_INTERVAL: Duration = Duration::from_millis(40);

/// Pause before a reader repeats an event that was not acknowledged.
const FAILOVER_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Three endpoints on a cluster.
struct ClusterEndpoints {
    cli: CliHarness,
    url: String,
    servers: Servers,
    watcher: Arc<dyn Store>,
    serving: Vec<Serving>,
}

impl ClusterEndpoints {
    fn new() -> Self {
        let cli = CliHarness::new();
        let servers = Servers::cluster();
        let url = servers.url("redis+cluster");
        let serving = (0..3)
            .map(|_| cli.serves_with(&["--database", &url, "--limits", "off"]))
            .collect();
        let watcher = engines::open(&url).unwrap();
        Self {
            cli,
            url,
            servers,
            watcher,
            serving,
        }
    }

    /// The masters, as reported by this server.
    fn masters(&self, witness: usize) -> Vec<usize> {
        let nodes = self.servers.cli(witness, &["cluster", "nodes"]);
        let with_slots = nodes.lines().filter(|line| {
            let words: Vec<_> = line.split(' ').collect();
            words.len() > 8 && words[2].contains("master") && !words[2].contains("fail")
        });
        let port = |line: &str| -> Option<u16> { line.split([':', '@']).nth(1)?.parse().ok() };
        let ports: Vec<_> = with_slots.filter_map(port).collect();
        (0..6)
            .filter(|server| ports.contains(&self.servers.ports[*server]))
            .collect()
    }

    /// Kills a master and waits until another server has replaced it. Returns that server.
    async fn kills(&self, master: usize) -> usize {
        let witness = (0..6).find(|server| *server != master).unwrap();
        let before = self.masters(witness);
        self.servers.signal(master, "-KILL");
        let begun = Instant::now();
        loop {
            let now = self.masters(witness);
            if let Some(successor) = now.iter().find(|server| !before.contains(server)) {
                return *successor;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "no replica was promoted"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Restarts a server and waits until it has caught up.
    async fn restarts(&self, server: usize) {
        self.servers.restart(server);
        self.servers.become_whole().await;
    }

    /// Moves some slots from one master to the next, while both serve them. Each round begins with another master, so
    /// that none loses all of its slots.
    fn reshards(&self, round: usize, slots: u64) {
        let masters = self.masters(0);
        let [from, to] = [round, round + 1].map(|master| masters[master % masters.len()]);
        let id = |server: usize| {
            self.servers
                .cli(server, &["cluster", "myid"])
                .trim()
                .to_owned()
        };
        let at = format!("127.0.0.1:{}", self.servers.ports[from]);
        let from = id(from);
        let to = id(to);
        let many = slots.to_string();
        let flags = [
            "--cluster-from",
            &from,
            "--cluster-to",
            &to,
            "--cluster-slots",
            &many,
            "--cluster-yes",
        ];
        let said = self
            .servers
            .cli(0, &[&["--cluster", "reshard", &at], &flags[..]].concat());
        assert_contains(&said, &["Moving slot"]);
        assert_lacks(&said, &["[ERR]"]);
    }
}

/// Number of acknowledged events.
type AcknowledgedCount = Arc<AtomicU64>;

/// A reader who repeats each event until it is acknowledged, at one endpoint after another. Returns the number of
/// events and the longest time for which one was refused.
async fn reads_on(
    sites: Vec<LoadedSite>,
    reader: u64,
    acknowledged: AcknowledgedCount,
    ends: watch::Receiver<bool>,
) -> (u64, u64, Duration) {
    let mut number = 0;
    let mut longest = Duration::ZERO;
    while !*ends.borrow() {
        let begun = Instant::now();
        let mut tries = 0;
        while sites[(reader + number + tries) as usize % sites.len()]
            .sends((reader, number))
            .await
            != Sent::Acknowledged
        {
            tries += 1;
            tokio::time::sleep(FAILOVER_RETRY_DELAY).await;
        }
        if tries > 0 {
            longest = longest.max(begun.elapsed());
        }
        number += 1;
        acknowledged.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(FAILOVER_EVENT_INTERVAL).await;
    }
    (reader, number, longest)
}

/// Waits until more events were acknowledged.
async fn reading_goes_on(acknowledged: &AcknowledgedCount) {
    let before = acknowledged.load(Ordering::Relaxed);
    let failure = || format!("after {before} events, {acknowledged:?} are acknowledged");
    let go_on = async || acknowledged.load(Ordering::Relaxed) >= before + EVENTS_BETWEEN_FAILURES;
    until(60, failure, go_on).await;
}

/// Masters are killed and paused, and slots are moved, while readers send events through three endpoints.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_fails_over_counts_every_event_once() {
    let newsroom = ClusterEndpoints::new();
    let sites: Vec<_> = newsroom
        .serving
        .iter()
        .map(|serving| LoadedSite::at(&serving.address))
        .collect();
    let (end, ends) = watch::channel(false);
    let mut reading = JoinSet::new();
    let acknowledged = AcknowledgedCount::default();
    for reader in 0..FAILOVER_READERS {
        reading.spawn(reads_on(
            sites.clone(),
            reader,
            acknowledged.clone(),
            ends.clone(),
        ));
    }
    reading_goes_on(&acknowledged).await;
    for round in 0..rounds(1, 4) {
        let masters = newsroom.masters(0);
        let first = masters[round as usize % masters.len()];
        let successor = newsroom.kills(first).await;
        newsroom.restarts(first).await;
        if rounds(0, 1) == 1 {
            newsroom.kills(successor).await;
            newsroom.restarts(successor).await;
        }
        reading_goes_on(&acknowledged).await;
        newsroom.reshards(round as usize, u64::from(rounds(300, 2000)));

        // When the paused master resumes, it executes what it was sent meanwhile as if it were still the master; it
        // must not acknowledge that.
        let paused = newsroom.masters(0)[0];
        newsroom.servers.signal(paused, "-STOP");
        assert_eq!(
            newsroom.watcher.refresh_write_block().await,
            Ok(()),
            "events of other parts are accepted"
        );
        let witness = (0..6).find(|server| *server != paused).unwrap();
        let failure = || "no replica replaced the paused master".to_owned();
        let is_replaced = async || !newsroom.masters(witness).contains(&paused);
        until(60, failure, is_replaced).await;
        newsroom.servers.signal(paused, "-CONT");
        newsroom.servers.become_whole().await;
        reading_goes_on(&acknowledged).await;
    }
    end.send(true).unwrap();
    let mut oracle = EventOracle::new(FAILOVER_READERS);
    let mut longest = Duration::ZERO;
    while let Some(read) = reading.join_next().await {
        let (reader, sent, refused) = read.unwrap();
        oracle.note(reader, sent, 0..sent);
        longest = longest.max(refused);
    }
    println!(
        "{} requests acknowledged; one was refused for {:.1} s at most",
        oracle.acknowledged.len(),
        longest.as_secs_f64()
    );
    assert!(
        longest < Duration::from_secs(30),
        "one event was refused for {longest:?}"
    );
    let expected: Vec<_> = (0..ARTICLES)
        .map(|article| oracle.counted(article))
        .collect();
    for site in &sites {
        site.comes_to_count(&expected).await;
    }
    sites[0].is_there_once(&oracle, 0).await;
    assert!(
        newsroom
            .cli
            .says(&["check", "--database", &newsroom.url])
            .contains("every sum holds")
    );
}
