use store::{Change, Changes};
use visitor::{Client, DedupKey, Visitor};
use wire::{Network, OwnVote, Seq};

use super::{Engine, TODAY, changes, react, read, site};
use crate::{
    fixtures::{article, chose, reaction},
    import_export::transfer,
    steps::{apply, by, counts, later, on, tally},
};

pub async fn fingerprint_votes_once_a_day_and_is_counted_apart<E: Engine>(engine: &E) {
    let store = engine.open();
    let visitor = Visitor::Fingerprint(b"192.0.2.1 Firefox".into());
    let tomorrow = later(1);
    let chooses = async |day, option, seq| {
        let batch = changes(1, [react("a", Some(option), seq)]);
        apply(&store, on(day, by(visitor.clone(), batch))).await;
        store.choice(&site(), day, &article("a"), &visitor).await
    };
    let mine = |option, seq| {
        Ok(Some(OwnVote {
            reaction: Some(reaction(option)),
            seq: Seq::parse(seq).unwrap(),
        }))
    };
    assert_eq!(
        store.choice(&site(), TODAY, &article("a"), &visitor).await,
        Ok(None)
    );
    assert_eq!(chooses(TODAY, "happy", 1).await, mine("happy", 1));
    assert_eq!(chooses(TODAY, "sad", 2).await, mine("sad", 2));
    assert_eq!(
        store
            .choice(&site(), tomorrow, &article("a"), &visitor)
            .await,
        Ok(None)
    );
    assert_eq!(chooses(tomorrow, "sad", 3).await, mine("sad", 3));
    // A visitor with a token is not counted among the votes without JavaScript.
    apply(&store, changes(1, [react("a", Some("sad"), 1)])).await;
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    let other = elsewhere.open();
    transfer(&store, &other, tomorrow).await;
    for store in [store, other] {
        let counted = counts(&store, "a").await;
        assert_eq!(
            (
                chose(&counted.tally, "sad"),
                counted.tally.reactions.total(),
                counted.noscript
            ),
            (3, 3, 2)
        );
    }
}

pub async fn fingerprint_reads_and_shares_count_once<E: Engine>(engine: &E) {
    let store = engine.open();
    let seen = |agent: &str| {
        let once = DedupKey::Fingerprint(format!("192.0.2.1 {agent}").into_bytes());
        let network = Network::parse("copy").unwrap();
        [
            Change::Read {
                article: article("a"),
                dedup_key: once.clone(),
            },
            Change::Share {
                article: article("a"),
                network,
                dedup_key: once,
            },
        ]
    };
    let today = later(0);
    let tomorrow = later(1);
    let then = later(2);
    // The dedup digest is still found on the next day; on the day after, its salt has been deleted.
    for (day, agent, many) in [
        (today, "Firefox", 1),
        (today, "Firefox", 1),
        (today, "Dillo", 2),
        (today, "Firefox", 2),
        (tomorrow, "Firefox", 2),
        (then, "Firefox", 3),
    ] {
        let visitor = Visitor::Fingerprint(format!("192.0.2.1 {agent}").into_bytes());
        let batch = on(day, by(visitor, changes(1, seen(agent))));
        let got = apply(&store, batch).await.remove(0);
        assert_eq!(
            (got.reads, got.shares.total(), got.mine),
            (many, many, None),
            "{agent}"
        );
    }
    // A read with a browser's own key counts separately from fingerprints.
    apply(&store, on(then, changes(1, [read("a", 1)]))).await;
    drop(store);
    let store = engine.open();
    assert_eq!(tally(&store, "a").await.reads, 4);
    let again = Changes {
        visitor: None,
        ..on(then, changes(1, seen("Firefox")))
    };
    let again = apply(&store, again).await;
    assert_eq!(again[0].reads, 4);
}

pub async fn another_counters_client_is_counted_apart<E: Engine>(engine: &E) {
    let store = engine.open();
    let fingerprint = |number: u64| format!("192.0.2.{number} Firefox").into_bytes();
    let sends = async |client, number, change| {
        let visitor = Visitor::Client(client, fingerprint(number));
        apply(&store, by(visitor, changes(1, [change]))).await;
    };
    let read = |number| Change::Read {
        article: article("a"),
        dedup_key: DedupKey::Fingerprint(fingerprint(number)),
    };
    for number in [1, 1, 2] {
        sends(Client::Waline, number, read(number)).await;
    }
    sends(Client::GoatCounter, 3, read(3)).await;
    for (option, seq) in [("happy", 1), ("sad", 2)] {
        sends(Client::OpenHeart, 1, react("a", Some(option), seq)).await;
    }
    // The same voter by another way: the choice is replaced, and the voter is not new.
    sends(Client::Waline, 1, react("a", None, 3)).await;
    apply(&store, changes(9, [self::read("a", 9)])).await;
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    let other = elsewhere.open();
    transfer(&store, &other, TODAY).await;
    for store in [store, other] {
        let counted = counts(&store, "a").await;
        let mut clients: Vec<_> = counted
            .clients
            .iter()
            .map(|of| (of.client, of.reads, of.voters))
            .collect();
        clients.sort_unstable();
        assert_eq!(
            clients,
            [
                (Client::Waline, 2, 0),
                (Client::GoatCounter, 1, 0),
                (Client::OpenHeart, 0, 1)
            ]
        );
        let tally = counted.tally;
        assert_eq!((tally.reads, tally.reactions.total()), (4, 0));
        assert_eq!(counted.noscript, 0);
    }
}
