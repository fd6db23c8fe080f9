/// Failover: Redis servers are killed, paused and replaced.
mod failover;
/// A full disk, and a damaged page.
#[cfg(target_os = "linux")]
mod full;
/// Processes killed under load.
mod kills;
/// Migration away from several endpoints.
mod leaving;
/// Load from readers over HTTP.
mod load;
/// Migration to another engine under load.
mod migrating;
/// Redis servers that are unavailable for a while.
mod outage;
/// A database that is removed or replaced while it is open.
#[cfg(unix)]
mod replaced;
/// Several endpoints behind nginx, restarted one after another.
mod rolling;

use std::{path::Path, process::Stdio, sync::Arc, time::Duration};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::Barrier,
};
use wire::{Answer, Tallies, Tally};

use crate::{
    process::terminate,
    site::{FIREFOX, chose, event_key, react, read, token},
};

/// The real binary, serving the demo's site.
struct Gema {
    child: Child,
    url: String,
    client: Client,
}

impl Gema {
    async fn serve(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gema"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--database",
                "gema.db",
                "--limits",
                "off",
            ])
            .current_dir(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let url = line.strip_prefix("listening on ").unwrap().to_owned();
        Self {
            child,
            url,
            client: Client::builder().user_agent(FIREFOX).build().unwrap(),
        }
    }

    async fn tally(&self, article: &str) -> Tally {
        let url = format!("{}/v1/sites/demo/tallies?article={article}", self.url);
        let reply = self.client.get(url).send().await.unwrap();
        serde_json::from_slice::<Tallies>(&reply.bytes().await.unwrap())
            .unwrap()
            .tallies
            .remove(0)
    }

    async fn kill_dash_9(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// All readers send their events at the same time, each in a connection of their own.
async fn send_all(gema: &Gema, readers: u64, events: impl Fn(u64) -> Vec<Value>) {
    let ready = Arc::new(Barrier::new(usize::try_from(readers).unwrap()));
    let sending: Vec<_> = (0..readers)
        .map(|reader| {
            let ready = Arc::clone(&ready);
            let body = json!({ "visitor": token(reader), "events": events(reader) }).to_string();
            let request = gema
                .client
                .post(format!("{}/v1/sites/demo/events", gema.url));
            let request = request.header("content-type", "text/plain").body(body);
            tokio::spawn(async move {
                ready.wait().await;
                let reply = request.send().await.unwrap();
                assert_eq!(reply.status(), 200);
                serde_json::from_slice::<Answer>(&reply.bytes().await.unwrap()).unwrap()
            })
        })
        .collect();
    for sent in sending {
        let answer = sent.await.unwrap();
        assert!(answer.refused.is_empty());
        assert!(answer.tallies[0].mine.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_acknowledged_reactions_survive_kill_dash_9() {
    const READERS_BEFORE_KILL: u64 = 1000;
    let dir = tempfile::tempdir().unwrap();
    let events = |reader| vec![react("a", Some("happy"), 7), read("a", &event_key(reader))];

    let gema = Gema::serve(dir.path()).await;
    for _ in 0..2 {
        send_all(&gema, READERS_BEFORE_KILL, events).await;
        let tally = gema.tally("a").await;
        assert_eq!(
            (chose(&tally, "happy"), tally.reads, tally.rev),
            (
                READERS_BEFORE_KILL,
                READERS_BEFORE_KILL,
                2 * READERS_BEFORE_KILL
            )
        );
    }
    let before = gema.tally("a").await;
    gema.kill_dash_9().await;

    let gema = Gema::serve(dir.path()).await;
    assert_eq!(gema.tally("a").await, before);
    send_all(&gema, READERS_BEFORE_KILL, events).await;
    assert_eq!(
        gema.tally("a").await,
        before,
        "repeated events are still deduplicated"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_stops_it_gently_with_everything_in_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut gema = Gema::serve(dir.path()).await;
    send_all(&gema, 10, |reader| {
        vec![react("a", Some("sad"), 1 + reader)]
    })
    .await;
    let status = terminate(&mut gema.child).await;
    assert!(status.success(), "{status}");
    assert!(!dir.path().join("gema.db-wal").exists());

    let gema = Gema::serve(dir.path()).await;
    assert_eq!(chose(&gema.tally("a").await, "sad"), 10);
}

#[tokio::test]
async fn a_second_one_on_the_same_file_is_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let first = Gema::serve(dir.path()).await;
    let second = Command::new(env!("CARGO_BIN_EXE_gema"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", "gema.db"])
        .current_dir(dir.path())
        .output()
        .await
        .unwrap();
    assert!(!second.status.success() && second.stdout.is_empty());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another gema"));
    assert_eq!(first.tally("a").await.rev, 0);
}
