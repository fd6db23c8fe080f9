//! Text larger than the page's, in the narrow windows of phones, where a reader's setting enlarges text and nothing
//! else.

use serde_json::json;

use crate::{
    levels::HELD,
    locales::{
        boxes::{FAULTS, open, page},
        languages,
    },
    looks::take,
    newsroom::{Newsroom, SITE},
    reader::Reader,
};

/// The two ways to enlarge text, in percent: by the browser's setting, which also enlarges everything sized in `em`;
/// and as phones do, which enlarges letters but neither `em` nor what container queries measure.
const ENLARGEMENTS: [(&str, &str); 2] = [
    (
        "root",
        "document.documentElement.style.fontSize = `${arguments[0]}%`",
    ),
    (
        "phone",
        "document.documentElement.style.webkitTextSizeAdjust = `${arguments[0]}%`",
    ),
];
const AS_IT_WAS: &str = "document.documentElement.removeAttribute('style')";

/// Height of the first line of text in the first widget.
const LINE: &str = "(() => {
    const label = (document.querySelector('gema-article')?.shadowRoot ?? document).querySelector('[part=reads]'), range = document.createRange();
    range.selectNodeContents(label);
    return range.getClientRects()[0].height;
})()";

/// Enlarges the text in both ways in turn, and passes the name of the way.
fn enlarged(reader: &Reader, percent: u32, look: impl Fn(&str)) {
    reader.runs(AS_IT_WAS, &[]);
    let plain = reader.finds(LINE).as_f64().expect("a height");
    for (name, way) in ENLARGEMENTS {
        reader.runs(AS_IT_WAS, &[]);
        reader.runs(way, &[json!(percent)]);
        let grown = reader.finds(LINE).as_f64().expect("a height") / plain * 100.0;
        assert!(
            (grown - f64::from(percent)).abs() < 6.0,
            "{name}: {grown} of {percent} percent"
        );
        look(&format!("{name}-{percent}"));
    }
}

/// A script that runs in every widget.
fn each(script: &str) -> String {
    format!(
        "for (const root of [...document.querySelectorAll('gema-article')].map((host) => host.shadowRoot)) {{ {script} }}"
    )
}

/// Whether all widgets contain a match of this selector.
fn all_have(selector: &str) -> String {
    format!(
        "[...document.querySelectorAll('gema-article')].every((host) => host.shadowRoot?.querySelector('{selector}'))"
    )
}

#[test]
fn every_language_fits_a_phone_at_large_text_in_chromium() {
    let newsroom = open();
    let all = languages();
    let page = page(&newsroom, HELD, &all);
    for (width, sizes) in [(320, &[130, 150, 200][..]), (360, &[200])] {
        let reader = Reader::with_width(width);
        reader.opens(&page).sees(&all_have("[part=option]"), true);
        // Open all buttons, and style every option as chosen.
        reader.runs(
            &each("root.querySelector('[data-open]').dataset.open = true"),
            &[],
        );
        reader.runs(
            &each(
                "for (const one of root.querySelectorAll('[part=option]')) one.ariaPressed = true",
            ),
            &[],
        );
        for percent in sizes {
            enlarged(&reader, *percent, |way| {
                assert_eq!(reader.finds(FAULTS), json!({}), "{way} at {width} px")
            });
        }
        reader.runs(
            "for (const host of document.querySelectorAll('gema-article')) host.setAttribute('poll', 'closed')",
            &[],
        );
        reader.sees(&all_have("div[part=option]"), true);
        enlarged(&reader, 200, |way| {
            assert_eq!(
                reader.finds(FAULTS),
                json!({}),
                "closed, {way} at {width} px"
            )
        });
    }
}

#[test]
fn panels_and_notices_fit_a_phone_at_double_text_in_chromium() {
    let mut newsroom = open();
    let all = languages();
    let page = page(&newsroom, "", &all);
    let reader = Reader::with_width(320);
    reader.opens(&page);
    for lang in &all {
        let host = format!("gema-article[lang='{lang}']");
        reader.sees(
            &format!("!!document.querySelector(\"{host}\").shadowRoot"),
            true,
        );
        reader.runs(
            &format!(
                "document.querySelector(\"{host}\").scrollIntoView({{ behavior: 'instant' }})"
            ),
            &[],
        );
        reader.widget_at(&host).is_there();
    }
    let steps = [
        ("more", "[data-open=true]"),
        ("mastodon", "[part=panel] input"),
        ("go", "[aria-invalid=true]"),
        ("qr", "[part=panel] img"),
        ("option-sad", "[part=poll] [part=notice]"),
    ];
    for (press, open) in steps {
        if press == "option-sad" {
            newsroom.is_killed();
        }
        reader.runs(
            &each(&format!(
                "root.querySelector('[data-part={press}]').click()"
            )),
            &[],
        );
        reader.sees(&all_have(open), true);
        enlarged(&reader, 200, |way| {
            assert_eq!(reader.finds(FAULTS), json!({}), "{press}, {way}")
        });
    }
}

#[test]
fn the_frame_fits_a_phone_at_large_text_in_chromium() {
    let newsroom = open();
    let reader = Reader::with_width(320);
    for lang in ["de", "ta", "th", "ar"] {
        reader.goes_to(&newsroom.url(&format!(
            "/v1/sites/{SITE}/widget.html?frame=1&article={lang}&lang={lang}"
        )));
        enlarged(&reader, 200, |way| {
            assert_eq!(reader.finds(FAULTS), json!({}), "{lang}, {way}");
            take(&reader, &format!("letters-frame-{lang}-{way}"));
        });
    }
}

/// Position and size of every visible part of the widgets. Except the sentence about the choice and the parts around it, which
/// may become a line taller, and the parts that a choice enlarges.
const PART_BOXES: &str = "[...document.querySelectorAll('gema-article')].flatMap((host) => {
    const { top, left } = host.getBoundingClientRect();
    return [...host.shadowRoot.querySelectorAll('[part]:not(.said, [part=choice], [part=gema], [part=below], [part=poll], [part=face], [part=percent])')].filter((part) => part.checkVisibility()).map((part) => {
        const box = part.getBoundingClientRect();
        return [host.lang, part.dataset.part ?? part.getAttribute('part'), box.left - left, box.top - top, box.width, box.height].join(' ');
    });
})";

#[test]
fn digits_choices_and_the_wasm_move_nothing_in_chromium() {
    const LANGUAGES: [&str; 4] = ["id", "de", "ta", "ar"];
    let languages = LANGUAGES.map(str::to_owned);
    let newsroom = Newsroom::in_languages(&languages, "");
    let counts = LANGUAGES.map(|lang| format!("{lang},3,9,99,999,9999,99999\n"));
    let header = "article,reads,reaction:happy,reaction:inspired,reaction:surprised,reaction:sad,reaction:angry\n";
    for ((name, way), percent) in ENLARGEMENTS.into_iter().zip([200, 150]) {
        newsroom.imports(&format!("{header}{}", counts.concat()));
        let reader = Reader::with_width(320);
        reader
            .opens(&page(&newsroom, HELD, &languages))
            .sees(&all_have("[part=option]"), true);
        reader.runs(way, &[json!(percent)]);
        let places = reader.finds(PART_BOXES);
        reader.runs("release()", &[]);
        for lang in LANGUAGES {
            let host = format!("gema-article[lang='{lang}']");
            reader.runs(
                &format!(
                    "document.querySelector(\"{host}\").scrollIntoView({{ behavior: 'instant' }})"
                ),
                &[],
            );
            let widget = reader.widget_at(&host);
            widget.is_there();
            assert_eq!(
                reader.finds(PART_BOXES),
                places,
                "{lang} in charge, {name} {percent}"
            );
            for option in ["happy", "inspired", "surprised", "sad", "angry"] {
                widget.reacts(option).has_chosen(Some(option));
                assert_eq!(
                    reader.finds(PART_BOXES),
                    places,
                    "{lang}, {option}, {name} {percent}"
                );
            }
            widget.reacts("angry").has_chosen(None);
        }
        take(&reader, &format!("letters-{name}-{percent}"));
    }
}
