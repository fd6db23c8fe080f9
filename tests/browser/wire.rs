//! The widget reads and writes fields in a fixed order, and `api.js` converts them to JSON; the endpoint uses serde.
//! These tests pass the same texts through both.

use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;
use widget::{
    api::{self, Fields, Outcome},
    browser::{self, Page, fields},
    keep,
    outbox::{Entry, What},
};
use wire::{Answer, ArticleKey, Assets, Batch, Event, Imported, RejectedEvent, Tally, View};

use crate::page::{keeps, logged, new_page};

/// Far in the future, in ms since 1970.
const UNTIL: u64 = 4_102_444_800_000;

const VIEW: &str = include_str!("../fixtures/view.json");
const ANSWER: &str = include_str!("../fixtures/answer.json");
const BATCH: &str = include_str!("../fixtures/batch.json");

/// The fields of a value, in the order that a shape gives.
fn ordered(shape: &str, value: &Value) -> String {
    fields(shape, &js_sys::JSON::parse(&value.to_string()).unwrap())
}

/// A tally without the fields that the widget does not use.
fn shown(tally: Tally) -> Tally {
    Tally {
        imported: Imported::default(),
        shares: Default::default(),
        ..tally
    }
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
        let (tally, assets) = (shown(expected.tally), Assets::default());
        let expected = View {
            tally,
            read_after: 0,
            live: false,
            assets,
            ..expected
        };
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
    for text in [
        json!(null),
        json!({}),
        json!("<html>"),
        json!({ "tally": { "rev": 1 } }),
    ] {
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
    let Outcome::Answered(answer) = api::outcome(fields) else {
        panic!("no answer")
    };
    let expected: Answer = serde_json::from_str(ANSWER).unwrap();
    let unsaid = |refusal| RejectedEvent {
        field: String::new(),
        reason: String::new(),
        ..refusal
    };
    let expected = Answer {
        tallies: expected.tallies.into_iter().map(shown).collect(),
        refused: expected.refused.into_iter().map(unsaid).collect(),
    };
    assert_eq!(answer, expected);
}

#[wasm_bindgen_test]
fn entries_are_posted_as_serde_reads_them() {
    let batch: Batch = serde_json::from_str(BATCH).unwrap();
    let page = new_page();
    page.set("visitor", batch.visitor.as_ref().unwrap().as_str());
    let entries: Vec<_> = batch.events.iter().map(entry).collect();
    browser::post(&page, 1, &api::request(&entries));
    let log: Value = serde_json::from_str(&logged(&page)).unwrap();
    assert_eq!(log[0][2], serde_json::from_str::<Value>(BATCH).unwrap());
    assert_eq!(
        serde_json::from_value::<Batch>(log[0][2].clone()).unwrap(),
        batch
    );
}

/// The outbox entry of an event.
fn entry(event: &Event) -> Entry {
    let what = match event.clone() {
        Event::Read { key, .. } => What::Read { key, until: UNTIL },
        Event::Share { network, key, .. } => What::Share {
            network,
            key,
            until: UNTIL,
        },
        Event::React { reaction, seq, .. } => What::Choice {
            reaction,
            seq,
            before: None,
        },
    };
    Entry {
        article: event.article().clone(),
        what,
        sent: false,
    }
}

#[wasm_bindgen_test]
fn what_is_kept_is_read_back() {
    let article = ArticleKey::parse("berita/a:b?id=1").unwrap();
    let answer: Answer = serde_json::from_str(ANSWER).unwrap();
    let tally = Tally {
        mine: None,
        article: article.clone(),
        ..shown(answer.tallies[0].clone())
    };
    let batch: Batch = serde_json::from_str(BATCH).unwrap();
    let entries = || {
        batch.events.iter().map(|event| Entry {
            article: article.clone(),
            ..entry(event)
        })
    };
    let page = new_page();
    entries().for_each(|entry| browser::keep(&page, &api::entry_text(&entry)));
    browser::keep(&page, &api::tally_text(&tally, 1_448_000_000_123));
    let page = page.into();
    let state = keep::load(&page, &article);
    assert_eq!((state.tally, state.tally_at), (tally, 1_448_000_000_123));
    assert!(
        entries().all(|entry| state.outbox.has(&entry)),
        "{:?}",
        state.outbox.entries()
    );
}

#[wasm_bindgen_test]
fn what_has_ended_or_is_damaged_is_not_read_and_the_rest_is() {
    let page = new_page();
    let kept =
        |key: &str, until: u64| json!({ "key": key, "until": until, "sent": false }).to_string();
    page.set("read:ended", &kept("AAECAwQFBgcICQoL", 1));
    page.set("read:short", &kept("x", UNTIL));
    page.set("share:a", &kept("AAECAwQFBgcICQoL", UNTIL));
    for (name, text) in [
        ("visitor", "x"),
        ("tally:a", "{}"),
        ("mine:a", "{"),
        ("mine:b", "null"),
        ("x", "7"),
    ] {
        page.set(name, text);
    }
    page.set("read:a:b", &kept("AAECAwQFBgcICQoL", UNTIL));
    let names = |page: &Page| serde_json::from_str::<Value>(&keeps(page)).unwrap();
    let page = page.into();
    let state = keep::load(&page, &ArticleKey::parse("a").unwrap());
    let articles: Vec<_> = state
        .outbox
        .entries()
        .iter()
        .map(|entry| entry.article.as_str())
        .collect();
    assert_eq!(articles, ["a:b"]);
    assert!(names(&page).get("read:ended").is_none() && names(&page).get("read:short").is_some());
}
