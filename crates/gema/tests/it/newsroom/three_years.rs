//! Three years of an archive: the pages show it in time and in bounded memory, and readers' requests do not wait for them.

/// The archive.
mod archive;
/// Readers beside editors.
mod beside;
/// The tables that docs/newsroom.md has.
mod tables;

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
    tables::{Measured, PageTimes, print_tables},
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

/// Roll-ups in Redis wait until what was changed last is done.
const NOTES_TIME: Duration = Duration::from_secs(65);

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
async fn times_of_pages(viewer: &mut Browser) -> Vec<PageTimes> {
    let mut first_times = Vec::new();
    for (_, paths) in pages() {
        first_times.push(time_of(viewer, &paths[0]).await);
    }
    let mut measured = Vec::new();
    for ((name, paths), first) in pages().into_iter().zip(first_times) {
        let mut times = Vec::new();
        for path in paths {
            times.push(time_of(viewer, &path).await);
        }
        times.sort();
        measured.push(PageTimes {
            name,
            first,
            median: times[times.len() / 2],
            // Of thirty, that is the longest.
            p99: times[times.len() * 99 / 100],
        });
    }
    measured
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

/// An empty database of an engine.
struct Database {
    engine: &'static str,
    url: String,
    cli: CliHarness,
}

impl Database {
    fn new(engine: &'static str, url: String) -> Self {
        let cli = CliHarness::new();
        let options = format!("database = \"{url}\"\n{TWO_SITES}");
        fs::write(cli.path().join("gema.toml"), options).unwrap();
        Self { engine, url, cli }
    }

    async fn fill(&self, archive: &Archive) {
        match self.url.starts_with("redis") {
            true => {
                let store = engines::open(&self.url).unwrap();
                archive.fill(self.engine, &store, NOTES_TIME).await;
            }
            false => {
                let store = opened(&self.cli.path().join(&self.url));
                archive.fill(self.engine, &store, Duration::ZERO).await;
            }
        }
    }

    /// Serves it, and measures the pages and what readers get.
    async fn measure(self, articles: usize) -> Measured {
        let Self { engine, cli, .. } = self;
        let serving = cli.serves_with(&["--limits", "off"]);
        let endpoint = Endpoint { cli, serving };
        let address = endpoint.serving.address.clone();
        // Without a user there are no pages, and nothing is gathered for them. What readers request is cached.
        let time = Duration::from_secs(u64::from(rounds(1, 10)));
        readers(&address, articles, time, Requested::View).await;
        readers(&address, articles, time, Requested::Read).await;
        let (before, _) = endpoint.serving.memory();
        let mut viewer = endpoint.signed_in("ani", "news", "reader", None).await;
        let pages = times_of_pages(&mut viewer).await;
        let (after, most) = endpoint.serving.memory();
        let views = beside_editors(&address, &viewer, articles, Requested::View).await;
        // Reads take memory themselves.
        let (_, most_beside) = endpoint.serving.memory();
        let reads = beside_editors(&address, &viewer, articles, Requested::Read).await;
        let check = endpoint.cli.says(&["check"]);
        assert!(
            !check.contains("add up") && !check.contains("sums of"),
            "{check}"
        );
        Measured {
            engine,
            pages,
            views,
            reads,
            memory: [before, after, most, most_beside],
        }
    }
}

/// The faults of an engine: what takes longer or more than it may.
fn faults(measured: &Measured) -> Vec<String> {
    let engine = measured.engine;
    let is_slow = |page: &&PageTimes| page.median > MEDIAN || page.p99 > P99;
    let slow = measured.pages.iter().filter(is_slow);
    let mut faults: Vec<String> = slow
        .map(|page| {
            let PageTimes {
                name, median, p99, ..
            } = page;
            format!("{engine}, {name}: median {median:?}, p99 {p99:?}")
        })
        .collect();
    let [before, .., most] = measured.memory;
    if most > before + MAX_MEMORY {
        faults.push(format!("{engine}: {} KB more", most - before));
    }
    for (what, loads) in [("views", &measured.views), ("reads", &measured.reads)] {
        let rate = loads.rate();
        if rate < MIN_RATE_BESIDE_EDITORS {
            faults.push(format!("{engine}, {what} beside editors: {rate:.2}"));
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_three_years_are_quick() {
    let begun = Instant::now();
    let articles = rounds(300, 100_000) as usize;
    let archive = Archive::write(articles, rounds(100, 1095) as i32);
    let servers = Servers::cluster();
    let sqlite = Database::new("SQLite", "gema.db".into());
    let redis = Database::new("Redis Cluster", servers.url("redis+cluster"));
    tokio::join!(sqlite.fill(&archive), redis.fill(&archive));
    drop(archive);
    print_bytes_of_tables(&sqlite.cli.path().join(&sqlite.url));
    print_bytes_of_keys(&servers);
    println!("filled after {:.0?}", begun.elapsed());
    let measured = [
        sqlite.measure(articles).await,
        redis.measure(articles).await,
    ];
    print_tables(&measured);
    println!("took {:.0?}", begun.elapsed());
    if !cfg!(debug_assertions) {
        let faults: Vec<String> = measured.iter().flat_map(faults).collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}
