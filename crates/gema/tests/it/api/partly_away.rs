use std::{
    future::{Future, pending},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo, http::Request, response::IntoResponse};
use futures_util::{StreamExt, future::BoxFuture};
use server::subscriptions::Subscription;
use store::{AppliedCounts, ArticleCounts, CountsVersion, StoreError};
use tokio::time::{Instant, sleep_until, timeout};
use wire::{Article, ArticleKey, SiteId};

use crate::{
    site::{FIREFOX, PAGE, TestSite, article},
    unable::Unable,
};

/// What a store answers about an article of which it can be read.
type Answer<T> = BoxFuture<'static, Result<T, StoreError>>;

fn answered<T: Send + 'static>(answer: T) -> Answer<T> {
    Box::pin(async { Ok(answer) })
}

fn copy() -> Article {
    Article {
        title: "Judul".into(),
        byline: None,
        published: None,
        url: None,
        html: "<p>Isi</p>".into(),
    }
}

/// The key of an article in a part of the store that does not answer, and of one whose copy alone cannot be read.
const AWAY: &str = "away";
const COPY_AWAY: &str = "copy-away";

/// The key of an article whose copy can be read after the store's stall.
const COPY_LATE: &str = "copy-late";

/// How long the store stalls.
const STALL: Duration = Duration::from_millis(2_500);

/// A store of which one part does not answer: neither the counts of the first of these articles, nor the copies of both.
/// Nothing can be written. Every other article is at the revision.
fn partly_away(rev: &Arc<AtomicI64>) -> Unable {
    let rev = Arc::clone(rev);
    let counts = move |key: &ArticleKey| -> Answer<ArticleCounts> {
        if key.as_str() == AWAY && rev.load(Ordering::SeqCst) > 0 {
            return Box::pin(pending());
        }
        let rev = rev.load(Ordering::SeqCst);
        let mut counts = ArticleCounts::none(key.clone());
        counts.version = CountsVersion { id: 1, rev };
        counts.tally.rev = rev.unsigned_abs();
        answered(counts)
    };
    let begun = Instant::now();
    let copies = move |key: &ArticleKey| -> Answer<Option<Article>> {
        match key.as_str() {
            AWAY | COPY_AWAY => Box::pin(pending()),
            COPY_LATE => Box::pin(async move {
                sleep_until(begun + STALL).await;
                Ok(Some(copy()))
            }),
            _ => answered(Some(copy())),
        }
    };
    let apply = |_: &SiteId| -> Answer<Vec<AppliedCounts>> { Box::pin(pending()) };
    Unable {
        counts: Box::new(counts),
        article: Box::new(copies),
        apply: Box::new(apply),
        ..Unable::because(StoreError::Unavailable)
    }
}

/// Whether the request is still waiting after some milliseconds.
async fn waits(request: &mut (impl Future + Unpin)) -> bool {
    timeout(Duration::from_millis(5), request).await.is_err()
}

#[tokio::test(start_paused = true)]
async fn articles_that_are_away_delay_no_copies_of_others() {
    let site = Arc::new(TestSite::on(Arc::new(partly_away(&Arc::new(1.into())))));
    let path = |query: &str| format!("/v1/sites/news/{query}");
    for query in [
        "widget.html?article=away&body=1",
        "widget.html?article=away&body=1&frame=1",
        "widget.html?article=away&body=1&stand_in=1",
        "view?article=away&body=1",
        "view?article=copy-away&body=1",
        "widget.html?article=copy-away&body=1",
    ] {
        let mut waiting = Vec::new();
        for _ in 0..20 {
            let (site, path) = (Arc::clone(&site), path(query));
            let mut request = tokio::spawn(async move { site.get(&path).await });
            assert!(waits(&mut request).await, "{query}");
            waiting.push(request);
        }
        let begun = Instant::now();
        let here = site.get(&path("widget.html?article=here&body=1")).await;
        assert_eq!(here.status, 200, "{query}");
        // Twenty copies, eight at a time, of which each gives its place up after a second.
        assert!(begun.elapsed() <= Duration::from_secs(3), "{query}");
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

fn request_from(client: [u8; 4], article: &str) -> Request<Body> {
    let path = format!("/v1/sites/news/widget.html?article={article}&body=1");
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    let peer = SocketAddr::new(client.into(), 50_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

#[tokio::test(start_paused = true)]
async fn one_network_delays_no_copies_of_others() {
    let site = Arc::new(TestSite::on(Arc::new(partly_away(&Arc::new(1.into())))));
    let mut waiting = Vec::new();
    for number in 0..200 {
        let site = Arc::clone(&site);
        let request = request_from([192, 0, 2, number], COPY_AWAY);
        let mut answer = tokio::spawn(async move { site.send(request).await });
        assert!(waits(&mut answer).await, "{number}");
        waiting.push(answer);
    }
    let begun = Instant::now();
    let here = site.send(request_from([198, 51, 100, 1], "here")).await;
    assert_eq!(here.status, 200);
    assert!(begun.elapsed() < Duration::from_millis(100));
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn a_stall_of_the_store_delays_a_copy_only() {
    let site = TestSite::on(Arc::new(partly_away(&Arc::new(1.into()))));
    let late = site.get("/v1/sites/news/widget.html?article=copy-late&body=1");
    assert_eq!(late.await.status, 200);
    let never = site.get("/v1/sites/news/widget.html?article=copy-away&body=1");
    assert_eq!(never.await.status, 503);
}

#[tokio::test(start_paused = true)]
async fn a_choice_that_waits_for_its_commit_delays_no_copies() {
    let site = Arc::new(TestSite::on(Arc::new(partly_away(&Arc::new(1.into())))));
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let site = Arc::clone(&site);
        let mut request = tokio::spawn(async move {
            let form = "article=here&reaction=happy&seq=1&body=1&visitor=AAAAAAAAAAAAAAAAAAAAAA";
            let request = Request::post("/v1/sites/news/reaction")
                .header("origin", PAGE)
                .header("user-agent", FIREFOX)
                .header("content-type", "application/x-www-form-urlencoded");
            site.send(request.body(form.into()).unwrap()).await
        });
        assert!(waits(&mut request).await);
        waiting.push(request);
    }
    let begun = Instant::now();
    let here = site.get("/v1/sites/news/widget.html?article=here&body=1");
    assert_eq!(here.await.status, 200);
    assert!(begun.elapsed() < Duration::from_millis(100));
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn articles_that_are_away_delay_no_live_counts_of_others() {
    let rev = Arc::new(AtomicI64::new(0));
    let site = TestSite::with(|site| site.live = true).moved_to(Arc::new(partly_away(&rev)));
    let app = site.app();
    let subscribe = async |key: &str| -> Subscription {
        let permit = app.subscriptions.try_acquire(None).unwrap();
        let config = app.config.current();
        let site = config.sites.values().next().unwrap();
        let key = article(key);
        let subscribed = app
            .subscriptions
            .subscribe(permit, &*app.store, site, &key)
            .await;
        subscribed.unwrap()
    };
    let _away = subscribe(AWAY).await;
    let here = subscribe("here").await.into_sse(Duration::from_secs(1));
    let mut events = here.into_response().into_body().into_data_stream();
    let first = events.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("id: 0"));

    rev.store(1, Ordering::SeqCst);
    let config = app.config.current();
    let begun = Instant::now();
    let publishing = app.subscriptions.publish(&*app.store, &config);
    let (next, ()) = tokio::join!(events.next(), publishing);
    assert!(String::from_utf8_lossy(&next.unwrap().unwrap()).contains("id: 1"));
    assert!(
        begun.elapsed() <= Duration::from_secs(2),
        "the next tick is soon"
    );
}
