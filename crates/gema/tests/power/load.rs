//! Concurrent readers, all of whose events are known.

use std::sync::Arc;

use store::{Change, Changes, Store};
use tokio::task::JoinSet;
use visitor::{Day, DedupKey, Hour};
use wire::{ArticleKey, IdempotencyKey, Network, Reaction, Seq, SiteId, Tally, VisitorToken};

use crate::{
    disk::Disk,
    event_oracle::{ARTICLES, Counted, Event, EventOracle, OPTIONS, option, turn},
};

pub(crate) const READERS: u64 = 6;

/// The day of all events.
pub(crate) const TODAY: Day = Day::new(16_756);

pub(crate) fn open(disk: &Disk) -> Result<Arc<dyn Store>, store::OpenError> {
    engines::open(disk.path("gema.db").to_str().unwrap())
}

/// Every reader sends events until one fails, or the given number is reached.
pub(crate) async fn everybody_reads(store: &Arc<dyn Store>, events: u64, oracle: &mut EventOracle) {
    let mut reading = JoinSet::new();
    for (reader, from) in oracle.sent.iter().enumerate() {
        let store = Arc::clone(store);
        let reader = reader as u64;
        let from = *from;
        reading.spawn(async move {
            for number in from..from + events {
                if store.apply(event(reader, number)).await.is_err() {
                    return (reader, number + 1, from..number);
                }
            }
            (reader, from + events, from..from + events)
        });
    }
    while let Some(read) = reading.join_next().await {
        let (reader, sent, acknowledged) = read.unwrap();
        oracle.note(reader, sent, acknowledged);
    }
}

/// Sends these events again. Returns those that changed a tally.
pub(crate) async fn again(
    store: &Arc<dyn Store>,
    events: impl IntoIterator<Item = Event>,
) -> Vec<Event> {
    let mut changed = Vec::new();
    for (reader, number) in events {
        let before = tally(store, turn(number)).await;
        let told = store.apply(event(reader, number)).await.unwrap();
        let told = told.into_iter().next().unwrap().tally;
        if (Tally { mine: None, ..told }) != before {
            changed.push((reader, number));
        }
    }
    changed
}

/// After all events were sent again, each is counted exactly once.
pub(crate) async fn everything_is_there_once(store: &Arc<dyn Store>, oracle: &EventOracle) {
    again(store, oracle.all()).await;
    for article in 0..ARTICLES {
        let told = tally(store, article).await;
        let reactions = OPTIONS.map(|key| told.reactions.get(&Reaction::parse(key).unwrap()));
        let counted = Counted {
            reads: told.reads,
            shares: told.shares.total(),
            reactions,
        };
        assert_eq!(counted, oracle.counted(article), "article {article}");
    }
    let check = store.check().await.unwrap();
    assert_eq!(check.found, 0, "{check:?}");
}

async fn tally(store: &Arc<dyn Store>, article: u64) -> Tally {
    store
        .tallies(&site(), &[key(article)])
        .await
        .unwrap()
        .remove(0)
        .tally
}

/// The event as one batch.
pub(crate) fn event(reader: u64, number: u64) -> Changes {
    let article = key(turn(number));
    let once = || {
        DedupKey::Browser(
            IdempotencyKey::parse(&format!("{:016}", reader * 1_000_000 + number)).unwrap(),
        )
    };
    let reaction = Some(Reaction::parse(OPTIONS[option(number)]).unwrap());
    let changes = vec![
        Change::Read {
            article: article.clone(),
            dedup_key: once(),
        },
        Change::Share {
            article: article.clone(),
            network: Network::parse("copy").unwrap(),
            dedup_key: once(),
        },
        Change::React {
            article,
            reaction,
            seq: Seq::parse(number + 1).unwrap(),
        },
    ];
    let visitor = Some(
        VisitorToken::parse(&format!("{reader:022}"))
            .unwrap()
            .into(),
    );
    Changes {
        site: site(),
        day: TODAY,
        hour: Hour::new((number % 24) as u8),
        visitor,
        changes,
        admission: None,
    }
}

pub(crate) fn site() -> SiteId {
    SiteId::parse("news").unwrap()
}

fn key(article: u64) -> ArticleKey {
    ArticleKey::parse(&format!("article-{article}")).unwrap()
}
