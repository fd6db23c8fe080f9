//! The horizontal layout: options side by side, the share bar's marks in one row, and the immediate response to a press.

use serde_json::{Value, json};

use crate::{
    levels::HELD,
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
    widget::Widget,
};

const COUNTS: &str =
    "article,reads,reaction:happy,reaction:inspired,reaction:surprised,reaction:sad,reaction:angry";

fn newsroom(more: &str) -> Newsroom {
    let newsroom = Newsroom::with(more);
    newsroom.imports(&format!("{COUNTS}\n{ARTICLE},12845,407,97,136,58,1241\n"));
    newsroom
}

fn page(newsroom: &Newsroom) -> Page {
    Draft::article(&newsroom.tag("async"), "").served()
}

/// Left, top, width and height of every option.
const OPTIONS: &str = "[...root.querySelectorAll('[part=option]')].map((one) => one.getBoundingClientRect()).map(\
                       ({ left, top, width, height }) => [left, top, width, height].map(Math.round))";

fn boxes(widget: &Widget<'_>) -> Vec<[i64; 4]> {
    serde_json::from_value(widget.finds(OPTIONS)).expect("boxes")
}

#[test]
fn options_are_side_by_side_if_labels_fit_in_chromium() {
    let newsroom = newsroom("");
    let page = page(&newsroom);
    for width in [320, 360, 768] {
        let reader = Reader::with_width(width);
        let widget = reader.opens(&page).widget();
        let boxes = boxes(widget.is_there());
        assert!(
            boxes.iter().all(|one| one[1] == boxes[0][1]),
            "at {width} px: {boxes:?}"
        );
        assert!(
            boxes.iter().all(|one| one[2] >= 52 && one[3] >= 44),
            "at {width} px: {boxes:?}"
        );
        // Each bar stands on its face, and all bars are equally wide.
        let bars = "[...root.querySelectorAll('[part=option]')].map((one) => {
            const [bar, face] = ['rect', '[part=face]'].map((part) => one.querySelector(part).getBoundingClientRect());
            return [Math.round(bar.width), bar.bottom <= face.top + 1, bar.height > 0];
        })";
        let bars = widget.finds(bars);
        let bars = bars.as_array().expect("a list");
        assert!(
            bars.iter()
                .all(|bar| *bar == json!([bars[0][0], true, true])),
            "{bars:?}"
        );
    }
    let reader = Reader::with_width(240);
    let widget = reader.opens(&page).widget();
    let boxes = boxes(widget.is_there());
    assert!(
        boxes.iter().all(|one| one[0] == boxes[0][0]),
        "one below the other: {boxes:?}"
    );
    widget.sees(
        "root.querySelector('[part=option] [part=count]').checkVisibility()",
        true,
    );
}

#[test]
fn long_labels_are_stacked_until_they_fit_in_chromium() {
    let options = "reactions = [\n{ key = \"a\", label = { id = \"Sangat menggembirakan\", en = \"a\" } },\n\
                   { key = \"b\", label = { id = \"Mengkhawatirkan\", en = \"b\" } },\n\
                   { key = \"c\", label = { id = \"Membangkitkan semangat\", en = \"c\" } } ]\n";
    let newsroom = Newsroom::with(options);
    let page = page(&newsroom);
    for (width, is_beside) in [(360, false), (1280, true)] {
        let reader = Reader::with_width(width);
        let widget = reader.opens(&page).widget();
        let boxes = boxes(widget.is_there());
        assert_eq!(
            boxes.iter().all(|one| one[1] == boxes[0][1]),
            is_beside,
            "{boxes:?}"
        );
    }
}

/// The longest time in ms between a click on an option and what is drawn of it.
const DELAY: &str = "new Promise((done) => {
    const root = document.querySelector('gema-article').shadowRoot, option = root.querySelector('[data-part=option-sad]');
    let begun = 0;
    const chosen = () => option.ariaPressed === 'true' && root.querySelector('[part=choice]');
    const look = () => (chosen() ? done(performance.now() - begun) : requestAnimationFrame(look));
    option.addEventListener('click', () => { begun = performance.now(); look(); }, { once: true, capture: true });
    option.click();
})";

#[test]
fn a_press_shows_within_a_tenth_of_a_second() {
    let newsroom = newsroom("");
    let page = page(&newsroom);
    let reader = Reader::with_width(412);
    let widget = reader.loads(&page);
    let delay = reader.awaits(DELAY);
    assert!(delay.as_f64() < Some(100.0), "{delay} ms");
    widget
        .says("[part=responses]", "1.940 tanggapan")
        .says(
            "[part=choice]",
            "Anda memilih Sedih. Ketuk lagi untuk membatalkan.",
        )
        .says("[data-part=option-sad] [part=percent]", "3%");
}

/// The names of the properties that move after a press on an option.
const MOVING: &str = "(() => {
    const option = root.querySelector('[data-part=option-inspired]');
    option.focus();
    getComputedStyle(option).color;
    option.click();
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
        [...new Set(root.getAnimations().map((one) => one.transitionProperty))].sort()))));
})()";

#[test]
fn a_press_animates_unless_motion_is_reduced_in_chromium() {
    let newsroom = Newsroom::open();
    newsroom.imports(&format!("{COUNTS}\n{ARTICLE},9,3,0,1,0,0\n"));
    let page = page(&newsroom);
    for (motion, moving) in [
        ("no-preference", json!(["transform", "width"])),
        ("reduce", json!([])),
    ] {
        let reader = Reader::with_width(412);
        let features =
            json!({ "features": [{ "name": "prefers-reduced-motion", "value": motion }] });
        reader.devtools("Emulation.setEmulatedMedia", features);
        reader.loads(&page);
        let script = format!(
            "(() => {{ const root = document.querySelector('gema-article').shadowRoot; return {MOVING} }})()"
        );
        assert_eq!(reader.awaits(&script), moving, "{motion}");
    }
}

/// A browser that has a share sheet.
const SHARE_SHEET: &str = "navigator.share = async () => {}; navigator.canShare = () => true;";

#[test]
fn more_keeps_its_place_and_focuses_the_next_in_chromium() {
    let newsroom = newsroom("");
    let page = page(&newsroom);
    // Without a share sheet, and with one.
    for (width, sheet, next) in [
        (320, "", "line"),
        (360, "", "line"),
        (320, SHARE_SHEET, "x"),
        (412, SHARE_SHEET, "x"),
    ] {
        let reader = Reader::with_width(width);
        reader.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": sheet }),
        );
        let widget = reader.opens(&page).widget();
        let place = "(({ left, top }) => [left, top].map(Math.round))(root.querySelector('[data-part=more]').getBoundingClientRect())";
        let before = widget.is_there().finds(place);
        widget
            .clicks("[data-part=more]")
            .sees("root.activeElement?.dataset.part", next);
        assert_eq!(widget.finds(place), before, "at {width} px");
        widget
            .sees("root.querySelector('.more').title", "Tutup")
            .clicks("[data-part=more]")
            .sees("root.querySelector('.more').title", "Lainnya");
        assert_eq!(widget.finds(place), before, "at {width} px");
    }
}

/// The names of the visible buttons as drawn: their texts, without those for assistive technology.
const VISIBLE_BUTTON_NAMES: &str = "[...root.querySelectorAll('li [part=share-name]')].filter((one) => one.offsetWidth > 1).map((one) => one.textContent)";

#[test]
fn share_style_shows_marks_words_or_both() {
    for (style, marks, words) in [
        ("icons", true, false),
        ("words", false, true),
        ("both", true, true),
    ] {
        let newsroom = newsroom(&format!(
            "share_style = \"{style}\"\nnetworks = [\"whatsapp\", \"copy\"]"
        ));
        let page = Draft::article(&[HELD, &newsroom.tag("async")].concat(), "").served();
        let reader = Reader::with_width(700);
        let widget = reader.opens(&page).widget();
        for level in ["fragment", "wasm"] {
            widget.stands(level);
            let drawn = "[...root.querySelectorAll('[part=share-mark] path')].filter((one) => one.getBoundingClientRect().width > 9).length";
            assert_eq!(
                widget.finds(drawn),
                json!(if marks { 2 } else { 0 }),
                "{style}, {level}"
            );
            let names = if words {
                json!(["WhatsApp", "Salin tautan"])
            } else {
                json!([])
            };
            assert_eq!(
                widget.finds(VISIBLE_BUTTON_NAMES),
                names,
                "{style}, {level}"
            );
            widget.sees(
                "root.querySelector('[data-part=copy]').parentNode.title",
                "Salin tautan",
            );
            reader.runs("release()", &[]);
        }
    }
}

#[test]
fn a_fresh_article_names_its_options_and_shows_no_zeros() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.says("[part=responses]", "Jadilah yang pertama");
    let digits = "/\\d/.test(root.querySelector('[part=poll]').textContent)";
    widget.sees(digits, false);
    let height = "Math.round(root.querySelector('.options').getBoundingClientRect().height)";
    let before = widget.finds(height);
    widget.reacts("happy").has_chosen(Some("happy"));
    widget
        .says("[part=responses]", "1 tanggapan")
        .says("[data-part=option-happy] [part=percent]", "100%");
    assert_eq!(widget.finds(height), before, "the first vote moves nothing");
}

#[test]
fn options_have_drawn_faces_or_emoji_as_the_site_says() {
    for (more, drawn) in [("", 5), ("faces = \"emoji\"", 0)] {
        let newsroom = newsroom(more);
        let page = page(&newsroom);
        let reader = Reader::new();
        let widget = reader.loads(&page);
        assert_eq!(
            widget.finds("root.querySelectorAll('svg[part=face]').length"),
            json!(drawn)
        );
        let emoji = "root.querySelector('[data-part=option-happy] [part=face]').textContent";
        widget.sees(
            emoji,
            if drawn == 5 {
                Value::from("")
            } else {
                Value::from("😊")
            },
        );
    }
}
