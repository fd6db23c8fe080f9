//! Leaks of widgets that are added and removed, as in a single-page application.

use serde_json::{Value, json};

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Page,
    patience::until,
    reader::Reader,
};

/// Replaces the element that many times, each time after the widget is complete.
const COME_AND_GO: &str = r"(async (times) => {
    const place = document.querySelector('main');
    for (let n = 0; n < times; n++) {
        const next = place.firstElementChild.cloneNode(true);
        place.replaceChildren();
        next.removeAttribute('data-ready');
        place.append(next);
        while (next.getAttribute('data-ready') !== 'wasm') await new Promise(requestAnimationFrame);
    }
})";

/// Number of listeners and nodes, attached or not, after garbage collection.
fn alive(reader: &Reader) -> [i64; 2] {
    reader.devtools("HeapProfiler.collectGarbage", json!({}));
    let told = reader.devtools("Performance.getMetrics", json!({}));
    let metrics = told["metrics"].as_array().expect("metrics");
    ["JSEventListeners", "Nodes"].map(|name| {
        let metric = metrics
            .iter()
            .find(|metric| metric["name"] == name)
            .expect(name);
        metric["value"].as_f64().expect("a number") as i64
    })
}

/// Number of listeners and nodes once it no longer changes.
fn settled(reader: &Reader) -> [i64; 2] {
    let mut last = alive(reader);
    until("the numbers are constant", true, || {
        reader.awaits("new Promise((done) => setTimeout(done, 500))");
        let now = alive(reader);
        now == std::mem::replace(&mut last, now)
    });
    last
}

#[test]
fn fifty_removed_widgets_leave_nothing_in_chromium() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.loads(&page);
    reader.devtools("Performance.enable", json!({}));
    let come_and_go = |times: u32| {
        assert_eq!(
            reader.awaits(&format!("{COME_AND_GO}({times})")),
            Value::Null
        )
    };
    // Objects that are created once per page, at the first removal, are not a leak.
    come_and_go(2);
    newsroom.has_reads(ARTICLE, 1);
    let before = settled(&reader);
    come_and_go(50);
    // The last removed widgets still wait until their read is due.
    until("no more listeners and nodes than before", true, || {
        let now = alive(&reader);
        (0..2).all(|kind| now[kind] <= before[kind])
    });
}
