//! Text size and text spacing that a reader chooses.

use serde_json::json;

use crate::{
    locales::{
        boxes::{FAULTS, PICTURED, open, page},
        languages,
    },
    looks::take,
    page::Page,
    reader::Reader,
};

/// A browser that cannot read the tests' fonts draws the same box for each letter, and the other tests measure boxes.
#[test]
fn letters_differ_in_width() {
    let reader = Reader::new();
    let page = Page::with(
        "",
        "<main><p><span>iiii</span> <span>WWWW</span></p></main>",
    );
    reader.opens(&page);
    let differ =
        "new Set([...document.querySelectorAll('span')].map((one) => one.offsetWidth)).size";
    assert_eq!(reader.finds(differ), json!(2));
}

/// The text spacing that WCAG 1.4.12 allows readers to set on any page.
const APART: &str = "for (const host of document.querySelectorAll('gema-article')) {
    const style = document.createElement('style');
    style.textContent = '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }';
    host.shadowRoot.append(style);
}";

#[test]
fn every_language_fits_with_wide_text_spacing() {
    let newsroom = open();
    let all = languages();
    let page = page(&newsroom, "", &all);
    for width in [340, 1280] {
        let reader = Reader::with_width(width);
        reader.opens(&page);
        for lang in &all {
            reader
                .widget_at(&format!("gema-article[lang='{lang}']"))
                .is_shown();
        }
        let spaced = "getComputedStyle(document.querySelector('gema-article').shadowRoot.querySelector('[part=question]')).letterSpacing";
        let before = reader.finds(spaced);
        reader.runs(APART, &[]);
        assert_ne!(reader.finds(spaced), before);
        assert_eq!(reader.finds(FAULTS), json!({}), "at {width} px");
    }
}

#[test]
fn every_language_is_whole_with_letters_twice_as_large() {
    let newsroom = open();
    let all = languages();
    let page = page(&newsroom, "<style>html { font-size: 200% }</style>", &all);
    for width in [640, 1280] {
        let reader = Reader::with_width(width);
        reader.opens(&page);
        for lang in &all {
            reader
                .widget_at(&format!("gema-article[lang='{lang}']"))
                .is_shown();
        }
        assert_eq!(reader.finds(FAULTS), json!({}), "at {width} px");
    }
}

/// A window of 1280 by 1024 zoomed to 400% has 320 by 256 pixels left. Screenshots are kept.
#[test]
fn four_times_enlarged_nothing_is_lost_in_chromium() {
    let newsroom = open();
    let reader = Reader::new();
    // A desktop's scrollbar takes part of the width; screenshots are taken without one.
    let enlarge = |mobile: bool| {
        let size = json!({ "width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": mobile });
        reader.devtools("Emulation.setDeviceMetricsOverride", size);
    };
    for lang in PICTURED {
        enlarge(false);
        let widget = reader
            .opens(&page(&newsroom, "", &[lang.to_owned()]))
            .widget();
        widget
            .is_there()
            .clicks("[data-part=more]")
            .has_all_buttons();
        widget.reacts("happy").has_chosen(Some("happy"));
        assert_eq!(reader.finds(FAULTS), json!({}), "{lang}");
        enlarge(true);
        take(&reader, &format!("enlarged-{lang}"));
    }
}
