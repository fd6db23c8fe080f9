//! What stays behind of widgets that come and go, as in an application of one page.

use serde_json::{Value, json};

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Page,
    patience::until,
    reader::Reader,
};

/// The element is taken out and another one put in its place, so many times; each is there before it goes.
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

/// Listeners and nodes, attached or not, that are alive after the garbage is collected.
fn alive(reader: &Reader) -> [i64; 2] {
    reader.devtools("HeapProfiler.collectGarbage", json!({}));
    let told = reader.devtools("Performance.getMetrics", json!({}));
    let metrics = told["metrics"].as_array().expect("metrics");
    ["JSEventListeners", "Nodes"].map(|name| {
        let metric = metrics.iter().find(|metric| metric["name"] == name).expect(name);
        metric["value"].as_f64().expect("a number") as i64
    })
}

/// The same, when it does not change any more.
fn settled(reader: &Reader) -> [i64; 2] {
    let mut last = alive(reader);
    until("what is alive comes to rest", true, || {
        reader.awaits("new Promise((done) => setTimeout(done, 500))");
        let now = alive(reader);
        now == std::mem::replace(&mut last, now)
    });
    last
}

#[test]
fn fifty_widgets_that_come_and_go_leave_no_listeners_and_no_nodes_in_chromium() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.opens(&page).widget().is_there();
    reader.devtools("Performance.enable", json!({}));
    let come_and_go = |times: u32| assert_eq!(reader.awaits(&format!("{COME_AND_GO}({times})")), Value::Null);
    // What is made once a page, at the first removal, is no leak.
    come_and_go(2);
    newsroom.has_reads(ARTICLE, 1);
    let before = settled(&reader);
    come_and_go(50);
    // Those that have gone last still wait for their read to be due.
    until("no more listeners and nodes than before", true, || {
        let now = alive(&reader);
        (0..2).all(|kind| now[kind] <= before[kind])
    });
}
