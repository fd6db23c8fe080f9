//! Old browsers: cheap phones, browsers inside apps, televisions. Real engines from package registries, driven without
//! WebDriver, which they lack. `cargo xtask soak old-engines` runs all of them.

mod browser;
mod chromium;
mod protocol;
mod qtwebkit;
mod reader;
mod table;

use std::net::TcpListener;

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page, element},
    strict,
};
use reader::OldReader;
use table::{Reach, in_engines};

/// Reports uncaught exceptions before any script of the page runs, including those of cross-origin scripts.
const RECORDED_EXCEPTIONS: &str = "<script>window.thrown = []; \
    addEventListener('error', function (event) { if (event.message) thrown.push(event.message); }); \
    addEventListener('unhandledrejection', function (event) { thrown.push(String(event.reason)); });</script>";

/// The documented rules that reserve room.
fn reserving() -> String {
    let text = include_str!("../../docs/embedding.md");
    let rules = text
        .split("## No layout shift")
        .nth(1)
        .and_then(|rest| rest.split("```css").nth(1));
    rules
        .and_then(|rest| rest.split("```").next())
        .expect("the documents reserve room")
        .to_owned()
}

/// An article between two paragraphs, with room reserved above and below it.
fn body() -> String {
    element("bar=top")
        .replace("<main>", "<main><p id=before>Sebelum</p>")
        .replace("</main>", "<p id=after>Sesudah</p></main>")
}

fn head(tag: &str) -> String {
    format!("{RECORDED_EXCEPTIONS}<style>{}</style>{tag}", reserving())
}

fn page(newsroom: &Newsroom) -> Page {
    Draft::default()
        .page("/", &head(&newsroom.tag("async")), &body())
        .served()
}

/// Checks that nothing is thrown, and that the console has at most one line of ours, however many pages were opened.
fn is_quiet(reader: &OldReader) {
    assert_eq!(reader.finds("window.thrown"), json!([]));
    let mut lines = reader.console();
    lines.sort();
    lines.dedup();
    if let Some(own) = lines.iter().position(|line| line.starts_with("Gema: ")) {
        lines.remove(own);
    }
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn a_reader_sees_the_widget_and_what_they_do_counts_in_chromium() {
    in_engines(
        |reach| reach >= Reach::Fragment,
        |old| {
            let newsroom = Newsroom::open();
            let page = page(&newsroom);
            let reader = OldReader::with(old);
            reader
                .opens(&page)
                .has_the_widget()
                .sees("article(document).text", OWN_TEXT);
            newsroom.has_reads(ARTICLE, 1);
            reader.reacts("happy").has_chosen("happy", 1);
            newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
            reader.takes_a_picture("poll");
            reader.opens(&page).has_the_widget().has_chosen("happy", 1);
            reader.reacts("sad").has_chosen("sad", 1);
            newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
            newsroom.has_reads(ARTICLE, 1);
            is_quiet(&reader);
        },
    );
}

#[test]
fn webassembly_is_downloaded_only_where_it_can_run_in_chromium() {
    in_engines(
        |reach| reach >= Reach::Fragment,
        |old| {
            let newsroom = Newsroom::open();
            let page = page(&newsroom);
            let reader = OldReader::with(old);
            reader.opens(&page).has_the_widget();
            // The read is the last event that the page sends without input.
            newsroom.has_reads(ARTICLE, 1);
            let files = reader.requested_from(newsroom.address());
            for file in ["widget.wasm", "widget.js"] {
                let times = files.iter().filter(|name| *name == file).count();
                let is_expected = if old.reach == Reach::Wasm {
                    times > 0
                } else {
                    times == 0
                };
                assert!(
                    is_expected,
                    "{}: {file} was requested {times} times: {files:?}",
                    old.name
                );
            }
        },
    );
}

#[test]
fn texts_borders_bars_and_focus_are_visible_in_chromium() {
    in_engines(
        |reach| reach >= Reach::Fragment,
        |old| {
            let newsroom = Newsroom::open();
            let reader = OldReader::with(old);
            reader.opens(&page(&newsroom)).has_the_widget();
            is_legible(&reader);
            let ring = reader.tabs_to_an_option();
            assert!(
                ring["style"] != "none" && ring["width"].as_f64() > Some(0.9),
                "{}: {ring}",
                old.name
            );
            assert!(
                ring["contrast"].as_f64() >= Some(3.0),
                "{}: {ring}",
                old.name
            );
            reader.takes_a_picture("focus");
            reader.reacts("angry").has_chosen("angry", 1);
            is_legible(&reader);
        },
    );
}

fn is_legible(reader: &OldReader) {
    // All five options, a few links, and the texts in and around them; numbers after the first reaction only.
    reader.sees("buttons().length > 8 && texts().length > 8", true);
    for faults in ["pale()", "borderless()", "struck()", "crowded()"] {
        reader.sees(faults, json!([]));
    }
}

#[test]
fn a_strict_policy_leaves_the_widget_its_styles_in_chromium() {
    in_engines(
        |reach| reach >= Reach::Fragment,
        |old| {
            let newsroom = Newsroom::open();
            let mut policy = strict::documented(&newsroom);
            if !policy.contains("style-src") {
                policy += &format!("; style-src {}", newsroom.url(""));
            }
            let body = element("bar=top");
            let page = Draft::default()
                .page("/", &newsroom.tag("async"), &body)
                .policy(&policy)
                .served();
            let reader = OldReader::with(old);
            reader.opens(&page).has_the_widget();
            is_legible(&reader);
            reader.reacts("happy").has_chosen("happy", 1);
            newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
        },
    );
}

#[test]
fn counts_in_lists_are_shown_in_chromium() {
    in_engines(
        |reach| reach >= Reach::Fragment,
        |old| {
            let newsroom = Newsroom::open();
            let list = "<main><gema-count article=satu></gema-count> <gema-count article=dua show=reactions></gema-count></main>";
            let page = Page::with(&head(&newsroom.tag("async")), list);
            newsroom.takes(&json!({ "events": [{ "type": "read", "article": "satu", "key": "AAAAAAAAAAAAAAAA" }] }));
            let reader = OldReader::with(old);
            reader.opens(&page);
            let texts = "all(document, 'gema-count').map(function (one) { return one.shadowRoot && one.shadowRoot.textContent; })";
            reader.sees(texts, json!(["Dibaca 1 kali", "0 tanggapan"]));
            is_quiet(&reader);
        },
    );
}

#[test]
fn too_old_engines_show_the_article_alone_in_chromium() {
    in_engines(
        |reach| reach == Reach::Article,
        |old| {
            let newsroom = Newsroom::open();
            let reader = OldReader::with(old);
            reader
                .opens(&page(&newsroom))
                .sees_an_article_without_a_hole("document");
            is_quiet(&reader);
            reader.takes_a_picture("article");
            let files = reader.requested_from(newsroom.address());
            assert!(
                files
                    .iter()
                    .all(|name| !name.contains("wasm") && name != "widget.js"),
                "{}: {files:?}",
                old.name
            );
        },
    );
}

/// Ways in which the endpoint is unreachable, each as the beginning of its address.
fn addresses_without_an_answer(silent: &Newsroom) -> Vec<(&'static str, String)> {
    // A port that was just closed.
    let refusing = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a port");
    vec![
        ("refused", format!("http://{refusing}/")),
        ("unknown", "http://gema.invalid/".to_owned()),
        ("silent", silent.url("/")),
    ]
}

#[test]
fn without_the_endpoint_reserved_room_goes_in_chromium() {
    in_engines(
        |_| true,
        |old| {
            let (newsroom, silent) = (Newsroom::open(), Newsroom::open());
            silent.falls_asleep();
            let mut draft = Draft::default();
            let mut frames = String::new();
            for (name, address) in addresses_without_an_answer(&silent) {
                let without_script =
                    format!("<script async src='{address}embed.js' data-site=warta></script>");
                let without_counts = newsroom.tag(&format!("async data-endpoint='{address}'"));
                for (what, tag) in [("script", without_script), ("counts", without_counts)] {
                    let path = format!("/{name}-{what}");
                    frames += &format!("<iframe width=190 height=280 src={path}></iframe>");
                    draft = draft.page(&path, &head(&tag), &body());
                }
            }
            let page = draft.page("/", "", &frames).served();
            let reader = OldReader::with(old);
            reader.opens(&page).sees(
            "all(document, 'iframe').every(function (frame) { return !!frame.contentDocument.querySelector('#after'); })",
            true,
        );
            for frame in 0..6 {
                let document = format!("all(document, 'iframe')[{frame}].contentDocument");
                reader.sees_an_article_without_a_hole(&document);
                assert_eq!(
                    reader.finds(&format!("{document}.defaultView.thrown")),
                    json!([]),
                    "{}: {frame}",
                    old.name
                );
            }
        },
    );
}
