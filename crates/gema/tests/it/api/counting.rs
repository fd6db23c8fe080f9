use std::{net::SocketAddr, sync::Arc};

use axum::{body::Body, extract::ConnectInfo, http::Request};
use config::{Bots, PollRule, ReadDedup};
use serde_json::json;
use wire::{Answer, Seq};

use crate::site::{
    Reader, TestSite, article, chose, event_key, react, reaction, read, share, token,
};

#[tokio::test]
async fn a_reader_chooses_changes_and_takes_back() {
    let site = TestSite::new();
    let reader = site.reader();

    let tally = reader.reacts("a", "happy").await;
    assert_eq!((chose(&tally, "happy"), tally.rev), (1, 1));
    assert_eq!(tally.mine.unwrap().reaction, Some(reaction("happy")));

    let tally = reader.reacts("a", "sad").await;
    assert_eq!(
        (chose(&tally, "happy"), chose(&tally, "sad"), tally.rev),
        (0, 1, 2)
    );

    let tally = reader.takes_back("a").await;
    assert_eq!((tally.reactions.total(), tally.rev), (0, 3));
    assert_eq!(tally.mine.unwrap().reaction, None);
}

#[tokio::test]
async fn a_batch_that_arrives_twice_or_backwards_changes_nothing() {
    let site = TestSite::new();
    let reader = site.reader();
    let [first, second] = [react("a", Some("happy"), 5), react("a", Some("sad"), 6)];
    let others = [
        read("a", &event_key(1)),
        share("a", "whatsapp", &event_key(2)),
    ];
    let once = reader
        .sends([
            first.clone(),
            second.clone(),
            others[0].clone(),
            others[1].clone(),
        ])
        .await;

    let twice = reader
        .sends([
            first.clone(),
            second.clone(),
            others[0].clone(),
            others[1].clone(),
        ])
        .await;
    assert_eq!(twice, once);
    let backwards = reader
        .sends([others[1].clone(), others[0].clone(), second, first])
        .await;
    assert_eq!(backwards, once);
    let tally = &once.tallies[0];
    assert_eq!(
        (
            tally.reads,
            tally.shares.total(),
            tally.reactions.total(),
            chose(tally, "sad")
        ),
        (1, 1, 1, 1)
    );
}

#[tokio::test]
async fn a_repeated_old_vote_does_not_undo_its_withdrawal() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.sends([react("a", Some("happy"), 1)]).await;
    reader.sends([react("a", None, 2)]).await;
    let late = reader.sends([react("a", Some("happy"), 1)]).await;
    assert_eq!(late.tallies[0].reactions.total(), 0);
    assert_eq!(
        late.tallies[0].mine.as_ref().unwrap().seq,
        Seq::parse(2).unwrap()
    );
}

#[tokio::test]
async fn a_vote_withdrawn_before_it_arrives_never_counts() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.sends([react("a", None, 2)]).await;
    let late = reader.sends([react("a", Some("happy"), 1)]).await;
    assert_eq!(late.tallies[0].reactions.total(), 0);
}

#[tokio::test]
async fn the_later_of_two_votes_wins_after_a_clock_set_back() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    site.days_pass(-365);
    let tally = reader.reacts("a", "sad").await;
    assert_eq!((chose(&tally, "happy"), chose(&tally, "sad")), (0, 1));
}

#[tokio::test]
async fn readers_are_counted_by_themselves_in_each_article() {
    let site = TestSite::new();
    let one = site.reader();
    let two = site.reader();
    one.reacts("a", "happy").await;
    two.reacts("a", "happy").await;
    one.reacts("b", "angry").await;
    assert_eq!(chose(&site.tally("a").await, "happy"), 2);
    assert_eq!(chose(&site.tally("b").await, "angry"), 1);
}

#[tokio::test]
async fn one_bad_event_costs_the_good_ones_nothing() {
    let site = TestSite::new();
    let answer = site
        .reader()
        .sends([
            read("a", &event_key(1)),
            json!({ "type": "read", "article": "a", "key": "short" }),
            react("b", Some("bored"), 1),
            react("b", Some("happy"), 1),
            json!("noise"),
        ])
        .await;
    let refused: Vec<_> = answer
        .refused
        .iter()
        .map(|refusal| (refusal.index, refusal.field.as_str()))
        .collect();
    assert_eq!(refused, [(1, "key"), (2, "reaction"), (4, "events")]);
    assert!(
        answer
            .refused
            .iter()
            .all(|refusal| refusal.retry_after.is_none() && !refusal.reason.is_empty())
    );
    let keys: Vec<_> = answer
        .tallies
        .iter()
        .map(|tally| tally.article.clone())
        .collect();
    assert_eq!(keys, [article("a"), article("b")]);
}

#[tokio::test]
async fn without_a_visitor_reads_count_and_reactions_do_not() {
    let site = TestSite::new();
    let reply = site
        .post(json!({ "events": [read("a", &event_key(1)), react("a", Some("happy"), 1)] }))
        .await;
    let answer: Answer = reply.json();
    assert_eq!(
        (answer.tallies[0].reads, answer.tallies[0].mine.clone()),
        (1, None)
    );
    assert_eq!(
        (answer.refused[0].index, answer.refused[0].field.as_str()),
        (1, "visitor")
    );
}

#[tokio::test]
async fn a_read_is_remembered_for_its_window_and_the_next() {
    let site = TestSite::new();
    let reader = site.reader();
    let again = || reader.sends([read("a", &event_key(1))]);
    assert_eq!(again().await.tallies[0].reads, 1);
    site.days_pass(1);
    assert_eq!(
        again().await.tallies[0].reads,
        1,
        "sent late, from an outbox"
    );
    site.days_pass(1);
    assert_eq!(
        again().await.tallies[0].reads,
        2,
        "after two days, it counts again"
    );
}

#[tokio::test]
async fn an_event_key_is_deduplicated_per_article_and_network() {
    let site = TestSite::new();
    let key = event_key(1);
    let answer = site
        .reader()
        .sends([
            read("a", &key),
            read("b", &key),
            share("a", "whatsapp", &key),
            share("a", "copy", &key),
        ])
        .await;
    assert_eq!(
        (
            answer.tallies[0].reads,
            answer.tallies[1].reads,
            answer.tallies[0].shares.total()
        ),
        (1, 1, 2)
    );
}

#[tokio::test]
async fn reads_by_hash_count_once_whatever_the_keys() {
    let site = TestSite::with(|site| site.reads.identity = ReadDedup::Hash);
    let reader = site.reader();
    reader.reads("a").await;
    assert_eq!(reader.reads("a").await.reads, 1);
    let colleague = Reader {
        agent: "Mozilla/5.0 Safari/605.1.15",
        ..site.reader()
    };
    assert_eq!(colleague.reads("a").await.reads, 2);
    let elsewhere = Reader {
        address: [192, 0, 2, 2].into(),
        ..site.reader()
    };
    assert_eq!(elsewhere.reads("a").await.reads, 3);
    site.days_pass(1);
    assert_eq!(
        reader.reads("a").await.reads,
        3,
        "still within the live windows"
    );
}

#[tokio::test]
async fn a_bots_read_is_refused_for_ever() {
    let site = TestSite::new();
    let bot = Reader {
        agent: "Googlebot/2.1",
        ..site.reader()
    };
    let answer = bot.sends([read("a", &event_key(1))]).await;
    assert!(answer.tallies.is_empty() && answer.refused[0].retry_after.is_none());
    assert_eq!(site.tally("a").await.rev, 0);
}

#[tokio::test]
async fn a_driven_browsers_reads_do_not_count_unless_they_are_to() {
    let batch = || json!({ "signals": ["webdriver"], "events": [read("a", &event_key(1)), share("a", "copy", &event_key(2))] });
    let site = TestSite::new();
    let answer: Answer = site.post(batch()).await.json();
    assert_eq!(
        (answer.refused[0].index, answer.refused[0].retry_after),
        (0, None)
    );
    assert_eq!(
        (answer.tallies[0].reads, answer.tallies[0].shares.total()),
        (0, 1)
    );
    let testing = TestSite::configured(|config| config.bots = Bots::Count, |_| {});
    assert_eq!(
        testing.post(batch()).await.json::<Answer>().tallies[0].reads,
        1
    );
}

#[tokio::test]
async fn a_poll_closes_for_changes_too() {
    let site = TestSite::with(|site| site.poll_closes_after_days = Some(3));
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    for _ in 0..9 {
        site.reader().reads("a").await;
    }
    site.days_pass(3);
    let answer = reader
        .sends([
            react("a", None, u64::from(u32::MAX) << 20),
            react("new", Some("sad"), 1),
        ])
        .await;
    assert_eq!((answer.refused.len(), answer.refused[0].index), (1, 0));
    assert_eq!(answer.tallies[0].article, article("new"));
    assert_eq!(chose(&site.tally("a").await, "happy"), 1);

    let site = TestSite::with(|site| site.poll = PollRule::Closed);
    assert_eq!(
        site.reader()
            .sends([react("a", Some("happy"), 1)])
            .await
            .refused
            .len(),
        1
    );
}

#[tokio::test]
async fn a_read_before_publication_does_not_close_the_poll() {
    let site = TestSite::with(|site| site.poll_closes_after_days = Some(3));
    site.reader().reads("a").await;
    site.days_pass(30);
    let is_taken = async || {
        site.reader()
            .sends([react("a", Some("happy"), 1)])
            .await
            .refused
            .is_empty()
    };
    for _ in 0..9 {
        assert!(
            is_taken().await,
            "the first readers of the day of publication"
        );
    }
    site.days_pass(2);
    assert!(is_taken().await, "the third day");
    site.days_pass(1);
    assert!(
        !is_taken().await,
        "by the day on which it had several readers"
    );
}

#[tokio::test]
async fn a_poll_is_as_old_as_what_the_newsroom_put() {
    let site = TestSite::with(|site| site.poll_closes_after_days = Some(3));
    for _ in 0..20 {
        site.reader().reads("a").await;
    }
    site.days_pass(30);
    let is_taken = async || {
        site.reader()
            .sends([react("a", Some("happy"), 1)])
            .await
            .refused
            .is_empty()
    };
    assert!(!is_taken().await);
    let starting = wire::Imported {
        reads: 841,
        ..wire::Imported::default()
    };
    let publication = || store::ArticleUpdate {
        article: None,
        imported: Some(starting.clone()),
        poll: None,
    };
    let id = wire::SiteId::parse("news").unwrap();
    let today = visitor::Day::parse("2015-12-17").unwrap();
    site.store
        .put_article(&id, today, &article("a"), publication())
        .await
        .unwrap();
    assert!(is_taken().await, "put today");
    site.days_pass(3);
    let later = visitor::Day::parse("2015-12-20").unwrap();
    site.store
        .put_article(&id, later, &article("a"), publication())
        .await
        .unwrap();
    assert!(!is_taken().await, "and to put it again changes nothing");
}

#[tokio::test]
async fn a_key_is_one_article_however_it_is_composed() {
    let site = TestSite::new();
    let reader = site.reader();
    reader
        .sends([
            read("cafe\u{301}", &event_key(1)),
            read("caf\u{e9}", &event_key(2)),
        ])
        .await;
    assert_eq!(site.tally("cafe%CC%81").await.reads, 2);
    assert_eq!(site.tally("caf%C3%A9").await.reads, 2);
}

#[tokio::test]
async fn a_reader_is_forgotten() {
    let site = TestSite::new();
    let leaves = site.reader();
    let stays = site.reader();
    for reader in [&leaves, &stays] {
        reader.reacts("a", "happy").await;
        reader.reacts("b", "sad").await;
    }
    let body = json!({ "visitor": leaves.token, "articles": ["a", "b", "never"] }).to_string();
    let request = || {
        let request =
            Request::delete("/v1/sites/news/visitor").header("content-type", "application/json");
        request.body(Body::from(body.clone())).unwrap()
    };
    for expected in [&[1, 1][..], &[]] {
        let answer: Answer = site.send(request()).await.json();
        let totals: Vec<_> = answer
            .tallies
            .iter()
            .map(|tally| tally.reactions.total())
            .collect();
        assert_eq!(
            totals, expected,
            "articles without a vote of the reader are left out"
        );
        assert!(answer.tallies.iter().all(|tally| tally.mine.is_none()));
    }
    let heard = leaves.sends([read("a", &event_key(1))]).await;
    assert_eq!(heard.tallies[0].mine, None);
    assert_eq!(site.tally("never").await.rev, 0);
}

#[tokio::test]
async fn a_reader_learns_what_is_kept_and_nobody_else_does() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    reader.reacts("b", "sad").await;
    reader.takes_back("b").await;
    let asked = async |token_, origin: &str| {
        let body = json!({ "visitor": token_, "articles": ["a", "b", "never"] }).to_string();
        let request = Request::post("/v1/sites/news/visitor").header("content-type", "text/plain");
        let request = request.header("origin", origin).body(Body::from(body));
        site.send(request.unwrap()).await
    };
    let kept =
        json!([{ "article": "a", "reaction": "happy" }, { "article": "b", "reaction": null }]);
    let reply = asked(json!(reader.token), crate::site::PAGE).await;
    assert_eq!(reply.json::<serde_json::Value>()["choices"], kept);
    assert_eq!(reply.header("cache-control"), "no-store");
    let of_another = asked(json!(token(7)), crate::site::PAGE).await;
    assert_eq!(of_another.json::<serde_json::Value>()["choices"], json!([]));
    let elsewhere = asked(json!(reader.token), "https://other.example").await;
    assert_eq!(elsewhere.status, 403);
    // Asking changes nothing.
    assert_eq!(site.tally("a").await.rev, 1);
    assert_eq!(site.tally("never").await.rev, 0);
}

#[tokio::test]
async fn forgetting_is_charged_by_the_articles_that_are_named() {
    let site = TestSite::new();
    let forget = async |count: u64| {
        let articles: Vec<_> = (0..count).map(|number| format!("never/{number}")).collect();
        let body = json!({ "visitor": token(1), "articles": articles }).to_string();
        let request =
            Request::delete("/v1/sites/news/visitor").header("content-type", "text/plain");
        site.send(
            request
                .header("origin", crate::site::PAGE)
                .body(Body::from(body))
                .unwrap(),
        )
        .await
    };
    // `requests.per_address`: 6,000 at once.
    for _ in 0..59 {
        let reply = forget(100).await;
        assert_eq!(
            (reply.status.as_u16(), reply.body.len()),
            (200, r#"{"tallies":[],"refused":[]}"#.len()),
            "{reply:?}"
        );
    }
    assert_eq!(forget(90).await.status, 200);
    let refused = forget(20).await;
    assert_eq!(
        (
            refused.status.as_u16(),
            refused.header("retry-after").is_empty()
        ),
        (429, false),
        "{refused:?}"
    );
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    reader.reads("a").await;
    reader
        .sends([
            share("a", "copy", &event_key(7)),
            react("a", Some("sad"), Seq::MAX.get()),
        ])
        .await;
    let before = site.tally("a").await;
    let token = reader.token.clone();

    let site = site.restarted();
    assert_eq!(site.tally("a").await, before);
    let reader = Reader {
        token,
        ..site.reader()
    };
    let again = reader
        .sends([
            share("a", "copy", &event_key(7)),
            react("a", Some("happy"), 1),
        ])
        .await;
    let mine = again.tallies[0].mine.clone().unwrap();
    assert_eq!((mine.reaction, mine.seq), (Some(reaction("sad")), Seq::MAX));
    assert_eq!(again.tallies[0].rev, before.rev);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_readers_at_once_are_a_thousand() {
    let site = Arc::new(TestSite::new());
    for _ in 0..2 {
        let sending: Vec<_> = (0..1000)
            .map(|number| {
                let site = Arc::clone(&site);
                let events = [react("a", Some("happy"), 5), read("a", &event_key(number))];
                let mut request =
                    TestSite::events(json!({ "visitor": token(number), "events": events }));
                request
                    .extensions_mut()
                    .insert(ConnectInfo(SocketAddr::from((
                        [192, 0, 2, (number % 4) as u8],
                        50_000,
                    ))));
                tokio::spawn(async move { site.send(request).await })
            })
            .collect();
        for reply in sending {
            let reply = reply.await.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
        }
        let tally = site.tally("a").await;
        assert_eq!(
            (chose(&tally, "happy"), tally.reads, tally.rev),
            (1000, 1000, 2000)
        );
    }
}
