//! Concurrent readers over HTTP, all of whose events are known.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet};
use wire::{Answer, Tallies, Tally};

use crate::{
    cli_harness::CliHarness,
    event_oracle::{ARTICLES, Counted, Event, EventOracle, OPTIONS, option, turn},
    site::{FIREFOX, chose, event_key, react, read, share, token},
};

/// How long the counts may take to reach those of the acknowledged events.
const COUNTS_DEADLINE: Duration = Duration::from_secs(10);

/// A running gema as its readers see it.
#[derive(Clone)]
pub(super) struct LoadedSite {
    client: Client,
    url: Arc<str>,
}

/// The outcome of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Acknowledged,
    /// Status 503, to be repeated after this many seconds.
    Later(u64),
    /// The connection closed without a response.
    HungUp,
}

impl Counted {
    /// Whether the counts are the expected ones, with up to `more` further reads and shares.
    fn is_up_to(&self, expected: &Self, more: u64) -> bool {
        let is_up_to = |counted, expected| (expected..=expected + more).contains(&counted);
        is_up_to(self.reads, expected.reads)
            && is_up_to(self.shares, expected.shares)
            && self.reactions == expected.reactions
    }
}

impl LoadedSite {
    pub(super) fn at(address: &str) -> Self {
        let client = Client::builder().user_agent(FIREFOX).build().unwrap();
        Self {
            client,
            url: format!("http://{address}").into(),
        }
    }

    pub(super) async fn sends(&self, (reader, number): Event) -> Sent {
        let article = key(turn(number));
        let once = event_key(reader * 1_000_000 + number);
        let choice = react(&article, Some(OPTIONS[option(number)]), number + 1);
        let events = [
            read(&article, &once),
            share(&article, "whatsapp", &once),
            choice,
        ];
        self.posts(&json!({ "visitor": token(reader), "events": events }))
            .await
    }

    /// Sends events; returns the outcome.
    pub(super) async fn posts(&self, body: &Value) -> Sent {
        let request = self
            .client
            .post(format!("{}/v1/sites/demo/events", self.url));
        let Ok(reply) = request
            .header("content-type", "text/plain")
            .body(body.to_string())
            .send()
            .await
        else {
            return Sent::HungUp;
        };
        let later = reply
            .headers()
            .get("retry-after")
            .map(|seconds| seconds.to_str().unwrap().parse().unwrap());
        match (reply.status().as_u16(), later) {
            // An event is acknowledged when the response was received completely.
            (200, _) if reply.bytes().await.is_ok() => Sent::Acknowledged,
            (200, _) => Sent::HungUp,
            (503, Some(seconds)) => Sent::Later(seconds),
            (status, _) => panic!("{status} without an end in sight"),
        }
    }

    /// Every reader sends events until one is not acknowledged, or the given number is reached. Reports the number of
    /// acknowledged events while it runs. Returns the outcomes that stopped readers.
    pub(super) async fn everybody_reads(
        &self,
        events: u64,
        oracle: &mut EventOracle,
        told: &watch::Sender<u64>,
    ) -> Vec<Sent> {
        let mut reading = JoinSet::new();
        for (reader, from) in oracle.sent.iter().enumerate() {
            let site = self.clone();
            let told = told.clone();
            let reader = reader as u64;
            let from = *from;
            reading.spawn(async move {
                for number in from..from + events {
                    match site.sends((reader, number)).await {
                        Sent::Acknowledged => told.send_modify(|acknowledged| *acknowledged += 1),
                        stopped => return (reader, number + 1, from..number, Some(stopped)),
                    }
                }
                (reader, from + events, from..from + events, None)
            });
        }
        let mut stopped = Vec::new();
        while let Some(read) = reading.join_next().await {
            let (reader, sent, acknowledged, by) = read.unwrap();
            oracle.note(reader, sent, acknowledged);
            stopped.extend(by);
        }
        stopped
    }

    /// Sends these events again, many at a time.
    pub(super) async fn again(&self, events: impl IntoIterator<Item = Event>) {
        let mut sending = JoinSet::new();
        for event in events {
            if sending.len() >= 64 {
                assert_eq!(
                    sending.join_next().await.unwrap().unwrap(),
                    Sent::Acknowledged
                );
            }
            let site = self.clone();
            sending.spawn(async move { site.sends(event).await });
        }
        for sent in sending.join_all().await {
            assert_eq!(sent, Sent::Acknowledged);
        }
    }

    /// Number of a reader's events that are refused individually.
    pub(super) async fn refuses(&self, body: &Value) -> usize {
        let request = self
            .client
            .post(format!("{}/v1/sites/demo/events", self.url));
        let reply = request
            .header("content-type", "text/plain")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        serde_json::from_slice::<Answer>(&reply.bytes().await.unwrap())
            .unwrap()
            .refused
            .len()
    }

    /// Waits until the endpoint reports these counts: the counts of another endpoint may be visible a second later.
    pub(super) async fn comes_to_count(&self, expected: &[Counted]) {
        self.comes_to_count_or_more(expected, &vec![0; expected.len()])
            .await;
    }

    /// Like [`comes_to_count`](Self::comes_to_count), with up to so many more reads and shares of each article.
    pub(super) async fn comes_to_count_or_more(&self, expected: &[Counted], more: &[u64]) {
        let begun = Instant::now();
        loop {
            let counted = self.counted().await;
            let mut pairs = counted.iter().zip(expected).zip(more);
            let is_same = counted.len() == expected.len();
            if is_same && pairs.all(|((counted, expected), more)| counted.is_up_to(expected, *more))
            {
                return;
            }
            assert!(
                begun.elapsed() < COUNTS_DEADLINE,
                "counted: {counted:?}\nexpected: {expected:?}\nand up to {more:?} more"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until every event of the readers is counted. Each task of `reading` returns a reader's number and the number of
    /// their events.
    pub(super) async fn comes_to_count_all(&self, readers: u64, mut reading: JoinSet<(u64, u64)>) {
        let mut oracle = EventOracle::new(readers);
        while let Some(read) = reading.join_next().await {
            let (reader, sent) = read.unwrap();
            oracle.note(reader, sent, 0..sent);
        }
        let expected: Vec<_> = (0..ARTICLES)
            .map(|article| oracle.counted(article))
            .collect();
        self.comes_to_count(&expected).await;
    }

    /// The tallies of the event oracle's articles.
    pub(super) async fn tallies(&self) -> Vec<Tally> {
        let all: Vec<_> = (0..ARTICLES).map(key).collect();
        self.tallies_of(&all).await
    }

    async fn tallies_of(&self, articles: &[String]) -> Vec<Tally> {
        let asked: Vec<_> = articles
            .iter()
            .map(|article| format!("article={article}"))
            .collect();
        let path = format!("v1/sites/demo/tallies?{}", asked.join("&"));
        let reply = self.gets(&path).await.bytes().await;
        serde_json::from_slice::<Tallies>(&reply.unwrap())
            .unwrap()
            .tallies
    }

    async fn gets(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}/{path}", self.url));
        request.send().await.unwrap()
    }

    pub(super) async fn is_ready(&self) -> bool {
        self.readiness().await.0 == 200
    }

    /// The endpoint's readiness: status and text.
    pub(super) async fn readiness(&self) -> (u16, String) {
        let reply = self.gets("health/ready").await;
        (reply.status().as_u16(), reply.text().await.unwrap())
    }

    /// Number of reads and of voters of each of these articles.
    pub(super) async fn reads(&self, articles: &[String]) -> Vec<(u64, u64)> {
        let mut reads = Vec::new();
        for some in articles.chunks(40) {
            let tallies = self.tallies_of(some).await;
            reads.extend(
                tallies
                    .iter()
                    .map(|tally| (tally.reads, tally.reactions.total())),
            );
        }
        reads
    }

    /// Every event acknowledged since then is counted; after all events were sent again, each is counted once; and
    /// every sum is consistent.
    pub(super) async fn everything_is_there_once(
        &self,
        cli: &CliHarness,
        oracle: &EventOracle,
        since: usize,
    ) {
        self.is_there_once(oracle, since).await;
        assert!(cli.says(&["check"]).contains("every sum holds"));
    }

    /// Every event acknowledged since then is counted, and after all events were sent again, each is counted once.
    pub(super) async fn is_there_once(&self, oracle: &EventOracle, since: usize) {
        let before = self.tallies().await;
        self.again(oracle.acknowledged[since..].iter().copied())
            .await;
        assert_eq!(
            self.tallies().await,
            before,
            "acknowledged events are still deduplicated"
        );
        self.again(oracle.all()).await;
        for (article, counted) in self.counted().await.into_iter().enumerate() {
            assert_eq!(counted, oracle.counted(article as u64), "article {article}");
        }
    }

    /// The endpoint's counts of each article.
    pub(super) async fn counted(&self) -> Vec<Counted> {
        let counted = |tally: Tally| {
            let reactions = OPTIONS.map(|key| chose(&tally, key));
            Counted {
                reads: tally.reads,
                shares: tally.shares.total(),
                reactions,
            }
        };
        self.tallies().await.into_iter().map(counted).collect()
    }
}

fn key(article: u64) -> String {
    format!("article-{article}")
}
