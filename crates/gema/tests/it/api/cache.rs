use axum::{body::Body, http::Request};
use store::{ArticleUpdate, Removal};
use visitor::Day;
use wire::{Article, Imported, Poll, SiteId, Tallies, View};

use crate::site::{TestSite, article, chose};

const CACHED_VIEW_PATH: &str = "/v1/sites/news/view?article=a";

/// Requests the view twice. The second response comes from the cache and is equal.
async fn view(site: &TestSite) -> View {
    let first = site.get(CACHED_VIEW_PATH).await;
    let second = site.get(CACHED_VIEW_PATH).await;
    assert_eq!(
        (&first.headers, &first.body),
        (&second.headers, &second.body)
    );
    first.json()
}

/// Number of cache hits.
async fn hits(site: &TestSite) -> u64 {
    measured(site, "gema_cache_lookups_total{result=\"hit\"}").await
}

async fn measured(site: &TestSite, name: &str) -> u64 {
    let metrics = site.metrics().await;
    let value = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap_or_else(|| panic!("{name}: {metrics}"));
    value.trim().parse().unwrap()
}

/// A request for a page's fragment, which is long enough to be compressed.
fn fragment(method: &str, article: &str, condition: Option<&str>) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v1/sites/news/widget.html?article={article}"));
    if let Some(tag) = condition {
        request = request.header("if-none-match", tag);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn conditional_and_head_requests_fill_the_cache() {
    let site = TestSite::new();
    for (number, (method, condition, status)) in [
        ("GET", Some("*"), 304),
        ("HEAD", None, 200),
        ("HEAD", Some("*"), 304),
        ("GET", Some("\"other\""), 200),
    ]
    .into_iter()
    .enumerate()
    {
        let article = format!("a{number}");
        let before = hits(&site).await;
        let mut replies = Vec::new();
        for _ in 0..10 {
            replies.push(site.send(fragment(method, &article, condition)).await);
        }
        assert_eq!(hits(&site).await, before + 9, "{method} {condition:?}");
        let whole = site.send(fragment("GET", &article, None)).await;
        for reply in replies {
            assert_eq!(reply.status, status, "{reply:?}");
            for name in ["vary", "etag", "cache-control"] {
                assert_eq!(reply.header(name), whole.header(name), "{method} {name}");
            }
            assert_eq!(reply.body.is_empty(), method == "HEAD" || status == 304);
            if method == "HEAD" && status == 200 {
                let length = whole.body.len().to_string();
                assert_eq!(reply.header("content-length"), length);
            }
        }
        assert!(whole.header("vary").contains("accept-encoding"));
    }
}

#[tokio::test]
async fn a_cached_view_is_valid_until_its_article_changes() {
    let site = TestSite::new();
    assert_eq!(view(&site).await.tally.rev, 0);
    assert_eq!(hits(&site).await, 1);
    site.reader().reads("a").await;
    assert_eq!(view(&site).await.tally.reads, 1);
    site.reader().reacts("a", "happy").await;
    assert_eq!(chose(&view(&site).await.tally, "happy"), 1);
    site.reader().reads("another").await;
    let before = hits(&site).await;
    assert_eq!(view(&site).await.tally.reads, 1);
    assert_eq!(
        hits(&site).await,
        before + 2,
        "reads of another article do not invalidate it"
    );
}

#[tokio::test]
async fn an_article_that_was_removed_and_came_back_is_another_one() {
    let site = TestSite::new();
    let id = SiteId::parse("news").unwrap();
    let day = Day::parse("2015-11-17").unwrap();
    site.reader().reads("a").await;
    assert_eq!(view(&site).await.tally.reads, 1);
    site.store
        .remove_article(&id, &article("a"), Removal::Everything)
        .await
        .unwrap();
    let imported = Imported {
        reads: 841,
        ..Imported::default()
    };
    site.store
        .put_article(
            &id,
            day,
            &article("a"),
            ArticleUpdate {
                article: None,
                imported: Some(imported),
                poll: None,
            },
        )
        .await
        .unwrap();
    let view = view(&site).await;
    assert_eq!(
        (view.tally.rev, view.tally.reads),
        (1, 841),
        "the same revision, and other counts"
    );
}

#[tokio::test]
async fn a_poll_that_closes_at_midnight_is_closed_at_midnight() {
    let site = TestSite::with(|site| site.poll_closes_after_days = Some(1));
    for _ in 0..10 {
        site.reader().reads("a").await;
    }
    assert_eq!(view(&site).await.poll, Poll::Open);
    site.days_pass(1);
    assert_eq!(view(&site).await.poll, Poll::Closed);
}

#[tokio::test]
async fn cached_tallies_are_valid_until_an_article_changes() {
    const BOTH_TALLIES_PATH: &str = "/v1/sites/news/tallies?article=a&article=b";
    let site = TestSite::new();
    for reads in 0..3 {
        for _ in 0..2 {
            let reply = site.get(BOTH_TALLIES_PATH).await;
            assert_eq!(reply.json::<Tallies>().tallies[1].reads, reads);
        }
        site.reader().reads("b").await;
    }
    assert_eq!(hits(&site).await, 3);
    assert_eq!(
        measured(&site, "gema_cache_lookups_total{result=\"miss\"}").await,
        3
    );
}

#[tokio::test]
async fn a_cached_response_answers_304_and_only_the_same_get() {
    let site = TestSite::new();
    let first = site.get(CACHED_VIEW_PATH).await;
    let ask = |method: &str, path: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("if-none-match", first.header("etag"));
        site.send(request.body(Body::empty()).unwrap())
    };
    let known = ask("GET", CACHED_VIEW_PATH).await;
    assert_eq!(
        (
            known.status.as_u16(),
            known.body.len(),
            known.header("etag")
        ),
        (304, 0, first.header("etag"))
    );
    assert_eq!(known.header("access-control-allow-origin"), "*");
    assert_eq!(hits(&site).await, 1);
    assert_eq!(ask("POST", CACHED_VIEW_PATH).await.status, 405);
    assert_eq!(
        ask("GET", &format!("{CACHED_VIEW_PATH}x")).await.status,
        200
    );
    assert_eq!(ask("GET", "/v1/sites/news/view").await.status, 400);
    assert_eq!(hits(&site).await, 1);
}

#[tokio::test]
async fn a_spray_of_questions_takes_no_more_room_than_there_is() {
    let site = TestSite::new();
    for number in 0..10_000 {
        assert_eq!(
            site.get(&format!(
                "{CACHED_VIEW_PATH}&origin=https://{number}.example"
            ))
            .await
            .status,
            200
        );
    }
    let kept = measured(&site, "gema_cache_bytes").await;
    let room = config::DEFAULT_CACHE_BYTES;
    assert!(kept > room / 2 && kept <= room, "{kept} bytes of {room}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_article_is_compressed_once_for_all_requests() {
    let site = std::sync::Arc::new(TestSite::new());
    let words: String = (0..40_000_u32)
        .map(|number| format!("{:x} ", number.wrapping_mul(2_654_435_761)))
        .collect();
    let copy = Article {
        title: "A".into(),
        byline: None,
        published: None,
        url: None,
        html: format!("<p>{words}</p>"),
    };
    let publication = ArticleUpdate {
        article: Some(copy),
        imported: None,
        poll: None,
    };
    site.store
        .put_article(
            &SiteId::parse("news").unwrap(),
            Day::parse("2015-11-17").unwrap(),
            &article("a"),
            publication,
        )
        .await
        .unwrap();
    let asks = |coding: &'static str| {
        let site = std::sync::Arc::clone(&site);
        let request =
            Request::get("/v1/sites/news/view?article=a&body=1").header("accept-encoding", coding);
        let request = request.body(Body::empty()).unwrap();
        tokio::spawn(async move { site.send(request).await })
    };
    let asked: Vec<_> = (0..12)
        .map(|number| asks(["br", "gzip", "identity"][number % 3]))
        .collect();
    let mut replies = Vec::new();
    for reply in asked {
        replies.push(reply.await.unwrap());
    }
    for (place, reply) in replies.iter().enumerate() {
        assert_eq!(reply.status, 200, "{place}");
        let coding = ["br", "gzip", ""][place % 3];
        assert_eq!(reply.header("content-encoding"), coding, "{place}");
        assert_eq!(reply.body, replies[place % 3].body, "{place}");
    }
    assert!(
        replies[0].body.len() < replies[1].body.len()
            && replies[1].body.len() < replies[2].body.len()
    );
}
