use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use config::PollRule;
use serde_json::Value;
use wire::{OwnVote, View};

use super::fragment::view;
use crate::site::{FIREFOX, PAGE, Reply, TestSite, chose, reaction, token};

/// Sends a form as a page of the site does, without a preflight.
async fn send(site: &TestSite, fields: &[(&str, &str)]) -> Reply {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Request::post("/v1/sites/news/reaction")
        .header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("origin", PAGE).header("user-agent", FIREFOX);
    site.send(request.body(Body::from(body)).unwrap()).await
}

/// A choice of the first reader.
async fn choose(site: &TestSite, option: &str, seq: &str) -> Reply {
    let visitor = token(1);
    send(
        site,
        &[
            ("article", "a"),
            ("reaction", option),
            ("visitor", visitor.as_str()),
            ("seq", seq),
        ],
    )
    .await
}

/// The buttons' values, the pressed one's in brackets.
fn buttons(reply: &Reply) -> String {
    let html = std::str::from_utf8(&reply.body).unwrap();
    let button = |rest: &str| {
        let of = |name: &str| {
            Some(
                rest.split_once(&format!("{name}=\""))?
                    .1
                    .split_once('"')?
                    .0
                    .to_owned(),
            )
        };
        let value = of(" value").unwrap_or_default();
        if of("aria-pressed").as_deref() == Some("true") {
            format!("[{value}]")
        } else {
            value
        }
    };
    html.split("name=\"reaction\"")
        .skip(1)
        .map(button)
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn a_form_vote_is_counted_changed_and_withdrawn() {
    let site = TestSite::new();
    let reply = choose(&site, "happy", "7").await;
    assert_eq!(
        (reply.status, reply.header("cache-control")),
        (StatusCode::OK, "no-store"),
        "{reply:?}"
    );
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(buttons(&reply), "[happy] inspired surprised sad angry");
    let shown: View = view(&reply);
    assert_eq!(
        shown.tally.mine,
        Some(OwnVote {
            reaction: Some(reaction("happy")),
            seq: wire::Seq::parse(7).unwrap()
        })
    );
    assert_eq!(chose(&shown.tally, "happy"), 1);

    assert_eq!(
        buttons(&choose(&site, "sad", "8").await),
        "happy inspired surprised [sad] angry"
    );
    let back = choose(&site, "", "9").await;
    assert_eq!(buttons(&back), "happy inspired surprised sad angry");
    assert_eq!(view(&back).tally.reactions.total(), 0);
    // The form arrives again, and late: it changes nothing, and the response shows the stored choice.
    assert_eq!(
        buttons(&choose(&site, "sad", "8").await),
        "happy inspired surprised sad angry"
    );
    assert_eq!(site.tally("a").await.reactions.total(), 0);
}

#[tokio::test]
async fn a_form_and_an_event_of_one_reader_are_one_vote() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    let fields = [
        ("article", "a"),
        ("reaction", "sad"),
        ("visitor", reader.token.as_str()),
        ("seq", "9007199254740991"),
    ];
    assert_eq!(view(&send(&site, &fields).await).tally.reactions.total(), 1);
    let tally = site.tally("a").await;
    assert_eq!((chose(&tally, "happy"), chose(&tally, "sad")), (0, 1));
}

#[tokio::test]
async fn the_answer_to_a_form_has_the_pages_settings() {
    let site = TestSite::new();
    let visitor = token(1);
    let fields = [
        ("article", "a"),
        ("reaction", "happy"),
        ("visitor", visitor.as_str()),
        ("seq", "7"),
        ("lang", "en"),
    ];
    let looks = [
        ("url", "https://news.example/a"),
        ("title", "Flood"),
        ("reads", "off"),
    ];
    let reply = send(&site, &[&fields[..], &looks[..]].concat()).await;
    let html = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(
        html.contains("Happy") && html.contains("text=Flood") && !html.contains("part=\"reads\""),
        "{html}"
    );
    assert!(
        html.contains("action=\"../../../v1/sites/news/widget.html?article=a&amp;lang=en"),
        "{html}"
    );
}

#[tokio::test]
async fn a_form_that_cannot_count_names_its_field_and_changes_nothing() {
    let site = TestSite::new();
    let visitor = token(1);
    let whole = [
        ("article", "a"),
        ("reaction", "happy"),
        ("visitor", visitor.as_str()),
        ("seq", "7"),
    ];
    for (name, value, status) in [
        ("article", Some(""), 400),
        ("article", None, 400),
        ("reaction", Some("Happy!"), 400),
        ("reaction", Some("bored"), 403),
        ("reaction", None, 400),
        ("visitor", Some("short"), 400),
        ("visitor", None, 400),
        ("seq", Some("-1"), 400),
        ("seq", Some("9007199254740992"), 400),
        ("seq", None, 400),
    ] {
        let fields: Vec<_> = whole
            .iter()
            .filter(|(field, _)| *field != name)
            .copied()
            .collect();
        let reply = send(
            &site,
            &[
                &fields[..],
                &value
                    .map(|value| (name, value))
                    .into_iter()
                    .collect::<Vec<_>>(),
            ]
            .concat(),
        )
        .await;
        let problem: Value = reply.json();
        assert_eq!(
            (reply.status.as_u16(), problem["field"].as_str()),
            (status, Some(name)),
            "{name}={value:?} {problem}"
        );
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    assert_eq!(site.tally("a").await.rev, 0);
}

#[tokio::test]
async fn the_rules_of_events_hold_for_forms() {
    let closed = TestSite::with(|site| site.poll = PollRule::Closed);
    assert_eq!(
        choose(&closed, "happy", "7").await.status,
        StatusCode::FORBIDDEN
    );
    assert!(
        closed
            .metrics()
            .await
            .contains("gema_refused_total{reason=\"closed\"} 1")
    );

    let site = TestSite::new();
    let elsewhere =
        Request::post("/v1/sites/news/reaction").header("origin", "https://evil.example");
    let elsewhere = elsewhere
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        site.send(elsewhere).await.json::<Value>()["field"],
        "Origin"
    );
    let json = Request::post("/v1/sites/news/reaction")
        .header("origin", PAGE)
        .header("content-type", "application/json");
    assert_eq!(
        site.send(json.body(Body::from("{}")).unwrap()).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    choose(&site, "happy", "7").await;
    let metrics = site.metrics().await;
    assert!(
        metrics.contains("gema_events_total{kind=\"react\",result=\"counted\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("gema_requests_total{route=\"reaction\",status=\"200\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_form_over_a_limit_gets_retry_after_and_no_effect() {
    let site = TestSite::new();
    let mut last = None;
    for seq in 1..200 {
        let reply = choose(
            &site,
            if seq % 2 == 0 { "happy" } else { "sad" },
            &seq.to_string(),
        )
        .await;
        if reply.status != StatusCode::OK {
            last = Some((seq, reply));
            break;
        }
    }
    let (seq, reply) = last.expect("a limit on how often one reader changes her mind");
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "{reply:?}");
    assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(site.tally("a").await.rev, seq - 1);
}
