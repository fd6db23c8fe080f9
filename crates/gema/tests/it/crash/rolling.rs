use std::time::Duration;

use serde_json::json;
use store_contract::soak::rounds;
use tokio::{sync::watch, task::JoinSet};

use super::load::{Sent, Site};
use crate::{
    desk::{Desk, Serving},
    ledger::{ARTICLES, Ledger},
    nginx::Nginx,
    servers::Servers,
    site::{event_key, read},
};

const READERS: u64 = 16;

/// How long a reader rests between two events.
const REST: Duration = Duration::from_millis(10);

/// Three endpoints on one server of Redis, behind nginx.
struct Newsroom {
    desk: Desk,
    url: String,
    serving: Vec<Serving>,
    nginx: Nginx,
    _servers: Servers,
}

impl Newsroom {
    fn new(more: &[&str]) -> Self {
        let (desk, servers) = (Desk::new(), Servers::one());
        let url = format!("redis://127.0.0.1:{}", servers.ports[0]);
        let serving: Vec<_> = (0..3).map(|_| desk.serves_with(&[&["--database", &url], more].concat())).collect();
        let addresses: Vec<_> = serving.iter().map(|serving| serving.address.as_str()).collect();
        let nginx = Nginx::before(&addresses);
        Self { desk, url, serving, nginx, _servers: servers }
    }

    /// An endpoint is stopped as a service is, and started again where it was.
    fn restarts(&mut self, endpoint: usize) {
        let old = self.serving.remove(endpoint);
        let address = old.address.clone();
        old.stop();
        let serve = ["serve", "--listen", &address, "--database", &self.url, "--limits", "off"];
        self.serving.insert(endpoint, self.desk.serving(self.desk.gema(&serve)));
    }
}

/// A reader of whose events none may be refused: how many she has sent.
async fn reads_on(site: Site, reader: u64, told: watch::Sender<u64>, ends: watch::Receiver<bool>) -> (u64, u64) {
    let mut number = 0;
    while !*ends.borrow() {
        assert_eq!(site.sends((reader, number)).await, Sent::Acknowledged, "reader {reader}, event {number}");
        told.send_modify(|acknowledged| *acknowledged += 1);
        number += 1;
        tokio::time::sleep(REST).await;
    }
    (reader, number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_one_endpoint_after_the_other_behind_nginx_refuses_no_event_and_counts_each_once() {
    let mut newsroom = Newsroom::new(&["--limits", "off"]);
    let site = Site::at(&newsroom.nginx.address);
    let (end, ends) = watch::channel(false);
    let (told, mut heard) = watch::channel(0);
    let mut reading = JoinSet::new();
    for reader in 0..READERS {
        reading.spawn(reads_on(site.clone(), reader, told.clone(), ends.clone()));
    }
    for endpoint in (0..rounds(2, 20)).flat_map(|_| 0..3) {
        newsroom.restarts(endpoint);
        // All of them have had some since.
        let since = *heard.borrow();
        tokio::select! {
            more = heard.wait_for(|told| *told >= since + 3 * READERS) => { more.unwrap(); }
            refused = reading.join_next() => panic!("{refused:?}"),
        }
    }
    end.send(true).unwrap();
    let mut ledger = Ledger::new(READERS);
    while let Some(read) = reading.join_next().await {
        let (reader, sent) = read.unwrap();
        ledger.note(reader, sent, 0..sent);
    }
    println!("{} requests, none of them refused", ledger.acknowledged.len());
    let expected: Vec<_> = (0..ARTICLES).map(|article| ledger.counted(article)).collect();
    for serving in &newsroom.serving {
        Site::at(&serving.address).comes_to_count(&expected).await;
    }
    site.is_there_once(&ledger, 0).await;
    assert!(newsroom.desk.says(&["check", "--database", &newsroom.url]).contains("every sum holds"));
}

/// Each endpoint has limits of its own: that is the bound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_adds_at_most_as_much_as_all_endpoints_together_allow() {
    const BUDGET: usize = 20;
    let limits = format!(
        "[limits.reads]\nper_address = {BUDGET}\n[sites.demo]\norigins = [\"loopback\"]\nopaque_origins = true\n"
    );
    let config = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(config.path(), limits).unwrap();
    let newsroom = Newsroom::new(&["--config", config.path().to_str().unwrap()]);
    let site = Site::at(&newsroom.nginx.address);
    let mut refused = 0;
    for number in 0..6 * BUDGET {
        refused += site.refuses(&json!({ "events": [read("a", &event_key(number as u64))] })).await;
    }
    assert!((3 * BUDGET..=5 * BUDGET).contains(&refused), "{refused} of {}", 6 * BUDGET);
}
