//! Readers at once, each of whose events is known: what was sent, and what was acknowledged.

use std::sync::Arc;

use endpoint::{
    store::{self, Change, Changes, Once, Store},
    visitor::Day,
};
use tokio::task::JoinSet;
use wire::{ArticleKey, EventKey, Network, Reaction, Seq, SiteId, Tally, VisitorToken};

use crate::disk::Disk;

pub(crate) const READERS: u64 = 6;
const ARTICLES: u64 = 4;
const OPTIONS: [&str; 3] = ["happy", "sad", "angry"];

/// What has been sent, by reader: her events are numbered.
#[derive(Default)]
pub(crate) struct Sent {
    /// How many; each was sent when the one before had been answered.
    pub(crate) sent: [u64; READERS as usize],
    /// Those that were acknowledged.
    pub(crate) acknowledged: Vec<(u64, u64)>,
}

pub(crate) fn open(disk: &Disk) -> Result<Arc<dyn Store>, store::OpenError> {
    store::open(disk.path("gema.db").to_str().unwrap())
}

/// Every reader goes on, until she is told that something failed, or has sent so many.
pub(crate) async fn everybody_reads(store: &Arc<dyn Store>, events: u64, sent: &mut Sent) {
    let mut reading = JoinSet::new();
    for (reader, from) in sent.sent.iter().enumerate() {
        let (store, reader, from) = (Arc::clone(store), reader as u64, *from);
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
        let (reader, so_many, acknowledged) = read.unwrap();
        sent.sent[reader as usize] = so_many;
        sent.acknowledged.extend(acknowledged.map(|number| (reader, number)));
    }
}

/// Sends these again: which of them changed anything.
pub(crate) async fn again(store: &Arc<dyn Store>, events: impl IntoIterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut changed = Vec::new();
    for (reader, number) in events {
        let before = tally(store, number % ARTICLES).await;
        let told = store.apply(event(reader, number)).await.unwrap().remove(0);
        if (Tally { mine: None, ..told }) != before {
            changed.push((reader, number));
        }
    }
    changed
}

/// After everything that was ever sent has arrived, nothing is missing, and nothing is there twice.
pub(crate) async fn everything_is_there_once(store: &Arc<dyn Store>, sent: &Sent) {
    let all = (0..READERS).flat_map(|reader| (0..sent.sent[reader as usize]).map(move |number| (reader, number)));
    again(store, all).await;
    for article in 0..ARTICLES {
        let numbers = |reader: u64| (0..sent.sent[reader as usize]).filter(move |number| number % ARTICLES == article);
        let reads = (0..READERS).map(|reader| numbers(reader).count() as u64).sum::<u64>();
        let mut chosen = [0; 3];
        for last in (0..READERS).filter_map(|reader| numbers(reader).next_back()) {
            chosen[option(last)] += 1;
        }
        let told = tally(store, article).await;
        assert_eq!((told.reads, told.shares.total()), (reads, reads), "reads and shares of article {article}");
        let of = |key: &str| told.reactions.get(&Reaction::parse(key).unwrap());
        assert_eq!(OPTIONS.map(of), chosen, "reactions to article {article}");
    }
    let check = store.check().await.unwrap();
    assert_eq!(check.found, 0, "{check:?}");
}

async fn tally(store: &Arc<dyn Store>, article: u64) -> Tally {
    store.tallies(&site(), &[key(article)]).await.unwrap().remove(0).tally
}

/// A read, a share and a choice, in an article of its turn, as one batch.
pub(crate) fn event(reader: u64, number: u64) -> Changes {
    let article = key(number % ARTICLES);
    let once = || Once::Key(EventKey::parse(&format!("{:016}", reader * 1_000_000 + number)).unwrap());
    let reaction = Some(Reaction::parse(OPTIONS[option(number)]).unwrap());
    let changes = vec![
        Change::Read { article: article.clone(), once: once() },
        Change::Share { article: article.clone(), network: Network::parse("copy").unwrap(), once: once() },
        Change::React { article, reaction, seq: Seq::parse(number + 1).unwrap() },
    ];
    let visitor = Some(VisitorToken::parse(&format!("{reader:022}")).unwrap());
    Changes { site: site(), day: Day::new(16_756), visitor, changes, gate: None }
}

fn option(number: u64) -> usize {
    (number / ARTICLES % OPTIONS.len() as u64) as usize
}

fn site() -> SiteId {
    SiteId::parse("news").unwrap()
}

fn key(article: u64) -> ArticleKey {
    ArticleKey::parse(&format!("article-{article}")).unwrap()
}
