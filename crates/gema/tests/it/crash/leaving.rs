use std::{
    collections::BTreeSet,
    process::{Child, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;
use store_contract::soak::rounds;
use tokio::{sync::watch, task::JoinSet};

use super::load::{LoadedSite, Sent};
use crate::{
    cli_harness::{CliHarness, Serving},
    contains::assert_contains,
    event_oracle::{ARTICLES, EventOracle, turn},
    servers::Servers,
    site::{TestSite, event_key, read},
    waiting::until,
};

const LEAVING_READERS: u64 = 12;

/// Pause of a reader between two events.
const LEAVING_EVENT_INTERVAL: Duration = Duration::from_millis(10);

/// Pause before a reader repeats an event that was not acknowledged.
const LEAVING_RETRY_DELAY: Duration = Duration::from_millis(50);

/// Three endpoints on Redis servers, each with a directory of its own.
struct MigratingEndpoints {
    endpoints: Vec<(CliHarness, Serving)>,
    url: String,
    _servers: Servers,
}

/// Number of acknowledged events, and number of refusals.
type SentCounts = watch::Sender<(u64, u64)>;

impl MigratingEndpoints {
    fn on(servers: Servers, scheme: &str) -> Self {
        let url = servers.url(scheme);
        let endpoints = (0..3).map(|_| {
            let cli = CliHarness::new();
            let serving = cli.serves_with(&["--database", &url, "--limits", "off"]);
            (cli, serving)
        });
        Self {
            endpoints: endpoints.collect(),
            url,
            _servers: servers,
        }
    }

    fn cli(&self) -> &CliHarness {
        &self.endpoints[0].0
    }

    /// Starts `gema migrate`.
    fn migrates(&self) -> Child {
        let mut migrate =
            self.cli()
                .gema(&["migrate", "--from", &self.url, "--to", "sqlite:new.db"]);
        migrate
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn logs(&self, text: &str) -> bool {
        let says = |cli: &CliHarness| {
            String::from_utf8_lossy(&std::fs::read(cli.path().join("gema.log")).unwrap())
                .contains(text)
        };
        self.endpoints.iter().all(|(cli, _)| says(cli))
    }
}

/// A reader's number, that of their events, and those that were sent more than once.
type ReadEvents = (u64, u64, BTreeSet<u64>);

/// A reader who repeats each event until it is acknowledged, at one endpoint after another.
async fn reads_on(
    sites: Vec<LoadedSite>,
    reader: u64,
    counts: SentCounts,
    ends: watch::Receiver<bool>,
) -> ReadEvents {
    let mut number = 0;
    let mut tries = 0;
    let mut repeated = BTreeSet::new();
    while !*ends.borrow() {
        match sites[(reader + number + tries) as usize % sites.len()]
            .sends((reader, number))
            .await
        {
            Sent::Acknowledged => {
                counts.send_modify(|(acknowledged, _)| *acknowledged += 1);
                number += 1;
                tokio::time::sleep(LEAVING_EVENT_INTERVAL).await;
                continue;
            }
            Sent::Later(seconds) => {
                assert_eq!(seconds, 10);
                counts.send_modify(|(_, refused)| *refused += 1);
            }
            Sent::HungUp => {}
        }
        tries += 1;
        repeated.insert(number);
        tokio::time::sleep(LEAVING_RETRY_DELAY).await;
    }
    (reader, number, repeated)
}

/// Waits until everything is counted. An event that Redis stored too late to acknowledge it is in the copy, and sent again:
/// the new database has no digests of reads, and counts its read and share once more.
async fn comes_to_count_all(site: &LoadedSite, mut reading: JoinSet<ReadEvents>) {
    let mut oracle = EventOracle::new(LEAVING_READERS);
    let mut repeated_of = [0; ARTICLES as usize];
    while let Some(read) = reading.join_next().await {
        let (reader, sent, repeated) = read.unwrap();
        oracle.note(reader, sent, 0..sent);
        for number in repeated {
            repeated_of[turn(number) as usize] += 1;
        }
    }
    let expected: Vec<_> = (0..ARTICLES)
        .map(|article| oracle.counted(article))
        .collect();
    site.comes_to_count_or_more(&expected, &repeated_of).await;
}

/// Waits until every endpoint reports this readiness: each reads the migration flag by itself.
async fn all_are_ready(sites: &[LoadedSite], are_they: bool) {
    for site in sites {
        let failure = || "not every endpoint reports this readiness".to_owned();
        until(10, failure, async || site.is_ready().await == are_they).await;
    }
}

/// Readers send events while all counts are migrated away from three endpoints. The first attempt is interrupted.
async fn everything_leaves(newsroom: MigratingEndpoints) {
    let sites: Vec<_> = newsroom
        .endpoints
        .iter()
        .map(|(_, serving)| LoadedSite::at(&serving.address))
        .collect();
    let (end, ends) = watch::channel(false);
    let (counts, mut seen) = watch::channel((0, 0));
    let mut reading = JoinSet::new();
    for reader in 0..LEAVING_READERS {
        reading.spawn(reads_on(
            sites.clone(),
            reader,
            counts.clone(),
            ends.clone(),
        ));
    }
    let some = u64::from(rounds(15, 50)) * LEAVING_READERS;
    seen.wait_for(|(acknowledged, _)| *acknowledged >= some)
        .await
        .unwrap();
    assert_eq!(seen.borrow().1, 0, "nothing is refused before");

    let mut broken_off = newsroom.migrates();
    seen.wait_for(|(_, refused)| *refused >= 5 * LEAVING_READERS)
        .await
        .unwrap();
    broken_off.kill().unwrap();
    broken_off.wait().unwrap();
    let begun = Instant::now();
    let before = seen.borrow().0;
    seen.wait_for(|(acknowledged, _)| *acknowledged >= before + some)
        .await
        .unwrap();
    println!(
        "events are taken again {:.1} s after it was broken off",
        begun.elapsed().as_secs_f64()
    );

    all_are_ready(&sites, true).await;
    let begun = Instant::now();
    let before = seen.borrow().1;
    let moving = newsroom.migrates();
    seen.wait_for(|(_, refused)| *refused >= before + 3 * LEAVING_READERS)
        .await
        .unwrap();
    let (_, second) = newsroom.cli().fails(&[
        "migrate",
        "--from",
        &newsroom.url,
        "--to",
        "sqlite:other.db",
    ]);
    assert!(second.contains("already"), "{second}");
    let put = [
        "put",
        "short.md",
        "--article",
        "article-1",
        "--title",
        "A",
        "--database",
        &newsroom.url,
    ];
    let refused = newsroom.cli().refused(&put);
    assert!(refused.contains("another database"), "{refused}");
    all_are_ready(&sites, false).await;
    for site in &sites {
        assert!(
            site.tallies().await[0].reads > 0,
            "stored counts are still served"
        );
    }
    let moved = tokio::task::spawn_blocking(|| moving.wait_with_output().unwrap())
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&moved.stdout).into_owned()
        + &String::from_utf8_lossy(&moved.stderr);
    assert!(
        moved.status.success() && said.contains("every total is the same"),
        "{said}"
    );
    let (acknowledged, refused) = *seen.borrow();
    println!(
        "{acknowledged} events were acknowledged, and it took {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    seen.wait_for(|(_, now)| *now >= refused + 3 * LEAVING_READERS)
        .await
        .unwrap();
    assert_eq!(seen.borrow().0, acknowledged, "no more are taken");

    let (_, again) = newsroom.cli().fails(&[
        "migrate",
        "--from",
        &newsroom.url,
        "--to",
        "sqlite:other.db",
    ]);
    let (_, started) = newsroom.cli().fails(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        &newsroom.url,
    ]);
    for says in [&again, &started] {
        assert_contains(says, &["have moved to sqlite:/", "gema migrate", "--undo"]);
    }
    let moved = "no event is accepted here any more: restart gema with the new database";
    let failure = || "not every endpoint reports it".to_owned();
    until(10, failure, async || newsroom.logs(moved)).await;

    let MigratingEndpoints { endpoints, .. } = newsroom;
    let mut desks = Vec::new();
    let mut address = String::new();
    for (cli, serving) in endpoints {
        address = serving.address.clone();
        serving.stop();
        desks.push(cli);
    }
    let cli = &desks[0];
    let serve = [
        "serve",
        "--listen",
        &address,
        "--database",
        "new.db",
        "--limits",
        "off",
    ];
    let _serving = cli.serving(cli.gema(&serve));
    seen.wait_for(|(now, _)| *now >= acknowledged + 20 * LEAVING_READERS)
        .await
        .unwrap();
    end.send(true).unwrap();
    let site = LoadedSite::at(&address);
    comes_to_count_all(&site, reading).await;
    assert!(
        cli.says(&["check", "--database", "new.db"])
            .contains("every sum holds")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_from_one_redis_leaves_no_acknowledged_event_behind() {
    everything_leaves(MigratingEndpoints::on(Servers::one(), "redis")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_from_a_cluster_leaves_no_acknowledged_event_behind() {
    everything_leaves(MigratingEndpoints::on(Servers::cluster(), "redis+cluster")).await;
}

/// The server answers an event so slowly that the migration may have finished meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_may_have_missed_the_copy_is_not_acknowledged() {
    let servers = Arc::new(Servers::one());
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    let site = TestSite::on(store);
    let sends = |number| site.post(json!({ "events": [read("a", &event_key(number))] }));
    assert_eq!(sends(1).await.status, 200);
    let mut number = 2;
    loop {
        servers.cli(0, &["client", "pause", "3050", "write"]);
        let slow = Arc::clone(&servers);
        let slow = tokio::task::spawn_blocking(move || {
            slow.cli(0, &["set", "gema:notice:{0}", "moving:x"])
        });
        let reply = sends(number).await;
        assert!(slow.await.unwrap().contains("OK"));
        if reply.header("retry-after") != "30" {
            assert_eq!(
                (reply.status.as_u16(), reply.header("retry-after")),
                (503, "10"),
                "{reply:?}"
            );
            break;
        }
        // The event was so slow that no response arrived, which proves nothing.
        assert!(number < 10, "{reply:?}");
        number += 1;
        servers.cli(0, &["del", "gema:notice:{0}"]);
        while site.store.refresh_write_block().await != Ok(()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(site.tally("a").await.reads >= 2, "and yet it is there");
}
