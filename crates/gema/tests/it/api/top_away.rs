use std::{
    future::{Future, pending},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use store::{RecentChanges, StoreError};
use tokio::sync::Semaphore;
use wire::SiteId;

use crate::{
    site::{Reply, TestSite},
    unable::Unable,
};

const UNAVAILABLE_TOP_PATH: &str = "/v1/sites/news/top.json";

/// A store whose ranking query waits for a permit, and then fails.
#[derive(Clone)]
struct Away {
    asked: Arc<AtomicUsize>,
    fails: Arc<Semaphore>,
}

impl Away {
    fn new() -> Self {
        Self {
            asked: Arc::default(),
            fails: Arc::new(Semaphore::new(0)),
        }
    }

    fn store(&self) -> Arc<Unable> {
        let away = self.clone();
        let recent = move |_: &SiteId| {
            let fails = Arc::clone(&away.fails);
            away.asked.fetch_add(1, Ordering::SeqCst);
            let failing = async move {
                fails.acquire().await.unwrap().forget();
                Err(StoreError::Unavailable)
            };
            Box::pin(failing) as _
        };
        Arc::new(Unable {
            recent: Box::new(recent),
            ..Unable::because(StoreError::Unavailable)
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn is_asked(&self, times: usize) {
        while self.asked() < times {
            tokio::task::yield_now().await;
        }
    }
}

/// Awaits a future with a timeout, so that a hang fails the test.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), what)
        .await
        .expect("no response within the timeout")
}

fn is_refused(reply: &Reply) -> bool {
    (reply.status.as_u16(), reply.header("retry-after")) == (503, "30")
}

#[tokio::test]
async fn failing_rankings_query_the_store_once_and_answer_soon() {
    let away = Away::new();
    let site = TestSite::on(away.store());
    tokio::select! {
        biased;
        reply = site.get(UNAVAILABLE_TOP_PATH) => panic!("{reply:?}"),
        () = away.is_asked(1) => {}
    }
    // The first requester has disconnected; its query continues for later requesters.
    let many = join_all((0..20).map(|_| site.get(UNAVAILABLE_TOP_PATH)));
    let (replies, ()) =
        soon(async { tokio::join!(many, async { away.fails.add_permits(1) }) }).await;
    assert!(replies.iter().all(is_refused), "{replies:?}");
    assert!(
        is_refused(&soon(site.get(UNAVAILABLE_TOP_PATH)).await),
        "at once"
    );
    assert_eq!(away.asked(), 1);
    site.minutes_pass(1);
    // One request tries whether the store works again; the others do not wait for it.
    let others = async {
        away.is_asked(2).await;
        let replies = join_all((0..20).map(|_| site.get(UNAVAILABLE_TOP_PATH))).await;
        assert!(replies.iter().all(is_refused), "{replies:?}");
        away.fails.add_permits(1);
    };
    let (one, ()) = soon(async { tokio::join!(site.get(UNAVAILABLE_TOP_PATH), others) }).await;
    assert!(is_refused(&one));
    assert_eq!(away.asked(), 2);
}

#[tokio::test]
async fn a_known_list_is_served_while_the_store_fails() {
    let asked = AtomicUsize::new(0);
    let recent = move |_: &SiteId| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        let told = if is_first {
            Ok(RecentChanges::default())
        } else {
            Err(StoreError::Unavailable)
        };
        Box::pin(async move { told }) as _
    };
    let store = Unable {
        recent: Box::new(recent),
        ..Unable::because(StoreError::Unavailable)
    };
    let site = TestSite::on(Arc::new(store));
    let first = site.get(UNAVAILABLE_TOP_PATH).await;
    assert_eq!(first.status, 200, "{first:?}");
    for _ in 0..10 {
        site.minutes_pass(1);
        let later = site.get(UNAVAILABLE_TOP_PATH).await;
        assert_eq!((later.status, &later.body), (first.status, &first.body));
    }
    site.minutes_pass(1);
    assert!(
        is_refused(&site.get(UNAVAILABLE_TOP_PATH).await),
        "the cached list is too old"
    );
}

#[tokio::test]
async fn no_site_waits_for_what_is_gathered_of_another_one() {
    let recent = |site: &SiteId| {
        let is_news = site.as_str() == "news";
        let told = async move {
            if is_news {
                pending().await
            } else {
                Ok(RecentChanges::default())
            }
        };
        Box::pin(told) as _
    };
    let store = Unable {
        recent: Box::new(recent),
        ..Unable::because(StoreError::Unavailable)
    };
    let site = TestSite::serving(&["sport"]).moved_to(Arc::new(store));
    let reply = soon(async {
        tokio::select! {
            biased;
            reply = site.get(UNAVAILABLE_TOP_PATH) => reply,
            reply = site.get("/v1/sites/sport/top.json") => reply,
        }
    });
    assert_eq!(reply.await.status, 200);
}
