use std::{fs, time::Duration};

use serde_json::{Value, json};
use store_contract::soak::rounds;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    task::JoinSet,
    time::{Instant, timeout},
};
use wire::Tally;

use crate::{
    cli_harness::{CliHarness, Serving},
    servers::Servers,
    site::{TestSite, event_key, read},
};

const LIVE_CONFIG: &str = "[connections]\nmax = 20_000\n[live]\nmax = MAX\n[sites.demo]\norigins = [\"loopback\"]\nopaque_origins = true\nlive = true\n";

fn harness(max: u32) -> CliHarness {
    let cli = CliHarness::new();
    fs::write(
        cli.path().join("gema.toml"),
        LIVE_CONFIG.replace("MAX", &max.to_string()),
    )
    .unwrap();
    cli
}

/// A subscriber to an article's live counts, reading line by line.
struct SseClient {
    status: String,
    head: Vec<String>,
    lines: Lines<BufReader<OwnedReadHalf>>,
    _other_half: OwnedWriteHalf,
}

impl SseClient {
    async fn of(serving: &Serving, article: &str) -> Self {
        let stream = TcpStream::connect(&serving.address).await.unwrap();
        let (read, mut write) = stream.into_split();
        let head =
            format!("GET /v1/sites/demo/live?article={article} HTTP/1.1\r\nHost: gema\r\n\r\n");
        write.write_all(head.as_bytes()).await.unwrap();
        // Small buffers: ten thousand clients are in this process.
        let mut lines = BufReader::with_capacity(1024, read).lines();
        let status = lines.next_line().await.unwrap().unwrap();
        let mut head = Vec::new();
        while let Some(line) = lines
            .next_line()
            .await
            .unwrap()
            .filter(|line| !line.is_empty())
        {
            head.push(line.to_lowercase());
        }
        Self {
            status,
            head,
            lines,
            _other_half: write,
        }
    }

    /// The next tally; `None`: the stream has ended.
    async fn next(&mut self) -> Option<Tally> {
        let mut id = None;
        while let Ok(Some(line)) = self.lines.next_line().await {
            if let Some(rev) = line.strip_prefix("id: ") {
                id = Some(rev.to_owned());
            }
            if let Some(data) = line.strip_prefix("data: ") {
                let tally: Tally = serde_json::from_str(data).unwrap();
                assert_eq!(id, Some(tally.rev.to_string()));
                return Some(tally);
            }
        }
        None
    }

    async fn sees_reads(&mut self, reads: u64) {
        while self.next().await.expect("it goes on").reads != reads {}
    }
}

fn reads(serving: &Serving, article: &str, events: std::ops::Range<u64>) {
    let events: Vec<_> = events
        .map(|number| read(article, &event_key(number)))
        .collect();
    assert_eq!(serving.post(&json!({ "events": events })).0, 200);
}

#[tokio::test]
async fn a_subscriber_gets_the_tally_and_at_most_one_change_a_second() {
    let cli = harness(10);
    let serving = cli.serves_with(&["--limits", "off"]);
    reads(&serving, "a", 0..3);
    let mut client = SseClient::of(&serving, "a").await;
    assert_eq!(client.status, "HTTP/1.1 200 OK");
    for header in [
        "content-type: text/event-stream",
        "cache-control: no-store",
        "access-control-allow-origin: *",
    ] {
        assert!(
            client.head.iter().any(|line| line == header),
            "{header} in {:?}",
            client.head
        );
    }
    let first = client.next().await.unwrap();
    assert_eq!(
        (first.article.as_str(), first.reads, first.reactions.0.len()),
        ("a", 3, 5),
        "as tallies are shown"
    );

    let begun = Instant::now();
    let mut told = 0;
    for round in 1..=30 {
        reads(&serving, "a", round * 10..round * 10 + 10);
        reads(&serving, "b", round * 10..round * 10 + 10);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let seen = async {
        loop {
            told += 1;
            if client.next().await.unwrap().reads == 303 {
                break;
            }
        }
    };
    timeout(Duration::from_secs(2), seen).await.unwrap();
    let seconds = begun.elapsed().as_secs() + 2;
    assert!(told <= seconds, "told {told} times in {seconds} s");
}

#[tokio::test]
async fn live_connections_are_limited_with_retry_after() {
    let cli = harness(2);
    let serving = cli.serves();
    let first = SseClient::of(&serving, "a").await;
    let _second = SseClient::of(&serving, "b").await;
    let refused = SseClient::of(&serving, "a").await;
    assert_eq!(refused.status, "HTTP/1.1 503 Service Unavailable");
    assert!(
        refused.head.iter().any(|line| line == "retry-after: 600"),
        "{:?}",
        refused.head
    );
    drop(first);
    let back = async { while !SseClient::of(&serving, "a").await.status.contains("200") {} };
    timeout(Duration::from_secs(5), back).await.unwrap();
}

#[tokio::test]
async fn only_an_article_of_a_site_that_has_it_can_be_watched() {
    let live = |query: &str| format!("/v1/sites/news/live{query}");
    let site = TestSite::with(|site| site.live = true);
    assert_eq!(site.get(&live("")).await.status, 400);
    assert_eq!(site.get(&live("?article=")).await.status, 400);
    let off = TestSite::new();
    assert_eq!(off.get(&live("?article=a")).await.status, 404);
}

#[tokio::test]
async fn a_view_says_live_only_if_the_site_has_live_counts() {
    for is_live in [true, false] {
        let site = TestSite::with(|site| site.live = is_live);
        let view: Value = site.get("/v1/sites/news/view?article=a").await.json();
        assert_eq!(view.get("live"), is_live.then_some(&json!(true)));
        let has_a_file = |view: &Value| {
            view["assets"]
                .get("live")
                .or(view["assets"]["integrity"].get("live"))
                .is_some()
        };
        // Whether live counts reach pages that want them is tested in browsers: this endpoint may be built without the
        // widget's files.
        assert!(is_live || !has_a_file(&view), "{view}");
    }
}

/// The two endpoints share a store, which each of them polls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_counts_include_other_endpoints_within_two_seconds() {
    let cli = harness(10);
    let servers = Servers::one();
    let database = format!("redis://127.0.0.1:{}", servers.ports[0]);
    let serves = || cli.serves_with(&["--database", &database, "--limits", "off"]);
    let here = serves();
    let there = serves();
    let mut client = SseClient::of(&here, "a").await;
    client.next().await.unwrap();
    let mut longest = Duration::ZERO;
    for round in 0..5 {
        reads(&there, "a", round..round + 1);
        let counted = Instant::now();
        timeout(Duration::from_secs(2), client.sees_reads(round + 1))
            .await
            .unwrap();
        longest = longest.max(counted.elapsed());
    }
    println!("told by the other endpoint after {longest:?} at most");
}

#[tokio::test]
async fn a_shutdown_ends_live_responses_at_once() {
    let cli = harness(10);
    let serving = cli.serves();
    let mut client = SseClient::of(&serving, "a").await;
    assert_eq!(client.next().await.unwrap().rev, 0);
    let begun = Instant::now();
    serving.stop();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert!(client.next().await.is_none());
}

/// The response to these bytes until the connection closes, because the endpoint shuts down.
async fn answered_until_the_end(request: &str) -> String {
    let cli = harness(10);
    let serving = cli.serves();
    let mut stream = TcpStream::connect(&serving.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 1024];
    let mut received = 0;
    // The first event, or for HEAD the end of the headers.
    let awaited = if request.starts_with("HEAD") {
        "\r\n\r\n"
    } else {
        "\n\n"
    };
    while !String::from_utf8_lossy(&answer[..received]).contains(awaited) {
        received += stream.read(&mut answer[received..]).await.unwrap();
    }
    answer.truncate(received);
    serving.stop();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn live_counts_are_chunked_for_caches_and_ended() {
    let answer =
        answered_until_the_end("GET /v1/sites/demo/live?article=a HTTP/1.1\r\nHost: gema\r\n\r\n")
            .await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\ntransfer-encoding: chunked"), "{head}");
    let (size, rest) = body.split_once("\r\n").unwrap();
    let (event, rest) = rest.split_at(usize::from_str_radix(size, 16).unwrap());
    assert!(
        event.starts_with("id: ") && event.contains("}\nretry: ") && event.ends_with("\n\n"),
        "{event:?}"
    );
    assert_eq!(
        rest, "\r\n0\r\n\r\n",
        "the first event is one chunk, and the end is marked"
    );
}

#[tokio::test]
async fn live_counts_have_no_chunks_in_http_1_0_and_no_body_for_head() {
    let answer =
        answered_until_the_end("GET /v1/sites/demo/live?article=a HTTP/1.0\r\nHost: gema\r\n\r\n")
            .await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        !head.contains("transfer-encoding")
            && body.contains("}\nretry: ")
            && body.ends_with("\n\n"),
        "{answer}"
    );
    let answer =
        answered_until_the_end("HEAD /v1/sites/demo/live?article=a HTTP/1.1\r\nHost: gema\r\n\r\n")
            .await;
    assert!(
        answer.contains("text/event-stream") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
    assert_eq!(answer.matches("\r\n\r\n").count(), 1, "{answer}");
}

/// `cargo xtask soak live` runs it with 10,000 subscribers, in the release build.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_subscribers_need_little_memory_and_see_changes() {
    let many = rounds(300, 10_000);
    let cli = harness(20_000);
    let serving = cli.serves_with(&["--limits", "off"]);
    // The first subscriber pays for what a process allocates once.
    SseClient::of(&serving, "a").await.next().await.unwrap();
    let before = serving.memory().0;
    let mut watchers = Vec::new();
    for _ in 0..many {
        let mut client = SseClient::of(&serving, "a").await;
        assert!(client.next().await.is_some(), "{}", client.status);
        watchers.push(client);
    }
    let each = serving.memory().0.saturating_sub(before) as f64 / f64::from(many);

    let begun = Instant::now();
    reads(&serving, "a", 0..1);
    let mut seeing = JoinSet::new();
    for mut client in watchers {
        seeing.spawn(async move {
            client.sees_reads(1).await;
            begun.elapsed()
        });
    }
    let last = seeing.join_all().await.into_iter().max().unwrap();
    println!("{many} watch: {each:.1} KB each; all had seen a change after {last:?}");
    assert!(last < Duration::from_secs(2), "{last:?}");
    if !cfg!(debug_assertions) {
        assert!(each <= 4., "{each} KB");
    }
}
