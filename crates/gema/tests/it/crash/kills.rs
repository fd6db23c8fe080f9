use store_contract::soak::rounds;
use tokio::sync::watch;

use super::load::Site;
use crate::{desk::Desk, ledger::Ledger, random::Random};

const FREE: [&str; 2] = ["--limits", "off"];

/// Killed after a random number of acknowledged events, while others are on their way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_event_outlives_a_kill_under_load_once() {
    let (mut random, seed) = Random::new();
    let (mut desk, mut ledger) = (Desk::new(), Ledger::new(16));
    let mut acknowledged = 0;
    for round in 0..rounds(6, 200) {
        if round % 10 == 0 {
            (desk, ledger) = (Desk::new(), Ledger::new(16));
        }
        let serving = desk.serves_with(&FREE);
        let site = Site::at(&serving.address);
        let since = ledger.acknowledged.len();
        let (told, mut heard) = watch::channel(0);
        let many = random.below(300);
        println!("round {round}, GEMA_SEED={seed}, killed after {many} events");
        let killed = async {
            heard.wait_for(|told| *told >= many).await.unwrap();
            serving.dies();
        };
        let (stopped, ()) = tokio::join!(site.everybody_reads(u64::MAX / 2, &mut ledger, &told), killed);
        assert_eq!(stopped.len(), 16, "nobody had an end");
        acknowledged += ledger.acknowledged.len() - since;

        let serving = desk.serves_with(&FREE);
        Site::at(&serving.address).everything_is_there_once(&desk, &ledger, since).await;
        if random.below(2) == 0 { serving.stop() } else { serving.dies() }
    }
    println!("{acknowledged} events acknowledged");
}

/// Each in a connection of her own, and each of her events twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_writers_over_http_lose_and_double_nothing() {
    let (desk, mut ledger) = (Desk::new(), Ledger::new(64));
    let serving = desk.serves_with(&FREE);
    let site = Site::at(&serving.address);
    let told = watch::Sender::new(0);
    for _ in 0..2 {
        let stopped = site.everybody_reads(20, &mut ledger, &told).await;
        assert!(stopped.is_empty(), "{stopped:?}");
        site.everything_is_there_once(&desk, &ledger, 0).await;
    }
    serving.stop();
}
