//! The widget reads answers by the order of their fields and writes requests as text; the endpoint does both with serde. Here the
//! same texts are read by both.

use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;
use widget::{
    api::{self, Fields, Outcome},
    browser::fields,
};
use wire::{Answer, Assets, Batch, Imported, Refusal, Tally, View};

const VIEW: &str = include_str!("../fixtures/view.json");
const ANSWER: &str = include_str!("../fixtures/answer.json");
const BATCH: &str = include_str!("../fixtures/batch.json");

/// What is there of a value in the order of a shape.
fn ordered(shape: &str, value: &Value) -> String {
    fields(shape, &js_sys::JSON::parse(&value.to_string()).unwrap())
}

/// A tally without what the widget does not show.
fn shown(tally: Tally) -> Tally {
    Tally { imported: Imported::default(), shares: Default::default(), ..tally }
}

fn view(text: &Value) -> Option<View> {
    api::view(&mut Fields::of(&ordered("view", text)))
}

#[wasm_bindgen_test]
fn a_view_is_read_as_serde_reads_it() {
    let mut text: Value = serde_json::from_str(VIEW).unwrap();
    for article in [
        Value::Null,
        json!({ "title": "Banjir", "html": "" }),
        json!({ "title": "Banjir", "byline": "Humas", "published": "2015-11-17", "html": "" }),
    ] {
        if !article.is_null() {
            text["article"] = article;
        }
        let expected: View = serde_json::from_value(text.clone()).unwrap();
        let expected = View { tally: shown(expected.tally), read_after: 0, assets: Assets::default(), ..expected };
        assert_eq!(view(&text), Some(expected));
    }
}

#[wasm_bindgen_test]
fn every_label_of_a_view_arrives_under_its_own_name() {
    let mut text: Value = serde_json::from_str(VIEW).unwrap();
    for (name, label) in text["labels"].as_object_mut().unwrap() {
        *label = match label {
            Value::String(_) => json!(name),
            _ => ["zero", "one", "two", "few", "many", "other"]
                .map(|category| (category.to_owned(), json!(format!("{name} {category}"))))
                .into_iter()
                .collect(),
        };
    }
    let expected: View = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(view(&text).map(|view| view.labels), Some(expected.labels));
}

#[wasm_bindgen_test]
fn what_is_no_view_is_none() {
    for text in [json!(null), json!({}), json!("<html>"), json!({ "tally": { "rev": 1 } })] {
        assert_eq!(view(&text), None, "{text}");
    }
    let mut wrong: Value = serde_json::from_str(VIEW).unwrap();
    wrong["tally"]["reads"] = json!(-1);
    assert_eq!(view(&wrong), None);
}

#[wasm_bindgen_test]
fn an_answer_is_read_as_serde_reads_it() {
    let response = json!({ "number": 7, "status": 200, "body": serde_json::from_str::<Value>(ANSWER).unwrap() });
    let text = ordered("ended", &response);
    let fields = &mut Fields::of(&text);
    assert_eq!(fields.small(), Some(7));
    let Outcome::Answered(answer) = api::outcome(fields) else { panic!("no answer") };
    let expected: Answer = serde_json::from_str(ANSWER).unwrap();
    let unsaid = |refusal| Refusal { field: String::new(), reason: String::new(), ..refusal };
    let expected = Answer {
        tallies: expected.tallies.into_iter().map(shown).collect(),
        refused: expected.refused.into_iter().map(unsaid).collect(),
    };
    assert_eq!(answer, expected);
}

#[wasm_bindgen_test]
fn a_batch_is_written_as_serde_reads_it() {
    let batch: Batch = serde_json::from_str(BATCH).unwrap();
    let written = api::body(&batch);
    assert_eq!(serde_json::from_str::<Batch>(&written).unwrap(), batch);
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), serde_json::from_str::<Value>(BATCH).unwrap());
}

#[wasm_bindgen_test]
fn a_kept_tally_is_read_back() {
    let answer: Answer = serde_json::from_str(ANSWER).unwrap();
    for tally in answer.tallies {
        let tally = Tally { mine: None, ..shown(tally) };
        let kept = fields("tally", &api::kept_tally(&tally, 1_448_000_000_123).into());
        let kept = &mut Fields::of(&kept);
        assert_eq!(api::tally(kept), Some(tally));
        assert_eq!(kept.integer(), Some(1_448_000_000_123));
    }
}
