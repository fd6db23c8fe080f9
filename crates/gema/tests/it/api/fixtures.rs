//! The widget is tested in a browser against shared fixtures. These tests check that real requests and responses have
//! the same shape.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;
use wire::ShareStyle;

use crate::site::TestSite;

const VIEW_FIXTURE: &str = include_str!("../../../../../tests/fixtures/view.json");
const BATCH_FIXTURE: &str = include_str!("../../../../../tests/fixtures/batch.json");
const ANSWER_FIXTURE: &str = include_str!("../../../../../tests/fixtures/answer.json");
const TALLIES_FIXTURE: &str = include_str!("../../../../../tests/fixtures/tallies.json");

/// The names of an object's fields.
fn names(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn the_view_has_every_field_that_we_send() {
    // Defaults are left out.
    let site = TestSite::with(|site| {
        site.live = true;
        (site.share_style, site.show_from) = (ShareStyle::Both, 2);
    });
    let ours: Value = site
        .get("/v1/sites/news/view?article=a&lang=id")
        .await
        .json();
    let view = fixture(VIEW_FIXTURE);
    assert_eq!(names(&view), names(&ours));
    assert_eq!(names(&view["labels"]), names(&ours["labels"]));
    assert_eq!(names(&view["reactions"][0]), names(&ours["reactions"][0]));
    for button in view["networks"].as_array().unwrap() {
        let known = ours["networks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["key"] == button["key"])
            .unwrap();
        assert_eq!(button["kind"], known["kind"]);
        assert_eq!(button["href"], known["href"]);
    }
}

#[tokio::test]
async fn the_fixture_batch_gets_a_complete_answer() {
    let site = TestSite::new();
    let reply = site.post(BATCH_FIXTURE).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let ours: Value = reply.json();
    let answer: Value = fixture(ANSWER_FIXTURE);
    assert_eq!(ours["refused"], Value::Array(vec![]));
    assert_eq!(names(&answer), names(&ours));
    for (tally, ours) in answer["tallies"]
        .as_array()
        .unwrap()
        .iter()
        .zip(ours["tallies"].as_array().unwrap())
    {
        assert_eq!(
            (&tally["article"], &tally["mine"]),
            (&ours["article"], &ours["mine"])
        );
        assert!(names(tally).is_superset(&names(ours)), "{ours}");
    }

    let refused = site
        .post(BATCH_FIXTURE.replace("\"happy\"", "\"bored\""))
        .await;
    let ours: Value = refused.json();
    assert_eq!(names(&answer["refused"][0]), names(&ours["refused"][0]));
}

#[tokio::test]
async fn tallies_are_answered_in_the_order_of_the_question() {
    let tallies = fixture(TALLIES_FIXTURE);
    let keys = tallies["tallies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tally| tally["article"].as_str().unwrap());
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(keys.map(|key| ("article", key)))
        .append_pair("lang", "id")
        .finish();
    let ours: Value = TestSite::new()
        .get(&format!("/v1/sites/news/tallies?{query}"))
        .await
        .json();
    assert_eq!(names(&ours["texts"][0]), names(&tallies["texts"][0]));
    for (tally, ours) in tallies["tallies"]
        .as_array()
        .unwrap()
        .iter()
        .zip(ours["tallies"].as_array().unwrap())
    {
        assert_eq!(tally["article"], ours["article"]);
        assert!(names(tally).is_superset(&names(ours)), "{ours}");
    }
}
