use crate::{
    live::{Watching, reacts},
    newsroom::{ARTICLE, Newsroom},
    reader::Reader,
    widget::Widget,
};

/// Imitates the translators of browsers: replaces each present and later text by an element with a copy. Counts its
/// changes in `window.translated`.
const TRANSLATOR: &str = "
    window.translated = 0;
    const translate = (text) => {
        if (!text.parentElement || text.parentElement.localName === 'font') return;
        const outer = document.createElement('font'), inner = document.createElement('font');
        inner.textContent = text.data;
        outer.append(inner);
        PUT;
        translated += 1;
    };
    const all = (node) => {
        const texts = [], walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
        for (let text = node.nodeType === 3 ? node : walker.nextNode(); text; text = walker.nextNode()) texts.push(text);
        texts.filter((text) => text.isConnected && text.parentElement && !text.parentElement.closest('script')).forEach(translate);
    };
    const { shadowRoot } = document.querySelector('gema-article');
    all(shadowRoot);
    if (KEEPS_ON) {
        const seen = (records) => records.forEach(({ addedNodes }) => addedNodes.forEach(all));
        new MutationObserver(seen).observe(shadowRoot, { childList: true, subtree: true });
    }";

/// Ways to put a copy in the place of a text.
const COPYING_SCRIPTS: [&str; 3] = [
    "text.replaceWith(outer)",
    "text.before(outer); text.remove()",
    "text.parentNode.innerHTML = outer.outerHTML",
];

/// Whether all visible text is the translator's.
const IS_TRANSLATED: &str =
    "[...root.querySelectorAll('[part=count], [part=percent], [part=reads], [part=notice]')]
    .every((one) => one.firstElementChild?.localName === 'font' && one.childNodes.length === 1)";

fn translates(reader: &Reader, way: &str, keeps_on: bool) {
    let script = TRANSLATOR
        .replace("PUT", way)
        .replace("KEEPS_ON", if keeps_on { "true" } else { "false" });
    reader.runs(&script, &[]);
}

fn lives_on(newsroom: &Newsroom, widget: &Widget<'_>) {
    widget.reacts("happy").counts(&[("happy", 1)]).sees(
        "text('[data-part=option-happy] [part=percent]').trim()",
        "100%",
    );
    widget
        .says("[part=responses]", "1 tanggapan")
        .says(".said[aria-live]", "Anda memilih Senang.");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget
        .reacts("happy")
        .counts(&[])
        .says(".said[aria-live]", "Pilihan Anda dibatalkan.");
    newsroom.has_reactions(ARTICLE, &[]);
    newsroom.takes(&reacts(1, "sad"));
    widget
        .counts(&[("sad", 1)])
        .shares("copy")
        .says("[part=share] [part=notice]", "Tautan sudah disalin.");
    widget.reacts("sad").counts(&[("sad", 2)]);
}

#[test]
fn numbers_and_notices_change_under_a_translator() {
    for way in COPYING_SCRIPTS {
        let Watching {
            newsroom, reader, ..
        } = &Watching::begin();
        let widget = reader.widget();
        translates(reader, way, false);
        widget.sees(IS_TRANSLATED, true);
        lives_on(newsroom, &widget);
    }
}

#[test]
fn a_translator_gets_each_new_text_once() {
    let Watching {
        newsroom, reader, ..
    } = &Watching::begin();
    let widget = reader.widget();
    translates(reader, COPYING_SCRIPTS[0], true);
    lives_on(newsroom, &widget);
    widget.sees(IS_TRANSLATED, true);
    let frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(translated))))";
    let translated = reader.awaits(frames);
    assert_eq!(reader.awaits(frames), translated);
    // About forty texts at first, and a few for each press.
    assert!(
        translated.as_u64().is_some_and(|times| times < 150),
        "{translated}"
    );
}
