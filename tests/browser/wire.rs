//! The widget reads parsed JSON field by field, and writes objects; the endpoint does both with serde. These tests pass
//! the same texts through both.

use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use widget::{
    json,
    outbox::{Entry, What},
    storage::{self, Saved},
    sync,
};
use wire::{Answer, ArticleKey, Assets, Batch, Event, Imported, RejectedEvent, Tally, View};

use crate::page::{keeps, new_page, value};

/// Far in the future, in ms since 1970.
const UNTIL: u64 = 4_102_444_800_000;

const VIEW: &str = include_str!("../fixtures/view.json");
const ANSWER: &str = include_str!("../fixtures/answer.json");
const BATCH: &str = include_str!("../fixtures/batch.json");

/// A tally without the fields that the widget does not use.
fn shown(tally: Tally) -> Tally {
    Tally {
        imported: Imported::default(),
        shares: Default::default(),
        ..tally
    }
}

fn view(text: &Value) -> Option<View> {
    json::view(&value(text))
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
fn an_invalid_view_is_none() {
    for text in [
        json!(null),
        json!({}),
        json!("<html>"),
        json!({ "tally": { "rev": 1 } }),
    ] {
        assert_eq!(view(&text), None, "{text}");
    }
    for wrong in [
        json!(-1),
        json!(1.5),
        json!("841"),
        json!(9_007_199_254_740_992_u64),
        json!(null),
    ] {
        let mut text: Value = serde_json::from_str(VIEW).unwrap();
        text["tally"]["reads"] = wrong;
        assert_eq!(view(&text), None, "{text}");
    }
}

#[wasm_bindgen_test]
fn unknown_buttons_and_options_are_left_out() {
    let mut text: Value = serde_json::from_str(VIEW).unwrap();
    let whole = view(&text).unwrap();
    text["networks"][0]["kind"] = json!("hologram");
    text["reactions"][0]["key"] = json!("NO KEY");
    text["labels"].as_object_mut().unwrap().remove("more");
    let part = view(&text).unwrap();
    assert_eq!(part.networks, whole.networks[1..]);
    assert_eq!(part.reactions, whole.reactions[1..]);
    assert_eq!(
        (part.labels.more.as_str(), part.labels.close.as_str()),
        ("", "Tutup")
    );
}

#[wasm_bindgen_test]
fn an_answer_is_read_as_serde_reads_it() {
    let answer = json::answer(&value(&serde_json::from_str(ANSWER).unwrap()));
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
    let entries: Vec<_> = batch.events.iter().map(entry).collect();
    let events = text(&sync::events(&entries));
    assert_eq!(
        events,
        serde_json::from_str::<Value>(BATCH).unwrap()["events"]
    );
    assert_eq!(
        serde_json::from_value::<Vec<Event>>(events).unwrap(),
        batch.events
    );
}

/// An object of JavaScript as JSON.
fn text(value: &JsValue) -> Value {
    let text = js_sys::JSON::stringify(value).unwrap();
    serde_json::from_str(&text.as_string().unwrap()).unwrap()
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
fn stored_entries_are_loaded_again() {
    let article = ArticleKey::parse("berita/a:b?id=1").unwrap();
    let answer: Answer = serde_json::from_str(ANSWER).unwrap();
    let tally = Tally {
        mine: None,
        article: article.clone(),
        ..shown(answer.tallies[0].clone())
    };
    let batch: Batch = serde_json::from_str(BATCH).unwrap();
    let page = new_page().into();
    let mut state = storage::load(&page, &article);
    for event in &batch.events {
        state.outbox.put(Entry {
            article: article.clone(),
            ..entry(event)
        });
    }
    (state.tally, state.tally_at) = (tally.into(), 1_448_000_000_123);
    Saved::default().save(&page, &state);
    let read = storage::load(&page, &article);
    assert_eq!((&read.tally, read.tally_at), (&state.tally, state.tally_at));
    let entries = |state: &widget::state::State| {
        let mut entries = state.outbox.entries().to_vec();
        entries.sort_by_key(|entry| format!("{entry:?}"));
        entries
    };
    assert_eq!(entries(&read), entries(&state));
}

#[wasm_bindgen_test]
fn expired_and_damaged_entries_are_not_loaded() {
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
    let page = page.into();
    let state = storage::load(&page, &ArticleKey::parse("a").unwrap());
    let articles: Vec<_> = state
        .outbox
        .entries()
        .iter()
        .map(|entry| entry.article.as_str())
        .collect();
    assert_eq!(articles, ["a:b"]);
    let names: Value = serde_json::from_str(&keeps(&page)).unwrap();
    assert!(names.get("read:ended").is_none() && names.get("read:short").is_some());
}
