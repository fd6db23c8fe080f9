//! Expensive requests of one connection, during which everybody else is still answered.

use std::{
    cell::Cell,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use config::Lists;
use rusqlite::Connection;
use serde_json::json;
use store::{ArticleUpdate, Changes};
use store_contract::soak::rounds;
use visitor::{Day, Hour};
use wire::{Article, SiteId};

use crate::{
    cli_harness::CliHarness,
    site::{FIREFOX, PAGE, TestSite, article, event_key, read, token},
};

/// A keep-alive connection.
struct Line(BufReader<TcpStream>);

impl Line {
    fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends a request. Returns the status, and the time until the response was complete.
    fn asks(&mut self, method: &str, path: &str, body: &str) -> (u16, Duration) {
        let begun = Instant::now();
        let head = format!(
            "Host: gema\r\nUser-Agent: {FIREFOX}\r\nAccept-Encoding: br\r\nContent-Type: text/plain"
        );
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut status = 0;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if status == 0 {
                status = line.split(' ').nth(1).unwrap().parse().unwrap();
            } else if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            } else if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, begun.elapsed())
    }
}

/// Text that compresses badly.
fn words(count: u32) -> String {
    (0..count)
        .map(|number| format!("{:x} ", number.wrapping_mul(2_654_435_761)))
        .collect()
}

/// Adds many articles that were read in the last days, and one of the maximum length.
fn archive(cli: &CliHarness, articles: u32) {
    cli.article(&[
        "put",
        "short.md",
        "--article",
        "long",
        "--title",
        "A",
        "--imported-reads",
        "1",
    ]);
    let conn = Connection::open(cli.path().join("gema.db")).unwrap();
    let words = words(110_000);
    conn.execute("update copy set html = ?1", [format!("<p>{words}</p>")])
        .unwrap();
    conn.execute_batch(&format!(
        "create temp table today as select unixepoch() / 86400 as day;
         insert or ignore into metric (name) values ('reads');
         with recursive n(n) as (select 1 union all select n + 1 from n where n < {articles})
         insert into article (site, key, rev, created, own, voted, counts)
             select (select id from site), '/' || n, 1, today.day - 7, 1, 0,
                    json_array(json_array((select id from metric where name = 'reads'), n % 1000 * 7, 0)) from n, today;
         with recursive d(d) as (select 0 union all select d + 1 from d where d < 6)
         insert into day (site, article, day, metric, source, change)
             select a.site, a.id, today.day - d, (select id from metric where name = 'reads'), 0, substr(a.key, 2) % 1000
             from article a, d, today where a.key like '/%';"
    ))
    .unwrap();
}

/// Sends the most expensive requests in turn; none of them is cached.
fn dear(line: &mut Line, number: u64) -> u16 {
    let turn = number / 6;
    let get = |path: String| ("GET", format!("/v1/sites/demo/{path}"), String::new());
    let (method, path, body) = match number % 6 {
        0 => {
            let url = format!("http%3A%2F%2F127.0.0.1%2F{number}{}", "a".repeat(980));
            get(format!("qr.svg?url={url}"))
        }
        1 => get(format!("view?article=long&body=1&lang=x{number}")),
        // Another title makes another body, which is compressed anew.
        2 => get(format!("widget.html?article=long&body=1&title={number}")),
        // Each number of days and each length once, before they repeat.
        3 => get(format!(
            "top.json?days={}&limit={}",
            1 + turn % 90,
            50 - turn / 90 % 50
        )),
        // The keys are numbers: each section exists.
        4 => get(format!("top.json?section=/{turn}&days=90&limit=50")),
        _ => {
            let articles: Vec<_> = (0..100)
                .map(|place| format!("/{}", number * 100 + place))
                .collect();
            (
                "DELETE",
                "/v1/sites/demo/visitor".into(),
                json!({ "visitor": token(1), "articles": articles }).to_string(),
            )
        }
    };
    line.asks(method, &path, &body).0
}

/// Memory that requests which show no copy may add in all, in KB: connections, and answers of 30 KB.
#[cfg(target_os = "linux")]
const MAX_UNCOPIED_KB: u64 = 200 * 1024;

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nine_hundred_requests_load_no_copy_that_they_do_not_show() {
    let cli = CliHarness::new();
    archive(&cli, 1);
    let serving = cli.serves_with(&["--limits", "off"]);
    let client = reqwest::Client::builder()
        .user_agent(FIREFOX)
        .build()
        .unwrap();
    let ask = |number: u32| {
        let path = match number % 4 {
            0 => format!("widget.html?article=long&frame=1&jsonld=1&pressed=x{number}"),
            1 => "widget.html?article=long&stand_in=1&jsonld=1".into(),
            2 => format!("widget.html?article=long&jsonld=1&lang=x{number}"),
            _ => "qr.svg?article=long".into(),
        };
        let url = format!("http://{}/v1/sites/demo/{path}", serving.address);
        let request = client.get(url);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    for number in 0..4 {
        ask(number).await;
    }
    let (before, _) = serving.memory();
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..900 {
        asked.spawn(ask(number));
    }
    // The copy has no address, of which a code could be drawn.
    for status in asked.join_all().await {
        assert!(matches!(status, 200 | 400), "{status}");
    }
    let (_, peak) = serving.memory();
    assert!(
        peak < before + MAX_UNCOPIED_KB,
        "{before} KB before, {peak} KB at most"
    );
}

/// The 99th percentile.
fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() * 99 / 100]
}

/// How long a request may take beside the expensive ones, by its time without them. A debug build is not optimised, and its
/// tests run beside others.
fn max_busy(quiet: Duration) -> Duration {
    match cfg!(debug_assertions) {
        true => 5 * quiet + Duration::from_millis(50),
        false => 3 * quiet,
    }
}

#[test]
fn one_connections_dearest_requests_keep_nobody_waiting() {
    let cli = CliHarness::new();
    archive(&cli, rounds(5_000, 100_000));
    let serving = cli.serves_with(&["--limits", "off"]);
    let stop = AtomicBool::new(false);
    let busy = AtomicBool::new(false);
    let asked = AtomicU64::new(0);
    let shared = Arc::new((stop, busy, asked));
    let attack = thread::spawn({
        let shared = Arc::clone(&shared);
        let address = serving.address.clone();
        move || {
            let (stop, busy, asked) = &*shared;
            let mut line = Line::to(&address);
            while !stop.load(Ordering::SeqCst) {
                if busy.load(Ordering::SeqCst) {
                    let status = dear(&mut line, asked.fetch_add(1, Ordering::SeqCst));
                    assert!([200, 429].contains(&status), "{status}");
                } else {
                    thread::park_timeout(Duration::from_millis(1));
                }
            }
        }
    });
    let (_, busy, asked) = &*shared;
    let mut honest = Line::to(&serving.address);
    // Durations by request, and by whether the other connection sends expensive requests.
    let mut times: [[Vec<Duration>; 2]; 2] = Default::default();
    for number in 0..u64::from(rounds(400, 16_000)) {
        let is_busy = number / 100 % 2 == 1;
        busy.store(is_busy, Ordering::SeqCst);
        let (status, took) = honest.asks(
            "GET",
            &format!("/v1/sites/demo/view?article=/{}", number % 50),
            "",
        );
        assert_eq!(status, 200);
        times[0][usize::from(is_busy)].push(took);
        let article = format!("/{}", number % 50);
        let event = json!({ "events": [read(&article, &event_key(number))] }).to_string();
        let (status, took) = honest.asks("POST", "/v1/sites/demo/events", &event);
        assert_eq!(status, 200);
        times[1][usize::from(is_busy)].push(took);
    }
    shared.0.store(true, Ordering::SeqCst);
    attack.join().unwrap();
    for (what, [quiet, busy]) in ["a view", "a read"].into_iter().zip(times) {
        let quiet = p99(quiet);
        let busy = p99(busy);
        println!(
            "{what}: p99 {quiet:?}, meanwhile {busy:?}, with {} dear requests",
            asked.load(Ordering::SeqCst)
        );
        assert!(busy <= max_busy(quiet), "{what}: {quiet:?}, {busy:?}");
    }
}

/// Duration of a request, and the longest time for which it blocked this runtime's only thread.
async fn held(site: &TestSite, path: &str) -> (Duration, Duration) {
    let begun = Instant::now();
    let longest = Cell::new(Duration::ZERO);
    let asking = async {
        let reply = site.get(path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    let beating = async {
        loop {
            let before = Instant::now();
            tokio::task::yield_now().await;
            longest.set(longest.get().max(before.elapsed()));
        }
    };
    tokio::select! {
        biased;
        () = asking => {}
        () = beating => {}
    }
    (begun.elapsed(), longest.get())
}

#[tokio::test]
async fn expensive_work_does_not_run_on_async_threads() {
    let site = TestSite::with(|site| site.lists = Lists::All);
    let news = SiteId::parse("news").unwrap();
    let today = Day::parse("2015-11-17").unwrap();
    let copy = Article {
        title: "A".into(),
        byline: None,
        published: None,
        url: None,
        html: format!("<p>{}</p>", words(40_000)),
    };
    let publication = ArticleUpdate {
        article: Some(copy),
        imported: None,
        poll: None,
    };
    site.store
        .put_article(&news, today, &article("long"), publication)
        .await
        .unwrap();
    for some in (0..4_000_u64).collect::<Vec<_>>().chunks(500) {
        let reads = some.iter().map(|number| {
            let once = visitor::DedupKey::Browser(event_key(*number));
            store::Change::Read {
                article: article(&format!("/{number}")),
                dedup_key: once,
            }
        });
        let changes = Changes {
            site: news.clone(),
            day: today,
            hour: Hour::new(0),
            visitor: None,
            changes: reads.collect(),
            admission: None,
        };
        site.store.apply(changes).await.unwrap();
    }
    let url = format!("{PAGE}/{}", "a".repeat(980));
    for path in [
        format!("/v1/sites/news/qr.svg?url={url}"),
        "/v1/sites/news/view?article=long&body=1".into(),
        "/v1/sites/news/top.json?limit=50".into(),
        "/v1/sites/news/top.atom?days=30&limit=50".into(),
    ] {
        let (took, longest) = held(&site, &path).await;
        println!("{took:?}, of which {longest:?} at once: {path:.60}");
        assert!(
            longest * 2 < took + Duration::from_millis(20),
            "{path:.60}: {took:?}, {longest:?}"
        );
        let (again, _) = held(&site, &path).await;
        assert!(
            again * 2 < took + Duration::from_millis(20),
            "{path:.60}: {took:?}, and again {again:?}"
        );
    }
}
