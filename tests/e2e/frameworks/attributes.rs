//! Libraries that set properties of an element instead of attributes.

use serde_json::json;

use super::visit::{Held, SATU, Visit};

/// The library sets a property if the element has one of that name. The widget still waits for consent, and the count
/// shows the selected metric.
fn means_attributes(name: &str) {
    let visit = Visit::of(name, Held::Nothing);
    let rahasia = "performance.getEntriesByType('resource').filter((one) => one.name.includes('widget.html?') && one.name.includes('rahasia')).length";
    visit.shows(SATU);
    visit
        .reader
        .sees("'hydrated' in document.documentElement.dataset", true);
    visit.presses("open").reader.sees(
        "document.querySelectorAll('gema-article[article=rahasia]').length",
        1,
    );
    visit.reader.runs(
        "document.querySelector('gema-article[article=rahasia]').scrollIntoView(); window.since = performance.now()",
        &[],
    );
    visit
        .reader
        .sees("performance.now() - window.since > 1000", true);
    assert_eq!(visit.reader.finds(rahasia), json!(0), "{name} did not wait");
    assert_eq!(visit.newsroom.tally("rahasia").rev, 0);
    visit.reader.sees(
        "document.querySelector('#reactions').shadowRoot?.textContent",
        "0 tanggapan",
    );
    visit
        .presses("consent")
        .reader
        .widget_at("gema-article[article=rahasia]")
        .is_there();
    visit.newsroom.has_reads("rahasia", 1);
    visit.console_is_quiet();
}

#[test]
fn attributes_set_by_a_framework_mean_the_same() {
    for name in ["react", "preact", "vue", "svelte"] {
        means_attributes(name);
    }
}
