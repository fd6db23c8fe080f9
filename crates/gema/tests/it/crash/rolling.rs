use std::time::Duration;

use serde_json::json;
use store_contract::soak::rounds;
use tokio::{sync::watch, task::JoinSet};

use super::load::{LoadedSite, Sent};
use crate::{
    cli_harness::{CliHarness, Serving},
    event_oracle::{ARTICLES, EventOracle},
    nginx::Nginx,
    servers::Servers,
    site::{event_key, read},
};

const ROLLING_READERS: u64 = 16;

/// Pause of a reader between two events.
const ROLLING_EVENT_INTERVAL: Duration = Duration::from_millis(10);

/// Three endpoints on one Redis server, behind nginx.
struct ProxiedEndpoints {
    cli: CliHarness,
    url: String,
    serving: Vec<Serving>,
    nginx: Nginx,
    _servers: Servers,
}

impl ProxiedEndpoints {
    fn new(more: &[&str]) -> Self {
        let cli = CliHarness::new();
        let servers = Servers::one();
        let url = format!("redis://127.0.0.1:{}", servers.ports[0]);
        let serving: Vec<_> = (0..3)
            .map(|_| cli.serves_with(&[&["--database", &url], more].concat()))
            .collect();
        let addresses: Vec<_> = serving
            .iter()
            .map(|serving| serving.address.as_str())
            .collect();
        let nginx = Nginx::before(&addresses);
        Self {
            cli,
            url,
            serving,
            nginx,
            _servers: servers,
        }
    }

    /// Stops an endpoint as a service manager does, and starts it again at the same address.
    fn restarts(&mut self, endpoint: usize) {
        let old = self.serving.remove(endpoint);
        let address = old.address.clone();
        old.stop();
        let serve = [
            "serve",
            "--listen",
            &address,
            "--database",
            &self.url,
            "--limits",
            "off",
        ];
        self.serving
            .insert(endpoint, self.cli.serving(self.cli.gema(&serve)));
    }
}

/// A reader none of whose events may be refused. Returns the number of events.
async fn reads_on(
    site: LoadedSite,
    reader: u64,
    told: watch::Sender<u64>,
    ends: watch::Receiver<bool>,
) -> (u64, u64) {
    let mut number = 0;
    while !*ends.borrow() {
        assert_eq!(
            site.sends((reader, number)).await,
            Sent::Acknowledged,
            "reader {reader}, event {number}"
        );
        told.send_modify(|acknowledged| *acknowledged += 1);
        number += 1;
        tokio::time::sleep(ROLLING_EVENT_INTERVAL).await;
    }
    (reader, number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_behind_nginx_counts_each_event_once() {
    let mut newsroom = ProxiedEndpoints::new(&["--limits", "off"]);
    let site = LoadedSite::at(&newsroom.nginx.address);
    let (end, ends) = watch::channel(false);
    let (told, mut heard) = watch::channel(0);
    let mut reading = JoinSet::new();
    for reader in 0..ROLLING_READERS {
        reading.spawn(reads_on(site.clone(), reader, told.clone(), ends.clone()));
    }
    for endpoint in (0..rounds(2, 20)).flat_map(|_| 0..3) {
        newsroom.restarts(endpoint);
        // Every reader has had an event acknowledged since.
        let since = *heard.borrow();
        tokio::select! {
            more = heard.wait_for(|told| *told >= since + 3 * ROLLING_READERS) => { more.unwrap(); }
            refused = reading.join_next() => panic!("{refused:?}"),
        }
    }
    end.send(true).unwrap();
    let mut oracle = EventOracle::new(ROLLING_READERS);
    while let Some(read) = reading.join_next().await {
        let (reader, sent) = read.unwrap();
        oracle.note(reader, sent, 0..sent);
    }
    println!(
        "{} requests, none of them refused",
        oracle.acknowledged.len()
    );
    let expected: Vec<_> = (0..ARTICLES)
        .map(|article| oracle.counted(article))
        .collect();
    for serving in &newsroom.serving {
        LoadedSite::at(&serving.address)
            .comes_to_count(&expected)
            .await;
    }
    site.is_there_once(&oracle, 0).await;
    assert!(
        newsroom
            .cli
            .says(&["check", "--database", &newsroom.url])
            .contains("every sum holds")
    );
}

/// Each endpoint has limits of its own, so their sum is the bound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_adds_at_most_the_sum_of_all_endpoints_limits() {
    const EVENTS_PER_ENDPOINT: usize = 20;
    let limits = format!(
        "[limits.reads]\nper_address = {EVENTS_PER_ENDPOINT}\n[sites.demo]\norigins = [\"loopback\"]\nopaque_origins = true\n"
    );
    let config = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(config.path(), limits).unwrap();
    let newsroom = ProxiedEndpoints::new(&["--config", config.path().to_str().unwrap()]);
    let site = LoadedSite::at(&newsroom.nginx.address);
    let mut refused = 0;
    for number in 0..6 * EVENTS_PER_ENDPOINT {
        refused += site
            .refuses(&json!({ "events": [read("a", &event_key(number as u64))] }))
            .await;
    }
    assert!(
        (3 * EVENTS_PER_ENDPOINT..=5 * EVENTS_PER_ENDPOINT).contains(&refused),
        "{refused} of {}",
        6 * EVENTS_PER_ENDPOINT
    );
}
