use std::{
    fs,
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::json;
use store_contract::soak::rounds;
use tokio::task::JoinSet;

use crate::{
    cli_harness::{CliHarness, Serving},
    site::{FIREFOX, event_key, react, read, share, token},
};

const POLL_OPTIONS: [&str; 5] = ["happy", "inspired", "surprised", "sad", "angry"];
const WITHOUT_LIMITS: [&str; 2] = ["--limits", "off"];

/// Number of events in a batch: half are reads, most others reactions.
const BATCH_EVENTS: u64 = 50;

/// A batch of events in different articles, as if every article had readers.
fn batch(number: u64, articles: u64) -> String {
    let events: Vec<_> = (0..BATCH_EVENTS)
        .map(|place| {
            let event = number * BATCH_EVENTS + place;
            let article = format!(
                "/news/2015/11/17/an-article-of-usual-length-{}",
                event % articles
            );
            match event % 10 {
                0..5 => read(&article, &event_key(event)),
                5 => share(&article, "whatsapp", &event_key(event)),
                kind => react(
                    &article,
                    Some(POLL_OPTIONS[(event / articles + kind) as usize % 5]),
                    1_448_000_000_000 + event,
                ),
            }
        })
        .collect();
    json!({ "visitor": token(number), "events": events }).to_string()
}

async fn send(serving: &Serving, batches: u64, articles: u64) {
    let client = Client::builder().user_agent(FIREFOX).build().unwrap();
    let mut sending = JoinSet::new();
    for number in 0..batches {
        if sending.len() >= 32 {
            sending.join_next().await.unwrap().unwrap();
        }
        let url = format!("http://{}/v1/sites/demo/events", serving.address);
        let request = client
            .post(url)
            .header("content-type", "text/plain")
            .body(batch(number, articles));
        sending.spawn(async move { assert_eq!(request.send().await.unwrap().status(), 200) });
    }
    sending.join_all().await;
}

/// Current and maximum resident memory of the process, in MB.
fn memory(serving: &Serving) -> (u64, u64) {
    let (now, most) = serving.memory();
    (now / 1024, most / 1024)
}

/// `cargo xtask soak size` runs it with 100,000 articles and a million events, in the release build.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_events_fit_into_64_mb_and_are_ready_at_once() {
    let articles = u64::from(rounds(1000, 100_000));
    let batches = u64::from(rounds(200, 20_000));
    let cli = CliHarness::new();
    let serving = cli.serves_with(&WITHOUT_LIMITS);
    send(&serving, batches, articles).await;
    let after_events = memory(&serving);
    serving.stop();

    let begun = Instant::now();
    let serving = cli.serves_with(&WITHOUT_LIMITS);
    assert!(serving.get("/health/ready").contains(" 200 "));
    let ready = begun.elapsed();
    let after_start = memory(&serving);
    let known =
        serving.get("/v1/sites/demo/tallies?article=/news/2015/11/17/an-article-of-usual-length-7");
    assert!(!known.contains("\"rev\":0"), "{known}");

    let bytes = fs::metadata(cli.path().join("gema.db")).unwrap().len();
    println!(
        "{articles} articles, {} events: {} MB on disk",
        batches * BATCH_EVENTS,
        bytes >> 20
    );
    println!(
        "memory, in MB, now and at most: {after_events:?} after the events, {after_start:?} after a start"
    );
    println!("ready after {ready:?}");
    // A debug build's code alone takes 16 MB more, and its larger stacks and values beside other tests up to 86 in all.
    let most = if cfg!(debug_assertions) { 104 } else { 64 };
    assert!(after_events.0 <= most && after_start.0 <= most);
    // Debug builds are slower.
    let patience = if cfg!(debug_assertions) { 2000 } else { 100 };
    assert!(ready <= Duration::from_millis(patience));
}

/// `cargo xtask soak junk` runs it with 500,000 articles, in the release build.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn junk_articles_take_little_memory_and_pruning_frees_it() {
    let batches = u64::from(rounds(100, 10_000));
    let articles = batches * BATCH_EVENTS;
    let cli = CliHarness::new();
    let serving = cli.serves_with(&WITHOUT_LIMITS);
    let client = Client::builder().user_agent(FIREFOX).build().unwrap();
    let send = async |article: &(dyn Fn(u64) -> String + Sync), batches: u64| {
        for batch in 0..batches {
            let events: Vec<_> = (0..BATCH_EVENTS)
                .map(|place| read(&article(batch * BATCH_EVENTS + place), &event_key(batch)))
                .collect();
            let url = format!("http://{}/v1/sites/demo/events", serving.address);
            let request = client.post(url).header("content-type", "text/plain");
            let answer = request
                .body(json!({ "events": events }).to_string())
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200);
        }
    };
    // Memory that SQLite and the allocator keep in any case.
    send(
        &|number| format!("/known/{}", number % 100),
        2_000.min(batches),
    )
    .await;
    let before = memory(&serving);
    send(
        &|number| format!("/2026/11/29/a-made-up-key-of-usual-length-{number}"),
        batches,
    )
    .await;
    let with_junk = memory(&serving);
    assert!(with_junk.0 <= before.0 + 64, "{before:?} {with_junk:?}");
    serving.stop();

    let prune = ["article", "prune", "--older-than", "30"];
    assert!(
        cli.says(&[&prune[..], &["--dry-run"]].concat())
            .contains("would remove 0 articles"),
        "they were created today"
    );
    let database = rusqlite::Connection::open(cli.path().join("gema.db")).unwrap();
    database
        .execute_batch(
            "update article set created = created - 40; update seen set window = window - 40;",
        )
        .unwrap();
    drop(database);
    let serving = cli.serves_with(&WITHOUT_LIMITS);
    let after_start = memory(&serving);
    assert!(cli.fails(&prune).1.contains("--yes"), "it asks");
    let said = cli.says(&[&prune[..], &["--yes"]].concat());
    assert!(
        said.contains(&format!("removed {articles} articles")),
        "{said}"
    );
    // Freed memory is returned to the system once a minute.
    let most = before.0 + 8;
    let pruned = Instant::now();
    let mut after_prune = memory(&serving);
    while after_prune.0 > most && pruned.elapsed() < Duration::from_secs(70) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        after_prune = memory(&serving);
    }
    println!(
        "{articles} articles of one read, in MB: {before:?} before, {with_junk:?} with them, {after_start:?} after a start,"
    );
    println!(
        "{after_prune:?} after they were pruned and {:?}, now and at most",
        pruned.elapsed()
    );
    assert!(after_prune.0 <= most, "{before:?} {after_prune:?}");
    serving.stop();
    cli.says(&["check"]);
}
