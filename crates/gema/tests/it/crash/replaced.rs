use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};

use crate::{
    cli_harness::{CliHarness, Serving},
    contains::assert_contains,
    site::{event_key, read, token},
};

/// Sends one read of the article; returns the status.
fn sends(serving: &Serving, reader: u64) -> u16 {
    let events = [read("a", &event_key(reader))];
    let body = json!({ "visitor": token(reader), "events": events });
    serving.post(&body).0
}

fn reads(tally: &Value) -> u64 {
    tally["tally"]["reads"].as_u64().unwrap()
}

fn status(serving: &Serving, path: &str) -> String {
    let reply = serving.get(path);
    reply.split(' ').nth(1).unwrap().to_owned()
}

fn rename(from: &Path, to: &Path) {
    fs::rename(from, to).unwrap();
}

/// Reads are acknowledged until the server finds that the file is away, and again soon after it is back.
async fn until_status(serving: &Serving, acknowledged: &mut u64, readers: &mut u64, status: u16) {
    loop {
        *readers += 1;
        let is = sends(serving, *readers);
        *acknowledged += u64::from(is == 200);
        if is == status {
            return;
        }
        assert!(*readers < 10_000, "{is} instead of {status}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_file_that_is_away_or_replaced_refuses_events() {
    let cli = CliHarness::new();
    let foreign = cli.path().join("other.db");
    cli.says(&[
        "article",
        "put",
        "short.md",
        "--article",
        "b",
        "--title",
        "B",
        "--database",
        "other.db",
    ]);
    let serving = cli.serves();
    let (mut acknowledged, mut readers) = (0, 0);
    for (name, replacement) in [
        ("gema.db", None),
        ("gema.db", Some(&foreign)),
        ("gema.db-wal", None),
        ("gema.db-shm", None),
    ] {
        until_status(&serving, &mut acknowledged, &mut readers, 200).await;
        let (file, away) = (cli.path().join(name), cli.path().join("away"));
        rename(&file, &away);
        if let Some(replacement) = replacement {
            fs::copy(replacement, &file).unwrap();
        }
        until_status(&serving, &mut acknowledged, &mut readers, 503).await;
        assert_eq!(status(&serving, "/health/ready"), "503", "{name}");
        let counted = reads(&serving.view("a"));
        assert_eq!(counted, acknowledged, "{name}: readers see counts");
        let (_, error) = cli.fails(&["backup", "--force", "backup.db"]);
        assert_contains(&error, &[name]);
        rename(&away, &file);
    }
    until_status(&serving, &mut acknowledged, &mut readers, 200).await;
    assert_eq!(status(&serving, "/health/ready"), "200");
    serving.stop();
    let log = fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert_contains(
        &log,
        &[
            "gema.db-wal was removed or replaced",
            "Put that file back",
            "the store works again",
        ],
    );
    cli.says(&["check"]);
    let serving = cli.serves();
    assert_eq!(reads(&serving.view("a")), acknowledged);
}

#[tokio::test]
async fn a_removed_lock_is_taken_again() {
    let cli = CliHarness::new();
    let serving = cli.serves();
    let lock = cli.path().join("gema.db.lock");
    fs::remove_file(&lock).unwrap();
    let mut readers = 0;
    while !lock.exists() {
        readers += 1;
        assert!(readers < 1000, "no lock");
        assert_eq!(sends(&serving, readers), 200);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let (_, error) = cli.fails(&serve);
    assert_contains(&error, &["in use by another gema"]);
    assert_eq!(reads(&serving.view("a")), readers);
    serving.stop();
}
