//! Three years of an archive: the pages show it in time and in bounded memory, and readers' requests do not wait for them.

/// The archive.
mod archive;
/// Readers beside editors.
mod beside;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use store_contract::soak::rounds;
use visitor::Day;

use self::{
    archive::Archive,
    beside::{Requested, beside_editors, readers},
};
use super::{Browser, Endpoint, TWO_SITES, pages::today, year::SECTIONS};
use crate::{cli_harness::CliHarness, reopened::opened, servers::Servers};

/// Requests of each page.
const REQUESTS_PER_PAGE: usize = 30;

/// What the pages may take: the median and the 99th percentile of a page, and memory in KB.
const MEDIAN: Duration = Duration::from_millis(100);
const P99: Duration = Duration::from_millis(300);
const MAX_MEMORY: u64 = 64 * 1024;

/// What readers get beside ten editors, of what they get without: others use the machine too.
const MIN_RATE_BESIDE_EDITORS: f64 = 0.9;

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
        ("*Now*", same("now")),
        ("*Site*, 28 days", same("site")),
        ("*Site*, a week", same("site?days=7")),
        ("*Site*, 12 weeks", same("site?days=84")),
        ("*Site*, a year", same("site?days=365")),
        ("*Site*, three years", same("site?days=1095")),
        (
            "*Site*, thirty free periods, one after another",
            free.collect(),
        ),
        ("*Articles*", same("articles")),
        ("*Articles*, by reads", same("articles?sort=reads")),
        ("*Articles*, searched", same("articles?q=beras&byline=ani")),
        ("an article", articles.collect()),
        ("*Settings in force*", same("settings")),
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
    println!("| page | right after the start | median | 99th percentile |\n|---|--:|--:|--:|");
    for ((name, paths), first) in pages().into_iter().zip(first_times) {
        let mut times = Vec::new();
        for path in paths {
            times.push(time_of(viewer, &path).await);
        }
        times.sort();
        // Of thirty, that is the longest.
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!("| {name} | {} | {} | {} |", ms(first), ms(median), ms(p99));
        if median > MEDIAN || p99 > P99 {
            slow.push(format!("{name}: median {median:?}, p99 {p99:?}"));
        }
    }
    slow
}

/// A time as the documents write it.
fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
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
    let begun = Instant::now();
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
    let address = endpoint.serving.address.clone();
    // Without a user there are no pages, and nothing is gathered for them. What readers request is cached.
    let time = Duration::from_secs(u64::from(rounds(1, 10)));
    readers(&address, articles, time, Requested::View).await;
    readers(&address, articles, time, Requested::Read).await;
    let (before, _) = endpoint.serving.memory();
    let mut viewer = endpoint.signed_in("ani", "news", "reader", None).await;
    let slow = measure(&mut viewer).await;
    let (after, most) = endpoint.serving.memory();
    let views = beside_editors(&address, &viewer, articles, Requested::View).await;
    // Reads take memory themselves.
    let (_, most_beside) = endpoint.serving.memory();
    let reads = beside_editors(&address, &viewer, articles, Requested::Read).await;
    let more = |memory: u64| memory.saturating_sub(before) >> 10;
    println!(
        "memory without the pages {} MB; after them {} MB more, at most {} MB more, with ten editors at most {} MB more\n\
         beside ten editors, of what readers get without: views {views:.2}, reads {reads:.2}",
        before >> 10,
        more(after),
        more(most),
        more(most_beside),
    );
    if !cfg!(debug_assertions) {
        assert_eq!(slow, Vec::<String>::new());
        assert!(
            most_beside <= before + MAX_MEMORY,
            "{} MB more",
            more(most_beside)
        );
        assert!(views.min(reads) > MIN_RATE_BESIDE_EDITORS);
    }
    println!("took {:.0?}", begun.elapsed());
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
