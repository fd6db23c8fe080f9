use serde_json::{Value, json};

use super::{file, languages};
use crate::{
    engine::Engine,
    levels::HELD,
    looks::take,
    newsroom::Newsroom,
    page::{Draft, Page},
    reader::Reader,
};

/// Languages whose screenshots are kept for review.
pub(crate) const PICTURED: [&str; 7] = ["ar", "ur", "ta", "th", "ja", "jv", "en"];

/// The narrowest supported page, and a wide one. WebKit's windows have a minimum width.
fn widths() -> [u32; 2] {
    [
        if Engine::current() == Engine::WebKit {
            340
        } else {
            320
        },
        1280,
    ]
}

/// For every widget of the page, or of a frame's own page: its language and its layout faults.
pub(crate) const FAULTS: &str = r"(() => {
    const faults = {};
    const widgets = [...document.querySelectorAll('gema-article')].map((host) => [host, host.shadowRoot, host.dataset.dir]);
    if (!widgets.length) widgets.push([document.documentElement, document.body, document.documentElement.dir]);
    for (const [host, root, dir] of widgets) {
        const list = (faults[host.lang] = []), room = host.getBoundingClientRect();
        // What only screen readers have is clipped.
        const isDrawn = (node) => node.checkVisibility() && getComputedStyle(node).clipPath === 'none';
        const shown = [...root.querySelectorAll('[part], input')].filter(isDrawn);
        const name = (part) => `${part.getAttribute('part')} ${part.dataset.part ?? ''} “${part.innerText}”`;
        for (const part of shown) {
            const box = part.getBoundingClientRect(), { display, overflow } = getComputedStyle(part);
            if (box.left < room.left - 1 || box.right > room.right + 1) list.push(`${name(part)} sticks out`);
            if (display !== 'inline' && part.scrollWidth > part.clientWidth + 2) list.push(`${name(part)} is cut`);
            if (overflow === 'hidden' && part.scrollHeight > part.clientHeight + 1) list.push(`${name(part)} is cut below`);
            if (part.matches('a, button, input') && Math.min(box.width, box.height) < 44) list.push(`${name(part)} is too small for a thumb`);
            if (/[{}]/.test(part.innerText)) list.push(`${name(part)} has a placeholder`);
        }
        // Words are separated by spaces; in Thai by the browser's segmentation, where it has one. Chinese, Japanese and
        // Korean may break anywhere.
        const words = (text) => /^(zh|ja|ko)/.test(host.lang) ? []
            : !host.lang.startsWith('th') ? [...text.matchAll(/[^\s\u00a0]+/g)].map(({ 0: word, index }) => [index, word])
            : [...new Intl.Segmenter('th', { granularity: 'word' }).segment(text)].filter((one) => one.isWordLike).map((one) => [one.index, one.segment]);
        const rects = (node, from, to) => {
            const range = document.createRange();
            range.setStart(node, from);
            range.setEnd(node, to);
            return [...range.getClientRects()].filter(({ width }) => width > 0.5);
        };
        const textsOf = (part) => {
            const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), found = [];
            while (walk.nextNode()) if (isDrawn(walk.currentNode.parentElement)) found.push(walk.currentNode);
            return found;
        };
        const written = 'reads share-label share-button question label count percent responses notice title date byline'.split(' ');
        for (const part of shown.filter((part) => written.includes(part.getAttribute('part')) || part.matches('[part=panel] > p'))) {
            const around = part.closest('[part=option], [part=share-button]') ?? part, { paddingLeft, paddingRight } = getComputedStyle(around);
            const line = (around.closest('ul, [part=panel]') ?? around).clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 4;
            for (const text of textsOf(part)) for (const [at, word] of words(text.data)) {
                const pieces = rects(text, at, at + word.length), [first] = pieces;
                // A word may be broken only if it is longer than a whole line.
                if (pieces.some(({ top }) => Math.abs(top - first.top) > first.height / 2) && pieces.reduce((sum, { width }) => sum + width, 0) < line) {
                    list.push(`${word} is broken`);
                }
            }
        }
        const texts = 'reads share-label share-button question label count percent responses'.split(' ');
        if (host.shadowRoot) texts.push('title', 'date');
        for (const text of texts) {
            const parts = root.querySelectorAll(`[part=${text}]`);
            if (!parts.length) list.push(`${text} is missing`);
            for (const part of parts) if (!part.textContent.trim()) list.push(`${text} is empty`);
        }
        for (const option of root.querySelectorAll('[part=option]')) {
            const isColumn = getComputedStyle(option).flexDirection === 'column';
            const order = isColumn ? ['percent', 'face', 'label'] : ['face', 'label', 'count', 'percent'];
            const parts = order.map((part) => option.querySelector(`[part=${part}]`));
            if (option.querySelector('[part=label]').textContent === option.value) list.push(`${option.value} has no label`);
            // The texts are beside or below each other, in reading order, inside the option.
            const boxes = parts.map((part) => {
                const texts = textsOf(part).flatMap((text) => rects(text, 0, text.length));
                const found = texts.length ? texts : [part.getBoundingClientRect()];
                const side = (side, most) => Math[most](...found.map((one) => one[side]));
                return { left: side('left', 'min'), right: side('right', 'max'), top: side('top', 'min'), bottom: side('bottom', 'max'), last: found.at(-1) };
            });
            const isBeside = (a, b) => dir === 'rtl' ? a.left >= b.right + 2 : a.right <= b.left - 2;
            const follows = (a, b) => isBeside(a, b) || b.top >= a.bottom - (a.last.height + b.last.height) / 4;
            if (!boxes.every((box, at) => !at || follows(boxes[at - 1], box))) list.push(`${option.value} is out of order`);
            const edge = option.getBoundingClientRect();
            if (boxes.some((one) => one.left < edge.left || one.right > edge.right)) list.push(`${name(option)} is not all of it in its box`);
        }
        for (const part of root.querySelectorAll('[dir]')) {
            if (getComputedStyle(part).direction !== dir) list.push(`${name(part)} has the wrong direction`);
        }
    }
    if (document.documentElement.scrollWidth > innerWidth) faults.page = ['is wider than the window'];
    return Object.fromEntries(Object.entries(faults).filter(([, list]) => list.length));
})()";

/// The article in all of these languages, with large numbers.
pub(crate) fn page(newsroom: &Newsroom, head: &str, languages: &[String]) -> Page {
    let element = |lang: &String| {
        let dir = if file(lang).contains("dir = \"rtl\"") {
            "rtl"
        } else {
            "ltr"
        };
        format!("<gema-article article={lang} lang={lang} data-dir={dir}></gema-article>")
    };
    let body: String = languages.iter().map(element).collect();
    Draft::default()
        .page(
            "/",
            &(head.to_owned() + &newsroom.tag("async")),
            &format!("<main style='margin: 0'>{body}</main>"),
        )
        .served()
}

/// An endpoint that has all languages, and an article in each.
pub(crate) fn open() -> Newsroom {
    let newsroom = Newsroom::in_languages(&languages(), "");
    let about = [
        "--title",
        "Banjir",
        "--byline",
        "Humas",
        "--published",
        "2015-11-17",
        "--url",
        "https://warta.example/",
    ];
    let counts = [
        "--imported-reads",
        "1234567",
        "--imported-reaction",
        "happy=1234567",
        "--imported-reaction",
        "sad=98765",
    ];
    for lang in languages() {
        newsroom.puts(&lang, "<p>Isi.</p>", &[&about[..], &counts].concat());
    }
    newsroom
}

#[test]
fn every_language_fits_in_fragment_and_widget() {
    let newsroom = open();
    let all = languages();
    let page = page(&newsroom, HELD, &all);
    for width in widths() {
        let reader = Reader::with_width(width);
        reader.opens(&page);
        let widgets: Vec<_> = all
            .iter()
            .map(|lang| reader.widget_at(&format!("gema-article[lang='{lang}']")))
            .collect();
        for widget in &widgets {
            widget.is_shown();
        }
        assert_eq!(
            reader.finds(FAULTS),
            json!({}),
            "as the endpoint draws it, at {width} px"
        );
        reader.runs("release()", &[]);
        for (lang, widget) in all.iter().zip(&widgets) {
            reader.runs(
                "document.querySelector(`gema-article[lang='${arguments[0]}']`).scrollIntoView({ behavior: 'instant' })",
                &[json!(lang)],
            );
            widget.is_there();
        }
        assert_eq!(
            reader.finds(FAULTS),
            json!({}),
            "as the browser draws it, at {width} px"
        );
        // Open all buttons, and then the longest panel.
        for (part, opened) in [
            ("more", "[data-open=true]"),
            ("mastodon", "[part=panel] input"),
        ] {
            let press = format!(
                "for (const host of document.querySelectorAll('gema-article')) host.shadowRoot.querySelector('[data-part={part}]').click()"
            );
            reader.runs(&press, &[]);
            let open = format!(
                "[...document.querySelectorAll('gema-article')].every((host) => host.shadowRoot.querySelector('{opened}'))"
            );
            reader.sees(&open, true);
            assert_eq!(reader.finds(FAULTS), json!({}), "{part}, at {width} px");
        }
    }
}

#[test]
fn the_measure_sees_what_is_cut_empty_or_on_the_wrong_side() {
    let newsroom = open();
    // So narrow that options stand one below the other.
    let narrow = "<style>gema-article { width: 260px }</style>";
    let page = page(&newsroom, narrow, &["ur".to_owned()]);
    let reader = Reader::with_width(widths()[0]);
    let widget = reader.loads(&page);
    assert_eq!(reader.finds(FAULTS), json!({}));
    let spoil = |spoil: &str, fault: &str| {
        widget.finds(spoil);
        let Value::Object(found) = reader.finds(FAULTS) else {
            panic!("faults by language")
        };
        let found = found.get("ur").unwrap_or(&Value::Null).to_string();
        assert!(found.contains(fault), "{fault}: {found}");
        reader.reloads();
        widget.is_there();
    };
    spoil(
        "root.querySelector('a[part=share-button]').style.minBlockSize = '2rem'",
        "too small for a thumb",
    );
    spoil(
        "root.querySelector('[part=percent]').textContent = '1000000%'",
        "out of order",
    );
    spoil(
        "root.querySelector('[part=question]').style.cssText = 'width: 2rem; overflow-wrap: normal'",
        "is cut",
    );
    spoil(
        "root.querySelector('[part=label]').style.cssText = 'flex: none; width: 1.5rem'",
        "is broken",
    );
    spoil(
        "root.querySelector('[part=label]').style.marginInlineStart = '-2rem'",
        "out of order",
    );
    spoil(
        "root.querySelector('[part=percent]').style.transform = 'translateX(-2rem)'",
        "not all of it in its box",
    );
    spoil(
        "root.querySelector('[part=question]').textContent = ''",
        "question is empty",
    );
    spoil(
        "root.querySelector('[part=reads]').style.marginInlineStart = '-1rem'",
        "sticks out",
    );
    spoil(
        "root.querySelector('[part=below]').dir = 'ltr'",
        "wrong direction",
    );
    spoil(
        "root.querySelector('[part=responses]').textContent = '{n} ردِعمل'",
        "placeholder",
    );
}

#[test]
fn some_languages_are_pictured_in_chromium() {
    let newsroom = open();
    for width in widths() {
        let reader = Reader::with_width(width);
        for lang in PICTURED {
            reader
                .opens(&page(&newsroom, "", &[lang.to_owned()]))
                .widget()
                .is_there();
            take(&reader, &format!("locale-{lang}-{width}"));
        }
    }
}
