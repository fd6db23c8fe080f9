//! Libraries that morph the page's markup into the server's.

use serde_json::json;

use super::visit::{Held, SATU, Visit, is_brought_by_the_tag_alone};

/// The library morphs the page again and again, and also from article to article.
fn is_morphed_around_the_widget(name: &str) {
    let visit = Visit::of(name, Held::Nothing);
    visit.shows(SATU);
    visit.shows_counts(SATU);
    visit.reader.runs(
        "window.element = document.querySelector('gema-article')",
        &[],
    );
    let boxes = visit.boxes();
    for _ in 0..2 {
        visit.is_refreshed();
        visit.shows(SATU);
        visit.shows_counts(SATU);
        assert_eq!(visit.boxes(), boxes, "after a morph");
    }
    assert_eq!(
        visit
            .reader
            .finds("window.element === document.querySelector('gema-article')"),
        true,
        "another element"
    );
    assert_eq!(visit.asked("widget.html"), json!(1));
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    assert_eq!(visit.boxes(), boxes, "back again");
    visit.reader.console_is_quiet();
}

#[test]
fn turbo_morphs_around_the_widget() {
    is_morphed_around_the_widget("turbo");
}

#[test]
fn htmx_with_idiomorph_morphs_around_the_widget() {
    is_morphed_around_the_widget("htmx");
}

#[test]
fn htmx_4_morphs_around_the_widget() {
    is_morphed_around_the_widget("htmx4");
}

#[test]
fn alpine_morphs_around_the_widget() {
    is_morphed_around_the_widget("alpine");
}

#[test]
fn morphdom_morphs_around_the_widget() {
    is_morphed_around_the_widget("morphdom");
}

#[test]
fn the_tag_alone_follows_turbo_and_its_morphs() {
    let visit = Visit::of_bare("turbo-bare", Held::Nothing);
    visit.shows(SATU);
    visit.is_refreshed();
    is_brought_by_the_tag_alone(&visit);
}

#[test]
fn the_tag_alone_follows_htmx_and_its_morphs() {
    for name in ["htmx-bare", "htmx4-bare"] {
        let visit = Visit::of_bare(name, Held::Nothing);
        visit.shows(SATU);
        visit.is_refreshed();
        is_brought_by_the_tag_alone(&visit);
    }
}

#[test]
fn the_tag_alone_follows_what_alpine_and_morphdom_put_in_place() {
    for name in ["alpine-bare", "morphdom-bare"] {
        let visit = Visit::of_bare(name, Held::Nothing);
        visit.shows(SATU);
        visit.is_refreshed();
        is_brought_by_the_tag_alone(&visit);
    }
}
