//! The fixtures that the widget's tests read in a browser are instances of these types, and survive a round trip.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::{Answer, Batch, Tallies, View};

fn comes_back_as_it_was<T: Serialize + DeserializeOwned>(text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    let read: T = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), value);
}

#[test]
fn a_view() {
    comes_back_as_it_was::<View>(include_str!("../../../tests/fixtures/view.json"));
}

#[test]
fn a_batch_and_its_answer() {
    comes_back_as_it_was::<Batch>(include_str!("../../../tests/fixtures/batch.json"));
    comes_back_as_it_was::<Answer>(include_str!("../../../tests/fixtures/answer.json"));
}

#[test]
fn tallies() {
    comes_back_as_it_was::<Tallies>(include_str!("../../../tests/fixtures/tallies.json"));
}
