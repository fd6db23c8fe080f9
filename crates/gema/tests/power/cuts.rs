use std::sync::Arc;

use rusqlite::Connection;
use store::{Change, Changes};
use tokio::task::JoinSet;
use visitor::{Hour, Visitor};
use wire::{ArticleKey, Reaction, Seq, VisitorToken};

use store_contract::soak::rounds;

use crate::{
    disk::{Disk, Loss},
    event_oracle::{EventOracle, OPTIONS},
    load::{READERS, TODAY, again, everybody_reads, everything_is_there_once, open, site},
    random::Random,
};

/// Each round cuts the power at one random write or sync: during the first opening, a commit, a checkpoint or closing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_event_outlives_a_power_cut_once() {
    let (mut random, seed) = Random::new();
    let mut acknowledged = 0;
    let mut lost = 0;
    let mut disk = Disk::new();
    let mut oracle = EventOracle::new(READERS);
    for round in 0..rounds(20, 200) {
        if round % 10 == 0 {
            acknowledged += oracle.acknowledged.len();
            disk = Disk::new();
            oracle = EventOracle::new(READERS);
        }
        let loss = if random.below(2) == 0 {
            Loss::Everything
        } else {
            Loss::AnyPart
        };
        println!("round {round}, GEMA_SEED={seed}, {loss:?}");
        let within = [30, 500, 1500][random.below(3) as usize];
        disk.cut_in(1 + random.below(within));
        if let Ok(store) = open(&disk) {
            while disk.has_power() {
                everybody_reads(&store, 10, &mut oracle).await;
                // The clean-up checkpoints the WAL.
                let _ = store.clean_up(&[site()], TODAY).await;
            }
            drop(store);
        }
        lost += disk.restart(loss, &mut random);

        let store = open(&disk).unwrap();
        let changed = again(&store, oracle.acknowledged.iter().copied()).await;
        assert!(
            changed.is_empty(),
            "acknowledged, but not there any more: {changed:?}"
        );
        everything_is_there_once(&store, &oracle).await;
    }
    println!(
        "{} events acknowledged, {lost} bytes lost",
        acknowledged + oracle.acknowledged.len()
    );
    assert!(
        lost > 0 && acknowledged > 0,
        "the power went while something was written"
    );
}

/// Several times as many as a generation of the log of votes in debug builds.
const VOTERS: u64 = 400;

/// A voter's last `seq` that was sent, and the last that must be stored.
#[derive(Clone, Copy, Default)]
struct Voter {
    sent: u64,
    acknowledged: u64,
}

fn visitor(voter: usize) -> Visitor {
    VisitorToken::parse(&format!("{voter:022}")).unwrap().into()
}

/// The option of a voter's vote; every fourth takes it back.
fn choice(seq: u64) -> Option<Reaction> {
    let option = OPTIONS.get((seq % 4) as usize)?;
    Some(Reaction::parse(option).unwrap())
}

fn vote(article: &ArticleKey, voter: usize, seq: u64) -> Changes {
    let change = Change::React {
        article: article.clone(),
        reaction: choice(seq),
        seq: Seq::parse(seq).unwrap(),
    };
    Changes {
        site: site(),
        day: TODAY,
        hour: Hour::new(0),
        visitor: Some(visitor(voter)),
        changes: vec![change],
        admission: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_votes_outlive_a_power_cut_while_they_move() {
    let (mut random, seed) = Random::new();
    let article = ArticleKey::parse("a").unwrap();
    let mut disk = Disk::new();
    let mut voters = vec![Voter::default(); VOTERS as usize];
    let mut moved = 0;
    for round in 0..rounds(20, 200) {
        let is_new = round % 4 == 0;
        if is_new {
            disk = Disk::new();
            voters.fill(Voter::default());
        }
        let loss = [Loss::Everything, Loss::AnyPart][random.below(2) as usize];
        println!("round {round}, GEMA_SEED={seed}, {loss:?}");
        disk.cut_in(1 + random.below(1500));
        if let Ok(store) = open(&disk) {
            while disk.has_power() {
                let mut sending = JoinSet::new();
                for _ in 0..1 + random.below(20) {
                    let voter = random.below(VOTERS) as usize;
                    voters[voter].sent += 1;
                    let (seq, store) = (voters[voter].sent, Arc::clone(&store));
                    let vote = vote(&article, voter, seq);
                    sending.spawn(async move { (voter, seq, store.apply(vote).await.is_ok()) });
                }
                while let Some(sent) = sending.join_next().await {
                    let (voter, seq, is_acknowledged) = sent.unwrap();
                    if is_acknowledged {
                        let voter = &mut voters[voter];
                        voter.acknowledged = seq.max(voter.acknowledged);
                    }
                }
            }
        }
        disk.restart(loss, &mut random);

        let store = open(&disk).unwrap();
        for (number, voter) in voters.iter_mut().enumerate() {
            let own = store
                .choice(&site(), TODAY, &article, &visitor(number))
                .await
                .unwrap();
            let seq = own.as_ref().map_or(0, |own| own.seq.get());
            assert!(
                (voter.acknowledged..=voter.sent).contains(&seq),
                "{number}: {own:?}"
            );
            let reaction = own.and_then(|own| own.reaction);
            assert_eq!(reaction, choice(seq).filter(|_| seq > 0));
            voter.acknowledged = seq;
        }
        let check = store.check().await.unwrap();
        assert_eq!(check.found, 0, "{check:?}");
        if is_new {
            // No stop has moved any.
            let database = Connection::open(disk.path("gema.db")).unwrap();
            moved += database
                .query_row("select count(*) from vote", [], |row| row.get::<_, i64>(0))
                .unwrap();
        }
    }
    assert!(moved > 0, "some moved before the power went");
}

/// Number of rows committed before the power cut, and number of rows that are there afterwards.
fn outlive(synchronous: &str, loss: Loss, random: &mut Random) -> (i64, i64) {
    let disk = Disk::new();
    let path = disk.path("rows.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = {synchronous}"
    ))
    .unwrap();
    conn.execute_batch("create table row (value)").unwrap();
    disk.cut_in(100 + random.below(100));
    let mut committed = 0;
    while conn
        .execute("insert into row values (randomblob(100))", [])
        .is_ok()
    {
        committed += 1;
    }
    drop(conn);
    disk.restart(loss, random);
    let left = Connection::open(&path)
        .unwrap()
        .query_row("select count(*) from row", [], |row| row.get(0));
    (committed, left.unwrap_or(0))
}

/// Proves that the test above can fail.
#[test]
fn the_disk_forgets_what_was_not_synced_and_nothing_else() {
    let (mut random, seed) = Random::new();
    for loss in [Loss::Everything, Loss::AnyPart] {
        for _ in 0..5 {
            let (committed, left) = outlive("full", loss, &mut random);
            assert!(
                committed > 0 && left >= committed,
                "{left} of {committed}, {loss:?}, GEMA_SEED={seed}"
            );
        }
        for careless in ["normal", "off"] {
            let lost: i64 = (0..5)
                .map(|_| outlive(careless, loss, &mut random))
                .map(|(before, after)| before - after)
                .sum();
            println!("synchronous={careless}, {loss:?}: {lost} of the committed rows lost");
            assert!(
                lost > 0,
                "synchronous={careless} loses something, {loss:?}, GEMA_SEED={seed}"
            );
        }
    }
}
