//! Few colours: forced colours, and information that must not depend on colour alone.

use serde_json::{Value, json};

use super::article;
use crate::{
    locales::boxes::{PICTURED, open, page},
    looks::take,
    newsroom::Newsroom,
    reader::Reader,
    widget::Widget,
};

fn force(reader: &Reader, scheme: &str) {
    let features = [
        ("forced-colors", "active"),
        ("prefers-color-scheme", scheme),
    ];
    let features = features.map(|(name, value)| json!({ "name": name, "value": value }));
    reader.devtools(
        "Emulation.setEmulatedMedia",
        json!({ "features": features }),
    );
    reader.sees("matchMedia('(forced-colors: active)').matches", true);
}

/// The WCAG contrast of two colours of parts' styles; a transparent colour is blended with its background.
fn contrast(widget: &Widget<'_>, [part, one]: [&str; 2], [other_part, other]: [&str; 2]) -> f64 {
    let found = widget.finds(&format!(
        "(() => {{
            const colour = (part, property) => getComputedStyle(part === 'body' ? document.body : root.querySelector(part))[property].match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
                .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0.05);
            const both = [light(colour('{part}', '{one}')), light(colour('{other_part}', '{other}'))];
            return Math.max(...both) / Math.min(...both);
        }})()"
    ));
    found
        .as_f64()
        .unwrap_or_else(|| panic!("{part} {one}, {other_part} {other}: {found}"))
}

#[test]
fn forced_colours_show_choice_focus_and_bars_in_chromium() {
    let newsroom = Newsroom::open();
    let page = article(&newsroom, "<style>body { background: Canvas }</style>", "");
    let reader = Reader::new();
    for scheme in ["light", "dark"] {
        force(&reader, scheme);
        let widget = reader.loads(&page);
        if widget.finds("!root.querySelector('[aria-pressed=true]')") == true {
            widget.reacts("happy");
        }
        widget.counts(&[("happy", 1)]);
        let (chosen, other) = ("[data-part=option-happy]", "[data-part=option-sad]");
        assert!(
            contrast(
                &widget,
                [chosen, "backgroundColor"],
                [other, "backgroundColor"]
            ) >= 3.0,
            "{scheme}"
        );
        for option in [chosen, other] {
            for text in ["label", "count", "percent"] {
                let text = format!("{option} [part={text}]");
                let contrast = contrast(&widget, [&text, "color"], [option, "backgroundColor"]);
                assert!(contrast >= 4.5, "{text}, {scheme}: {contrast}");
            }
            let bar = format!("{option} rect");
            assert!(
                contrast(&widget, [&bar, "fill"], [option, "backgroundColor"]) >= 3.0,
                "{bar}, {scheme}"
            );
            // Only the focused element has an outline, at a distance.
            let outline = format!("getComputedStyle(root.querySelector('{option}')).outlineStyle");
            widget.finds("root.activeElement?.blur()");
            widget.sees(&outline, "none").finds(&format!(
                "root.querySelector('{option}').focus({{ focusVisible: true }})"
            ));
            widget.sees(&outline, "solid");
            let seen = contrast(
                &widget,
                [option, "outlineColor"],
                ["body", "backgroundColor"],
            );
            assert!(seen >= 3.0, "the line around {option}, {scheme}: {seen}");
        }
        take(&reader, &format!("forced-{scheme}"));
    }
}

#[test]
fn some_languages_have_forced_colours_pictures_in_chromium() {
    let newsroom = open();
    let reader = Reader::with_width(320);
    for (lang, scheme) in PICTURED
        .into_iter()
        .zip(["light", "dark"].into_iter().cycle())
    {
        force(&reader, scheme);
        let widget = reader
            .opens(&page(&newsroom, "", &[lang.to_owned()]))
            .widget();
        widget.is_there().reacts("happy").has_chosen(Some("happy"));
        take(&reader, &format!("forced-{lang}"));
    }
}

#[test]
fn results_have_text_and_the_choice_more_than_colour() {
    let newsroom = Newsroom::open();
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").counts(&[("happy", 1)]);
    let part = |option: &str| {
        widget.finds(&format!(
            "(() => {{
                const option = root.querySelector('[data-part=option-{option}]'), bar = option.querySelector('rect');
                const text = (part) => option.querySelector(`[part=${{part}}]`).innerText;
                const isBold = parseFloat(getComputedStyle(option.querySelector('[part=label]')).webkitTextStrokeWidth) > 0;
                return [text('count'), text('percent'), bar.getAttribute('width'), bar.closest('[aria-hidden=true]') !== null, isBold, option.ariaPressed];
            }})()"
        ))
    };
    assert_eq!(
        part("happy"),
        json!(["1", "100%", "100%", true, true, "true"])
    );
    assert_eq!(part("sad"), json!(["0", "0%", "0%", true, false, "false"]));
}

#[test]
fn nothing_moves_for_a_reader_who_wants_that_in_chromium() {
    let newsroom = Newsroom::open();
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let moving = |wish: &str| -> Value {
        let wish = json!({ "name": "prefers-reduced-motion", "value": wish });
        reader.devtools("Emulation.setEmulatedMedia", json!({ "features": [wish] }));
        let widget = reader.loads(&page);
        widget.finds("[...root.querySelectorAll('*')].filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0 || getComputedStyle(one).animationName !== 'none').map((one) => one.localName).filter((one, at, all) => all.indexOf(one) === at)")
    };
    assert_eq!(moving("no-preference"), json!(["button", "a", "rect"]));
    assert_eq!(moving("reduce"), json!([]));
}
