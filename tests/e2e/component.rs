//! A component that uses more of Yew than the widget does, in a release build of the module: optimised by wasm-opt, with
//! short names between the module and its glue, and without messages of panics.

use std::fs;

use crate::{engine::named, page::Draft, reader::Reader};

/// What a reader sees of the rows: name and number of presses of each.
const ROWS: &str = "document.querySelector('ul')?.innerText.replace(/\\s/g, '')";

#[test]
fn keyed_children_keep_their_state_in_a_release() {
    let script = fs::read_to_string(named("GEMA_COMPONENT").join("component.js"))
        .expect("the component's script");
    let body = "<main></main><script src=/component.js></script>";
    let page = Draft::default()
        .page("/", "", body)
        .file("/component.js", "text/javascript", script)
        .served();
    let reader = Reader::new();
    let presses = |id: &str| {
        reader.runs(&format!("document.getElementById('{id}').click()"), &[]);
    };
    let says = |id: &str, text: &str| {
        reader.sees(&format!("document.getElementById('{id}').innerText"), text);
    };
    reader.opens(&page).sees(ROWS, "a0b0c0");
    for (id, rows) in [("b", "a0b1c0"), ("b", "a0b2c0"), ("c", "a0b2c1")] {
        presses(id);
        reader.sees(ROWS, rows);
    }
    says("last", "c");
    presses("reverse");
    reader.sees(ROWS, "c1b2a0");
    presses("a");
    reader.sees(ROWS, "c1b2a1");
    says("last", "a");
    reader.sees("document.getElementById('effects').innerText > 0", true);
}
