//! The documented configurations of servers in front of gema (docs/deploy), tested with those servers: the reader's
//! address arrives and cannot be forged, live counts are not delayed, and gema works below a path prefix.

/// How each server is started.
mod servers;

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::{
    cli_harness::{CliHarness, Serving},
    contains::{assert_contains, assert_lacks},
    site::{event_key, read},
};
use servers::{Kind, Server};

/// Readers are identified by address.
const PROXIED_CONFIG: &str = "trusted_proxies = [\"127.0.0.1\"]\n[sites.demo]\norigins = [\"https://news.example\"]\nlive = true\n\
                      [sites.demo.reads]\nidentity = \"hash\"\n";

/// A proxy with gema behind it.
struct ProxiedSite {
    cli: CliHarness,
    server: Server,
    _serving: Serving,
}

impl ProxiedSite {
    fn behind(kind: Kind) -> Self {
        let cli = CliHarness::new();
        fs::write(cli.path().join("gema.toml"), PROXIED_CONFIG).unwrap();
        let serving = cli.serves();
        Self::of(kind, cli, serving)
    }

    fn behind_on_a_unix_socket(kind: Kind) -> Self {
        let cli = CliHarness::new();
        let listen = format!(
            "listen = \"unix:{}\"\n",
            cli.path().join("gema.sock").display()
        );
        fs::write(
            cli.path().join("gema.toml"),
            listen + &PROXIED_CONFIG.replace("127.0.0.1", "unix"),
        )
        .unwrap();
        let serving = cli.serving(cli.gema(&["serve"]));
        Self::of(kind, cli, serving)
    }

    fn of(kind: Kind, cli: CliHarness, serving: Serving) -> Self {
        let server = Server::before(kind, &serving.address);
        Self {
            cli,
            server,
            _serving: serving,
        }
    }

    /// An HTTP client at 127.0.0.`number`.
    fn reader(&self, number: u8) -> Client {
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, number));
        let named = [("host", "gema.example")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let reader = Client::builder()
            .user_agent("Mozilla/5.0 Firefox/140.0")
            .default_headers(named.into_iter().collect());
        reader.local_address(address).no_proxy().build().unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    async fn get(&self, path: &str) -> Response {
        let forged = self
            .reader(9)
            .get(self.url(path))
            .header("x-forwarded-prefix", "/forged");
        let answer = forged.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer
    }

    /// Sends a read by that reader, with a different forged client address each time.
    async fn reads(&self, reader: u8, number: u64) {
        let events = json!({ "events": [read("a", &event_key(number))] });
        let request = self
            .reader(reader)
            .post(self.url("/v1/sites/demo/events"))
            .header("content-type", "text/plain")
            .header("origin", "https://news.example")
            .header("x-forwarded-for", format!("198.51.100.{number}"))
            .header("forwarded", format!("for=198.51.100.{number}"))
            .body(events.to_string());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    async fn counted_at(&self, path: &str) -> u64 {
        let answer = self
            .get(&format!("{path}/v1/sites/demo/tallies?article=a"))
            .await
            .text()
            .await
            .unwrap();
        let tallies: Value = serde_json::from_str(&answer).unwrap();
        tallies["tallies"][0]["reads"].as_u64().unwrap()
    }

    async fn tells_addresses_that_cannot_be_forged(&self) {
        for (reader, number) in [(2, 1), (2, 2), (2, 3), (3, 4), (3, 5)] {
            self.reads(reader, number).await;
        }
        assert_eq!(
            self.counted_at("").await,
            2,
            "two readers, whatever they say"
        );
        let log = fs::read_to_string(self.cli.path().join("gema.log")).unwrap();
        assert_lacks(&log, &["client address", "name different"]);
    }

    async fn hands_on_live_counts_at_once(&self) {
        let begun = Instant::now();
        // Request compression as browsers do: if a response is not chunked, Varnish holds back the first piece to see
        // whether it can be compressed.
        let live = self
            .reader(9)
            .get(self.url("/v1/sites/demo/live?article=a"))
            .header("accept-encoding", "gzip, br");
        let mut live = live.send().await.unwrap();
        let mut told = String::new();
        while !told.contains("\"reads\":2") {
            let piece = timeout(Duration::from_secs(3), live.chunk())
                .await
                .expect("the first event arrives immediately");
            told += &String::from_utf8_lossy(&piece.unwrap().expect("it goes on"));
        }
        println!("the first event after {:?}", begun.elapsed());
        self.reads(4, 6).await;
        while !told.contains("\"reads\":3") {
            let piece = timeout(Duration::from_secs(3), live.chunk())
                .await
                .expect("a change arrives immediately");
            told += &String::from_utf8_lossy(&piece.unwrap().expect("it goes on"));
        }
    }

    async fn works_below_a_path(&self) {
        // Varnish may have cached the response before the last read.
        assert!((2..=3).contains(&self.counted_at("/gema").await));
        let page = self.get("/gema/").await.text().await.unwrap();
        assert!(page.contains("/gema/embed.js"), "{page}");
        let page = self.get("/").await.text().await.unwrap();
        assert_contains(&page, &["/embed.js"]);
        assert_lacks(&page, &["/gema/", "/forged"]);
    }

    async fn keeps_what_is_promised(&self) {
        self.tells_addresses_that_cannot_be_forged().await;
        self.hands_on_live_counts_at_once().await;
        if self.server.kind != Kind::Squid {
            self.works_below_a_path().await;
        }
    }
}

#[tokio::test]
async fn nginx_as_documented_names_readers_and_hands_on_live_counts() {
    ProxiedSite::behind(Kind::Nginx)
        .keeps_what_is_promised()
        .await;
}

#[tokio::test]
async fn nginx_forwards_readers_and_live_counts_by_unix_socket() {
    ProxiedSite::behind_on_a_unix_socket(Kind::Nginx)
        .keeps_what_is_promised()
        .await;
}

#[tokio::test]
async fn caddy_as_documented_names_readers_and_hands_on_live_counts() {
    ProxiedSite::behind(Kind::Caddy)
        .keeps_what_is_promised()
        .await;
}

#[tokio::test]
async fn apache_as_documented_names_readers_and_hands_on_live_counts() {
    ProxiedSite::behind(Kind::Apache)
        .keeps_what_is_promised()
        .await;
}

#[tokio::test]
async fn haproxy_as_documented_names_readers_and_hands_on_live_counts() {
    ProxiedSite::behind(Kind::Haproxy)
        .keeps_what_is_promised()
        .await;
}

#[tokio::test]
async fn varnish_as_documented_names_readers_and_hands_on_live_counts() {
    ProxiedSite::behind(Kind::Varnish)
        .keeps_what_is_promised()
        .await;
}

#[tokio::test]
async fn squid_as_documented_names_readers_and_hands_on_live_counts() {
    ProxiedSite::behind(Kind::Squid)
        .keeps_what_is_promised()
        .await;
}
