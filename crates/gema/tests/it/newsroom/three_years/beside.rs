//! What readers get while ten editors look, beside what they get without.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::json;
use store_contract::soak::rounds;
use tokio::task::{JoinHandle, JoinSet};

use super::{super::Browser, SECTIONS, pages};
use crate::site::{FIREFOX, event_key, read, token};

/// Readers' requests at a time.
const READERS: usize = 4;

/// Editors who look. Each opens a page every five seconds, and has *Now* open in another tab, which requests its numbers
/// every fifteen seconds.
const EDITORS: usize = 10;
const PAGE_INTERVAL: Duration = Duration::from_secs(5);
const NUMBERS_INTERVAL: Duration = Duration::from_secs(15);

/// What a reader's browser requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Requested {
    View,
    /// The event of a read, which is counted.
    Read,
}

/// Requests in a second, and their 99th percentile in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Load {
    rate: f64,
    p99: f64,
}

/// Medians of readers' requests: without editors, and beside ten.
pub(super) struct Loads {
    alone: Load,
    beside: Load,
}

impl Loads {
    /// The rate beside editors, as a part of that without.
    pub(super) fn rate(&self) -> f64 {
        self.beside.rate / self.alone.rate
    }

    /// The 99th percentile beside editors, as a part of that without.
    pub(super) fn p99(&self) -> f64 {
        self.beside.p99 / self.alone.p99
    }
}

/// Of each reader's event, which nobody else has sent.
static NEXT_READ: AtomicU64 = AtomicU64::new(1);

/// Readers' requests for some time.
pub(super) async fn readers(
    address: &str,
    articles: usize,
    time: Duration,
    what: Requested,
) -> Load {
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for reader in 0..READERS {
        let address = address.to_owned();
        clients.spawn(async move {
            let client = Client::builder().user_agent(FIREFOX).build().unwrap();
            let mut times = Vec::new();
            let mut number = reader;
            while begun.elapsed() < time {
                number = (number + 7919) % articles;
                let section = SECTIONS[number % SECTIONS.len()];
                let sent = Instant::now();
                requests(
                    &client,
                    &address,
                    &format!("/{section}/2015/{number}"),
                    what,
                )
                .await;
                times.push(sent.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = clients.join_all().await.into_iter().flatten().collect();
    times.sort();
    Load {
        rate: times.len() as f64 / begun.elapsed().as_secs_f64(),
        p99: times[times.len() * 99 / 100].as_secs_f64() * 1000.0,
    }
}

async fn requests(client: &Client, address: &str, article: &str, what: Requested) {
    let site = format!("http://{address}/v1/sites/news");
    let request = match what {
        Requested::View => client.get(format!("{site}/view?article={article}")),
        Requested::Read => {
            let number = NEXT_READ.fetch_add(1, Ordering::Relaxed);
            let events = [read(article, &event_key(number))];
            client
                .post(format!("{site}/events"))
                .header("content-type", "text/plain")
                .header("origin", "https://news.example")
                .body(json!({ "visitor": token(number), "events": events }).to_string())
        }
    };
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap();
}

/// Ten editors, until they are stopped.
struct Editors {
    is_over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Editors {
    fn begin(viewer: &Browser) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let tasks = (0..EDITORS).flat_map(|editor| {
            let delay = |interval: Duration| interval * editor as u32 / EDITORS as u32;
            let pages = tokio::spawn(opens_pages(
                viewer.clone(),
                editor,
                delay(PAGE_INTERVAL),
                Arc::clone(&is_over),
            ));
            let numbers = tokio::spawn(follows_numbers(
                viewer.clone(),
                delay(NUMBERS_INTERVAL),
                Arc::clone(&is_over),
            ));
            [pages, numbers]
        });
        Self {
            tasks: tasks.collect(),
            is_over,
        }
    }

    /// Nothing of what they requested is unanswered.
    async fn stop(self) {
        self.is_over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// Waits, in steps, so that it ends soon.
async fn waits(time: Duration, is_over: &AtomicBool) {
    let begun = Instant::now();
    while begun.elapsed() < time && !is_over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn opens_pages(
    mut browser: Browser,
    editor: usize,
    delay: Duration,
    is_over: Arc<AtomicBool>,
) {
    let pages = pages();
    waits(delay, &is_over).await;
    let mut at = editor;
    while !is_over.load(Ordering::Relaxed) {
        let (_, paths) = &pages[at % pages.len()];
        let path = &paths[at % paths.len()];
        browser.get(&format!("/redaksi/news/{path}")).await;
        at += 1;
        waits(PAGE_INTERVAL, &is_over).await;
    }
}

async fn follows_numbers(mut browser: Browser, delay: Duration, is_over: Arc<AtomicBool>) {
    waits(delay, &is_over).await;
    while !is_over.load(Ordering::Relaxed) {
        browser.get("/redaksi/news/now.json").await;
        waits(NUMBERS_INTERVAL, &is_over).await;
    }
}

/// Measures both in turn, and prints it.
pub(super) async fn beside_editors(
    address: &str,
    viewer: &Browser,
    articles: usize,
    what: Requested,
) -> Loads {
    let time = Duration::from_secs(u64::from(rounds(1, 10)));
    println!(
        "| {} | in a second | p99, ms | with ten editors | p99, ms |\n|---|--:|--:|--:|--:|",
        match what {
            Requested::View => "readers' views",
            Requested::Read => "readers' reads",
        }
    );
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 1..=rounds(1, 5) {
        alone.push(readers(address, articles, time, what).await);
        let editors = Editors::begin(viewer);
        beside.push(readers(address, articles, time, what).await);
        editors.stop().await;
        print_row(
            &round.to_string(),
            alone[alone.len() - 1],
            beside[beside.len() - 1],
        );
    }
    let (alone, beside) = (medians(&alone), medians(&beside));
    print_row("medians", alone, beside);
    Loads { alone, beside }
}

fn print_row(name: &str, alone: Load, beside: Load) {
    println!(
        "| {name} | {:.0} | {:.2} | {:.0} | {:.2} |",
        alone.rate, alone.p99, beside.rate, beside.p99
    );
}

fn medians(loads: &[Load]) -> Load {
    let median = |of: fn(&Load) -> f64| {
        let mut values: Vec<f64> = loads.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Load {
        rate: median(|load| load.rate),
        p99: median(|load| load.p99),
    }
}
