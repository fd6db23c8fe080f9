//! Three years of an archive: the pages show it in time and in bounded memory, and readers' requests do not wait for them.

/// The archive.
mod archive;

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;
use store_contract::soak::rounds;
use tokio::task::JoinSet;
use visitor::Day;

use self::archive::Archive;
use super::{Browser, Endpoint, TWO_SITES, pages::today, year::SECTIONS};
use crate::{cli_harness::CliHarness, reopened::opened, servers::Servers, site::FIREFOX};

/// Requests of each page, and how many editors look while readers' load runs.
const REQUESTS_PER_PAGE: usize = 30;
const EDITORS: usize = 10;

/// What the pages may take: the median and the 99th percentile of a page, and memory in KB.
const MEDIAN: Duration = Duration::from_millis(100);
const P99: Duration = Duration::from_millis(300);
const MAX_MEMORY: u64 = 64 * 1024;

/// What readers get beside ten editors, of what they get without: others use the machine too.
const MIN_RATE_BESIDE_EDITORS: f64 = 0.8;

fn pages() -> Vec<(&'static str, Vec<String>)> {
    let today = today().0;
    let ago = |days: i32| Day::new(today.get() - days).to_string();
    let free = (0..REQUESTS_PER_PAGE as i32).map(|number| {
        let (from, until) = (ago(1000 - 7 * number), ago(20 + 11 * number));
        format!("site?from={from}&until={until}")
    });
    let same = |path: &str| vec![path.to_owned(); REQUESTS_PER_PAGE];
    let articles = (0..REQUESTS_PER_PAGE).map(|number| {
        let number = 5 * (number * 40 + 2);
        format!("article?article=/{}/2015/{number}", SECTIONS[0])
    });
    vec![
        ("now", same("now")),
        ("site, 28 days", same("site")),
        ("site, a week", same("site?days=7")),
        ("site, 12 weeks", same("site?days=84")),
        ("site, a year", same("site?days=365")),
        ("site, three years", same("site?days=1095")),
        ("site, free periods", free.collect()),
        ("articles", same("articles")),
        ("articles by reads", same("articles?sort=reads")),
        ("articles, searched", same("articles?q=beras&byline=ani")),
        ("article", articles.collect()),
        ("settings", same("settings")),
    ]
}

/// The time of a request of a page.
async fn time_of(viewer: &mut Browser, path: &str) -> Duration {
    let begun = Instant::now();
    let page = viewer.get(&format!("/redaksi/news/{path}")).await;
    let time = begun.elapsed();
    assert!(matches!(page.status.as_u16(), 200 | 404), "{path}");
    time
}

/// Requests each page once after the start, while what it shows is gathered for the first time, and then again and again.
/// Prints the first time, the median and the 99th percentile. Returns pages that took too long.
async fn measure(viewer: &mut Browser) -> Vec<String> {
    let mut first_times = Vec::new();
    for (_, paths) in pages() {
        first_times.push(time_of(viewer, &paths[0]).await);
    }
    let mut slow = Vec::new();
    println!("| page | after the start | median | p99 |\n|---|--:|--:|--:|");
    for ((name, paths), first) in pages().into_iter().zip(first_times) {
        let mut times = Vec::new();
        for path in paths {
            times.push(time_of(viewer, &path).await);
        }
        times.sort();
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!("| {name} | {first:.1?} | {median:.1?} | {p99:.1?} |");
        if median > MEDIAN || p99 > P99 {
            slow.push(format!("{name}: median {median:?}, p99 {p99:?}"));
        }
    }
    slow
}

/// Views of articles by readers for some seconds: requests in a second, and the 99th percentile.
async fn readers(address: &str, articles: usize, time: Duration) -> (f64, Duration) {
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for reader in 0..4_usize {
        let address = address.to_owned();
        clients.spawn(async move {
            let client = reqwest::Client::builder()
                .user_agent(FIREFOX)
                .build()
                .unwrap();
            let mut times = Vec::new();
            let mut number = reader;
            while begun.elapsed() < time {
                number = (number + 7919) % articles;
                let section = SECTIONS[number % SECTIONS.len()];
                let url =
                    format!("http://{address}/v1/sites/news/view?article=/{section}/2015/{number}");
                let sent = Instant::now();
                let response = client.get(url).send().await.unwrap();
                assert_eq!(response.status(), 200);
                response.bytes().await.unwrap();
                times.push(sent.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = clients.join_all().await.into_iter().flatten().collect();
    times.sort();
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    (rate, times[times.len() * 99 / 100])
}

/// Readers' requests with and without ten editors, in turn. Returns the medians of requests in a second: without and with.
async fn beside_editors(endpoint: &Endpoint, viewer: &Browser, articles: usize) -> [f64; 2] {
    let mut rates = [const { Vec::new() }; 2];
    let time = Duration::from_secs(u64::from(rounds(1, 5)));
    let address = &endpoint.serving.address;
    println!(
        "| readers' views | in a second | p99 | with ten editors | p99 |\n|---|--:|--:|--:|--:|"
    );
    for round in 1..=rounds(1, 5) {
        let alone = readers(address, articles, time).await;
        let is_over = Arc::new(AtomicBool::new(false));
        let mut editors = JoinSet::new();
        for editor in 0..EDITORS {
            let (mut browser, is_over) = (viewer.clone(), Arc::clone(&is_over));
            editors.spawn(async move {
                let pages = pages();
                let mut at = editor;
                while !is_over.load(Ordering::Relaxed) {
                    let (_, paths) = &pages[at % pages.len()];
                    browser
                        .get(&format!("/redaksi/news/{}", paths[at % paths.len()]))
                        .await;
                    at += 1;
                    // An editor reads a page for seconds; these are quick.
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            });
        }
        let beside = readers(address, articles, time).await;
        is_over.store(true, Ordering::Relaxed);
        editors.join_all().await;
        println!(
            "| {round} | {:.0} | {:.2?} | {:.0} | {:.2?} |",
            alone.0, alone.1, beside.0, beside.1
        );
        rates[0].push(alone.0);
        rates[1].push(beside.0);
    }
    rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    })
}

/// What the hours and the roll-ups take in the file.
fn print_bytes_of_tables(database: &Path) {
    let conn = Connection::open(database).unwrap();
    for table in ["day", "hour", "article_hour", "rollup"] {
        let number = |sql: &str| -> i64 { conn.query_row(sql, [], |row| row.get(0)).unwrap() };
        let rows = number(&format!("select count(*) from {table}"));
        let bytes = number(&format!(
            "select coalesce(sum(pgsize), 0) from dbstat where name = '{table}' and aggregate = 1"
        ));
        println!(
            "{table}: {rows} rows, {bytes} bytes, {} each",
            bytes / rows.max(1)
        );
    }
}

/// What a day of an article's hours takes in Redis, and all keys of the servers together.
fn print_bytes_of_keys(servers: &Servers) {
    for kind in [":h:", ":d", "gema:sums:"] {
        let pattern = if kind.starts_with(':') {
            format!("gema:{{*}}{kind}*")
        } else {
            format!("{kind}*")
        };
        let keys = servers.cli(0, &["--scan", "--pattern", &pattern]);
        let bytes: Vec<u64> = keys
            .lines()
            .take(300)
            .filter_map(|key| {
                servers
                    .cli(0, &["memory", "usage", key])
                    .trim()
                    .parse()
                    .ok()
            })
            .collect();
        let sum: u64 = bytes.iter().sum();
        println!(
            "{} keys like {pattern} on a server; {} bytes each, of {}",
            keys.lines().count(),
            sum / (bytes.len() as u64).max(1),
            bytes.len()
        );
    }
    for server in 0..3 {
        let info = servers.cli(server, &["info", "memory"]);
        let used = info.lines().find(|line| line.starts_with("used_memory:"));
        println!("server {server}: {}", used.unwrap_or_default());
    }
}

async fn shows_in_time(cli: CliHarness, database: &str, print_bytes: impl FnOnce(&Path)) {
    let articles = rounds(300, 100_000) as usize;
    let archive = Archive::write(articles, rounds(100, 1095) as i32);
    let options = format!("database = \"{database}\"\n{TWO_SITES}");
    fs::write(cli.path().join("gema.toml"), options).unwrap();
    let store = match database.starts_with("redis") {
        true => engines::open(database).unwrap(),
        false => opened(&cli.path().join(database)),
    };
    archive.fill(&store).await;
    drop(store);
    print_bytes(&cli.path().join(database));
    let serving = cli.serves_with(&["--limits", "off"]);
    let endpoint = Endpoint { cli, serving };
    // Without a user there are no pages, and nothing is gathered for them.
    let (before, _) = endpoint.serving.memory();
    let mut viewer = endpoint.signed_in("ani", "news", "reader", None).await;
    let slow = measure(&mut viewer).await;
    let (after, most) = endpoint.serving.memory();
    println!(
        "memory before the pages {} MB, after them {} MB, at most {} MB",
        before >> 10,
        after >> 10,
        most >> 10
    );
    let [alone, beside] = beside_editors(&endpoint, &viewer, articles).await;
    let ratio = beside / alone;
    let (_, most_beside) = endpoint.serving.memory();
    println!(
        "medians {alone:.0} and {beside:.0}: {ratio:.2}; at most {} MB",
        most_beside >> 10
    );
    if !cfg!(debug_assertions) {
        assert_eq!(slow, Vec::<String>::new());
        assert!(most <= before + MAX_MEMORY, "{before} KB, then {most} KB");
        assert!(ratio > MIN_RATE_BESIDE_EDITORS, "{ratio}");
    }
    let check = endpoint.cli.says(&["check"]);
    assert!(
        !check.contains("add up") && !check.contains("sums of"),
        "{check}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_three_years_are_quick() {
    shows_in_time(CliHarness::new(), "gema.db", print_bytes_of_tables).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_three_years_are_quick_with_redis() {
    let servers = Servers::cluster();
    let database = servers.url("redis+cluster");
    shows_in_time(CliHarness::new(), &database, |_| {
        print_bytes_of_keys(&servers)
    })
    .await;
}
