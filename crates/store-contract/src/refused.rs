use metrics::{Kind, Reason};
use store::{Refused, RefusedByProcess, Store};
use visitor::Day;
use wire::SiteId;

use super::{Engine, TODAY, site};
use crate::steps::later;

fn refused(kind: Kind, reason: Reason, count: u64) -> Refused {
    Refused {
        kind,
        reason,
        count,
    }
}

async fn note(store: &dyn Store, day: Day, process: u32, refused: &[Refused]) {
    let refused = refused.to_vec();
    let by = RefusedByProcess { process, refused };
    assert_eq!(store.note_refused(&site(), day, by).await, Ok(()));
}

pub async fn refused_events_are_summed_over_processes(engine: &impl Engine) {
    let bots = |count| refused(Kind::Read, Reason::Bot, count);
    let limited = refused(Kind::Share, Reason::Limit, 7);
    let store = engine.open();
    assert_eq!(store.refused(&site(), TODAY).await, Ok(Vec::new()));
    note(&*store, TODAY, 5, &[limited, bots(1)]).await;
    note(&*store, TODAY, 5, &[limited, bots(3)]).await;
    // The process writes the same sums again: nothing changes.
    note(&*store, TODAY, 5, &[limited, bots(3)]).await;
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![bots(3), limited])
    );
    note(&*store, TODAY, 6, &[bots(10)]).await;
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![bots(13), limited])
    );
    drop(store);
    let store = engine.open();
    assert_eq!(
        store.refused(&site(), TODAY).await,
        Ok(vec![bots(13), limited])
    );
    let other = SiteId::parse("other").unwrap();
    assert_eq!(store.refused(&other, TODAY).await, Ok(Vec::new()));
    let tomorrow = later(1);
    assert_eq!(store.refused(&site(), tomorrow).await, Ok(Vec::new()));
}

pub async fn refused_events_of_restarts_are_kept(engine: &impl Engine) {
    let store = engine.open();
    let bots = |count| refused(Kind::Read, Reason::Bot, count);
    for process in 1..=20 {
        note(&*store, TODAY, process, &[bots(1)]).await;
    }
    assert_eq!(store.refused(&site(), TODAY).await, Ok(vec![bots(20)]));
}
