//! Articles that a site ignores: previews of drafts, a CMS's own pages.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use config::{KeyPattern, Lists};
use serde_json::{Value, json};
use wire::{Poll, View};

use super::fragment::view;
use crate::site::{PAGE, TestSite, event_key, react, read, share, token};

/// A site with the patterns of a newsroom that uses Ghost and WordPress.
fn site() -> TestSite {
    let patterns = ["/p/*", "/admin/*", "*preview=true*", "sandbox"];
    TestSite::with(|site| {
        site.ignore = patterns
            .map(|text| KeyPattern::try_from(text.to_owned()).unwrap())
            .into()
    })
}

const DRAFT: &str = "/p/0b5c6a4e-3f0e-4e43";

#[tokio::test]
async fn nothing_of_it_counts_and_that_is_final() {
    let site = site();
    for key in [
        DRAFT,
        "/admin/pages/7/edit/",
        "/?p=7&preview=true",
        "sandbox",
    ] {
        let events = json!({ "visitor": token(1), "events": [
            read(key, &event_key(1)), react(key, Some("happy"), 1), share(key, "copy", &event_key(2)), read("a", &event_key(3)),
        ]});
        let answer: Value = site.post(events).await.json();
        assert_eq!(
            answer["tallies"].as_array().unwrap().len(),
            1,
            "the rest of the batch counts"
        );
        let refused = answer["refused"].as_array().unwrap();
        assert_eq!(refused.len(), 3, "{answer}");
        for refusal in refused {
            assert_eq!(
                (&refusal["field"], &refusal["retry_after"]),
                (&json!("article"), &Value::Null)
            );
            assert!(
                refusal["reason"]
                    .as_str()
                    .unwrap()
                    .contains("`ignore` in gema.toml"),
                "{refusal}"
            );
        }
    }
    assert_eq!(
        (site.tally(DRAFT).await.rev, site.tally("a").await.reads),
        (0, 1)
    );
    assert!(
        site.metrics()
            .await
            .contains("gema_refused_total{reason=\"ignored\"} 12")
    );

    let form = format!("article={DRAFT}&reaction=happy&seq=1&visitor={}", token(1));
    let request = Request::post("/v1/sites/news/reaction").header("origin", PAGE);
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let reply = site.send(request).await;
    assert_eq!(
        (reply.status, &reply.json::<Value>()["field"]),
        (StatusCode::FORBIDDEN, &json!("article"))
    );
}

#[tokio::test]
async fn an_ignored_page_has_a_closed_poll_without_buttons() {
    let site = site();
    let reply = site
        .get(&format!("/v1/sites/news/widget.html?article={DRAFT}"))
        .await;
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(
        (view(&reply).counts, view(&reply).poll),
        (false, Poll::Closed)
    );
    assert!(
        !html.contains("<button part=\"option\"") && !html.contains("ditutup"),
        "{html}"
    );
    let asked: Value = site
        .get(&format!("/v1/sites/news/view?article={DRAFT}"))
        .await
        .json();
    assert_eq!(
        (&asked["counts"], &asked["poll"]),
        (&json!(false), &json!("closed"))
    );

    let other = site.get("/v1/sites/news/view?article=a").await;
    assert_eq!(
        other.json::<Value>().get("counts"),
        None,
        "`counts` is only present if false"
    );
    assert!(other.json::<View>().counts);
}

#[tokio::test]
async fn ignored_articles_are_in_no_list() {
    let before = TestSite::with(|site| site.lists = Lists::All);
    for key in [DRAFT, "a"] {
        before.reader().reads(key).await;
        before.reader().reacts(key, "happy").await;
    }
    let listed = async |site: &TestSite, by: &str| -> Vec<String> {
        let list: Value = site
            .get(&format!("/v1/sites/news/top.json?by={by}"))
            .await
            .json();
        list["articles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["article"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(listed(&before, "reads").await.len(), 2);
    let site =
        before.changed(|site| site.ignore = vec![KeyPattern::try_from("/p/*".to_owned()).unwrap()]);
    for by in ["reads", "reactions"] {
        assert_eq!(listed(&site, by).await, ["a"]);
    }
    assert_eq!(site.tally(DRAFT).await.reads, 1, "the counts stay");
}
