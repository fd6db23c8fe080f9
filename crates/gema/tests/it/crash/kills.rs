use store_contract::soak::rounds;
use tokio::sync::watch;

use super::load::LoadedSite;
use crate::{cli_harness::CliHarness, event_oracle::EventOracle, random::Random};

const WITHOUT_LIMITS: [&str; 2] = ["--limits", "off"];

/// The process is killed after a random number of acknowledged events, while others are in flight.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_event_outlives_a_kill_under_load_once() {
    let (mut random, seed) = Random::new();
    let mut cli = CliHarness::new();
    let mut oracle = EventOracle::new(16);
    let mut acknowledged = 0;
    for round in 0..rounds(6, 200) {
        if round % 10 == 0 {
            cli = CliHarness::new();
            oracle = EventOracle::new(16);
        }
        let serving = cli.serves_with(&WITHOUT_LIMITS);
        let site = LoadedSite::at(&serving.address);
        let since = oracle.acknowledged.len();
        let (told, mut heard) = watch::channel(0);
        let many = random.below(300);
        println!("round {round}, GEMA_SEED={seed}, killed after {many} events");
        let killed = async {
            heard.wait_for(|told| *told >= many).await.unwrap();
            serving.dies();
        };
        let (stopped, ()) = tokio::join!(
            site.everybody_reads(u64::MAX / 2, &mut oracle, &told),
            killed
        );
        assert_eq!(stopped.len(), 16, "every reader was stopped by the kill");
        acknowledged += oracle.acknowledged.len() - since;

        let serving = cli.serves_with(&WITHOUT_LIMITS);
        LoadedSite::at(&serving.address)
            .everything_is_there_once(&cli, &oracle, since)
            .await;
        if random.below(2) == 0 {
            serving.stop()
        } else {
            serving.dies()
        }
    }
    println!("{acknowledged} events acknowledged");
}

/// Each reader has a connection of their own, and sends each event twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_writers_over_http_lose_and_double_nothing() {
    let cli = CliHarness::new();
    let mut oracle = EventOracle::new(64);
    let serving = cli.serves_with(&WITHOUT_LIMITS);
    let site = LoadedSite::at(&serving.address);
    let told = watch::Sender::new(0);
    for _ in 0..2 {
        let stopped = site.everybody_reads(20, &mut oracle, &told).await;
        assert!(stopped.is_empty(), "{stopped:?}");
        site.everything_is_there_once(&cli, &oracle, 0).await;
    }
    serving.stop();
}
