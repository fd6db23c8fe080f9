use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};

use super::load::{LoadedSite, Sent};
use crate::{cli_harness::CliHarness, servers::Servers};

const MIGRATING_READERS: u64 = 16;

/// Pause before a reader repeats an event that was not acknowledged.
const MIGRATING_RETRY_DELAY: Duration = Duration::from_millis(20);

/// Number of acknowledged events, and number of refused ones.
type OutcomeCounts = watch::Sender<(u64, u64)>;

/// A reader who repeats each event until it is acknowledged. Returns the number of events.
async fn reads_on(
    site: LoadedSite,
    reader: u64,
    counts: OutcomeCounts,
    ends: watch::Receiver<bool>,
) -> (u64, u64) {
    let mut number = 0;
    while !*ends.borrow() {
        match site.sends((reader, number)).await {
            Sent::Acknowledged => {
                counts.send_modify(|(acknowledged, _)| *acknowledged += 1);
                number += 1;
                continue;
            }
            Sent::Later(_) => counts.send_modify(|(_, refused)| *refused += 1),
            Sent::HungUp => {}
        }
        tokio::time::sleep(MIGRATING_RETRY_DELAY).await;
    }
    (reader, number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_refuses_events_and_keeps_all_acknowledged_ones() {
    let cli = CliHarness::new();
    let servers = Servers::one();
    let url = format!("redis://127.0.0.1:{}", servers.ports[0]);
    let serving = cli.serves_with(&["--limits", "off"]);
    let address = serving.address.clone();
    let site = LoadedSite::at(&serving.address);
    let (end, ends) = watch::channel(false);
    let (counts, mut seen) = watch::channel((0, 0));
    let mut reading = JoinSet::new();
    for reader in 0..MIGRATING_READERS {
        reading.spawn(reads_on(site.clone(), reader, counts.clone(), ends.clone()));
    }
    seen.wait_for(|(acknowledged, _)| *acknowledged >= 20 * MIGRATING_READERS)
        .await
        .unwrap();

    let said = cli.says(&["migrate", "--from", "sqlite:gema.db", "--to", &url]);
    assert!(said.contains("every total is the same"), "{said}");
    let (acknowledged, refused) = *seen.borrow();
    seen.wait_for(|(_, now)| *now >= refused + MIGRATING_READERS)
        .await
        .unwrap();
    assert_eq!(seen.borrow().0, acknowledged, "it takes no more");
    assert!(
        serving.get("/health/ready").contains(" 503 ") && site.tallies().await[0].reads > 0,
        "but serves its counts"
    );
    let (_, again) = cli.fails(&["migrate", "--from", "sqlite:gema.db", "--to", &url]);
    assert!(again.contains("restart it with that one"), "{again}");
    serving.stop();

    let serve = [
        "serve",
        "--listen",
        &address,
        "--database",
        &url,
        "--limits",
        "off",
    ];
    let _serving = cli.serving(cli.gema(&serve));
    seen.wait_for(|(now, _)| *now >= acknowledged + 20 * MIGRATING_READERS)
        .await
        .unwrap();
    end.send(true).unwrap();
    site.comes_to_count_all(MIGRATING_READERS, reading).await;
    assert!(
        cli.says(&["check", "--database", &url])
            .contains("every sum holds")
    );
}
