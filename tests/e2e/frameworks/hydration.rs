//! Hydration of markup that a server has rendered.

use serde_json::json;

use super::visit::{Held, SATU, Visit};

/// Elements that the server has rendered stay the same during hydration: no request is repeated, and nothing moves.
fn is_hydrated_around_the_widget(name: &str) {
    let visit = Visit::of(name, Held::Library);
    visit.shows(SATU);
    visit.shows_counts(SATU);
    visit.reader.runs(
        "window.element = document.querySelector('gema-article')",
        &[],
    );
    let boxes = visit.boxes();
    visit.is_hydrated();
    visit.shows(SATU);
    visit.shows_counts(SATU);
    assert_eq!(visit.boxes(), boxes, "after hydration");
    assert_eq!(
        visit
            .reader
            .finds("window.element === document.querySelector('gema-article')"),
        true,
        "another element"
    );
    assert_eq!(
        (visit.asked("widget.html"), visit.asked("tallies")),
        (json!(1), json!(1))
    );
    // The app is interactive, and renders again.
    visit
        .presses("likes")
        .reader
        .sees("document.querySelector('#likes').innerText", "1");
    visit.shows_counts(SATU);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    assert_eq!(visit.boxes(), boxes, "back again");
    visit.console_is_quiet();
}

/// Like `is_hydrated_around_the_widget`, with our script last.
fn is_hydrated_before_the_widget_comes(name: &str) {
    let visit = Visit::of(name, Held::Loader);
    visit
        .reader
        .sees("'hydrated' in document.documentElement.dataset", true);
    visit.is_loaded();
    visit.shows(SATU);
    visit.shows_counts(SATU);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.console_is_quiet();
}

#[test]
fn react_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("react");
}

#[test]
fn react_in_development_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("react-development");
}

#[test]
fn preact_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("preact");
}

#[test]
fn vue_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("vue");
}

#[test]
fn svelte_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("svelte");
}

#[test]
fn a_widget_that_comes_after_hydration_is_left_alone() {
    for name in ["react", "preact", "vue", "svelte"] {
        is_hydrated_before_the_widget_comes(name);
    }
}

/// The library removes elements that it has not rendered: the widget is placed again, or one console line names the
/// remedy.
fn outlives_hydration_by_the_tag_alone(name: &str) {
    let visit = Visit::of_bare(name, Held::Library);
    visit.shows(SATU);
    visit.is_hydrated();
    visit.goes_on_and_comes_back();
}

#[test]
fn the_tag_alone_outlives_hydration_by_react() {
    outlives_hydration_by_the_tag_alone("react-bare");
}

#[test]
fn the_tag_alone_outlives_hydration_by_preact() {
    outlives_hydration_by_the_tag_alone("preact-bare");
}

#[test]
fn the_tag_alone_outlives_hydration_by_vue() {
    outlives_hydration_by_the_tag_alone("vue-bare");
}

#[test]
fn the_tag_alone_outlives_hydration_by_svelte() {
    outlives_hydration_by_the_tag_alone("svelte-bare");
}
