//! Live-region announcements: they report only what the reader has done.

use serde_json::json;

use super::{REFUSING_CHOICES, article};
use crate::{
    newsroom::{ARTICLE, Newsroom},
    reader::Reader,
    widget::Widget,
};

/// Records the texts of the live region from now on. The node must stay the same: a new node would not be announced.
fn listen(reader: &Reader, widget: &Widget<'_>) {
    reader.runs("window.said = []", &[]);
    widget.finds(
        "new MutationObserver(() => text('.said[aria-live]') && said.push(text('.said[aria-live]'))).observe(root.querySelector('.said[aria-live]'), \
         { childList: true, characterData: true, subtree: true })",
    );
}

#[test]
fn the_live_region_announces_only_the_readers_own_actions() {
    let mut newsroom = Newsroom::with("live = true");
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.says("[part=reads]", "Dibaca 1 kali");
    listen(&reader, &widget);
    newsroom.has_watchers(1);
    let event = json!({ "type": "react", "article": ARTICLE, "reaction": "sad", "seq": 1 });
    newsroom.takes(&json!({ "visitor": "0000000000000000000001", "events": [event] }));
    widget.counts(&[("sad", 1)]);
    assert_eq!(reader.finds("said"), json!([]), "not announced");

    widget.reacts("happy").counts(&[("happy", 1), ("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1), ("sad", 1)]);
    let mut expected = vec!["Anda memilih Senang."];
    reader.sees("said", json!(expected));
    widget.reacts("happy").counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    expected.push("Pilihan Anda dibatalkan.");
    reader.sees("said", json!(expected));

    newsroom.is_killed();
    widget.reacts("angry");
    // The connection is refused at once, so the message about the delay replaces the announcement of the choice.
    expected.push("Pilihan Anda akan terkirim begitu tersambung kembali.");
    reader.sees("said", json!(expected));
    widget.shares("qr");
    expected.push("Kode QR gagal dimuat. Silakan coba lagi.");
    reader.sees("said", json!(expected));
    widget.clicks("[data-part=close]");
    newsroom.restart();
    newsroom.has_reactions(ARTICLE, &[("sad", 1), ("angry", 1)]);
    widget.sees("text('.said[aria-live]')", "Anda memilih Marah.");
    widget
        .shares("copy")
        .says(".said[aria-live]", "Tautan sudah disalin.");

    // On another day, nothing is announced that the reader has not done now.
    reader.reloads();
    widget
        .is_there()
        .has_chosen(Some("angry"))
        .says(".said[aria-live]", "");
}

#[test]
fn a_refused_choice_is_announced() {
    let newsroom = Newsroom::open();
    let page = article(&newsroom, REFUSING_CHOICES, "");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    listen(&reader, &widget);
    widget.reacts("sad");
    reader.sees("said.at(-1)", "Maaf, pilihan Anda tidak dapat diterima.");
}

#[test]
fn an_options_label_does_not_change_when_pressed() {
    let newsroom = Newsroom::open();
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    // The rest of the name is the counts, which may change.
    let labels = "[...root.querySelectorAll('[part=option]')].map((one) => [one.querySelector('[part=label]').innerText, one.querySelector('.said').innerText.split(',')[0], one.title])";
    let before = widget.is_there().finds(labels);
    widget.reacts("happy").has_chosen(Some("happy"));
    assert_eq!(widget.finds(labels), before);
    widget.sees(
        "[...root.querySelectorAll('[aria-pressed]')].map((one) => one.ariaPressed)",
        json!(["true", "false", "false", "false", "false"]),
    );
}
