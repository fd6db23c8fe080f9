use serde_json::{Value, json};

use crate::{
    engine::Engine,
    levels::HELD,
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page, element},
    reader::Reader,
    widget::Widget,
};

const TAB: char = '\u{e004}';
const SHIFT_KEY: char = '\u{e008}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

/// Presses Tab until a part has the focus.
fn tab_to(reader: &Reader, widget: &Widget<'_>, part: &str) {
    for _ in 0..40 {
        reader.presses(TAB);
        if widget.finds("root.activeElement?.dataset.part") == part {
            return;
        }
    }
    panic!("the tab key never reaches {part}");
}

/// A page with a focusable link before and after the widget.
fn between_links(newsroom: &Newsroom, head: &str) -> Page {
    let body = format!(
        "<a id=before href=#own>before</a>{}<a id=after href=#own>after</a>",
        element("")
    );
    Draft::default()
        .page("/", &(head.to_owned() + &newsroom.tag("async")), &body)
        .served()
}

/// The focused element, and whether the focus is visible: an outline of at least two pixels, at a distance. (WebKit
/// does not treat its driver's keys as keyboard input, so no focus is ever visible there, not even on the page's own
/// links.)
const STOP: &str = "((isTold) => {
    const outer = document.activeElement, one = outer.shadowRoot?.activeElement ?? outer;
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(one);
    const isSeen = !isTold || one.matches(':focus-visible') && (outer.id || outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2 && parseFloat(outlineOffset) >= 2);
    return `${outer.id || one.dataset.part || one.localName}${isSeen ? '' : ' without a mark'}`;
})";

/// The focus stops from the first link to the last one, and back.
fn stops(reader: &Reader) -> [Vec<Value>; 2] {
    let walk = |from: &str, to: &str, step: &dyn Fn()| {
        reader.runs(
            "document.getElementById(arguments[0]).focus()",
            &[json!(from)],
        );
        let next = || {
            step();
            reader.finds(&format!("{STOP}({})", Engine::current() != Engine::WebKit))
        };
        std::iter::repeat_with(next)
            .take(40)
            .take_while(|stop| stop != to)
            .collect::<Vec<_>>()
    };
    let there = walk("before", "after", &|| _ = reader.presses(TAB));
    let mut back = walk("after", "before", &|| {
        _ = reader.presses_with(SHIFT_KEY, TAB)
    });
    back.reverse();
    [there, back]
}

/// Everything that can be pressed, in reading order.
const PRESSABLE: &str = "[...root.querySelectorAll('a, button, input')].filter((one) => one.checkVisibility()).map((one) => one.dataset.part ?? one.localName)";

#[test]
fn the_tab_key_visits_everything_visibly_in_both_directions() {
    for width in [360, 1100] {
        let newsroom = Newsroom::open();
        let page = between_links(&newsroom, HELD);
        let reader = Reader::with_width(width);
        let widget = reader.opens(&page).widget();
        let stops_at_all = |what: &str| {
            let all = widget.finds(PRESSABLE);
            assert!(all.as_array().is_some_and(|all| all.len() >= 10), "{all}");
            assert_eq!(
                json!(stops(&reader)),
                json!([all, all]),
                "{what}, at {width} px"
            );
        };
        widget.stands("fragment");
        stops_at_all("as the endpoint draws it");
        reader.runs("release()", &[]);
        widget.is_there();
        stops_at_all("fresh");
        if width < 600 {
            tab_to(&reader, &widget, "more");
            reader.presses(ENTER);
            widget.has_all_buttons();
            stops_at_all("with all buttons");
        }
        tab_to(&reader, &widget, "mastodon");
        reader.presses(ENTER);
        widget.sees("root.activeElement?.localName", "input");
        stops_at_all("with the panel");
    }
}

#[test]
fn tab_and_enter_react_and_the_focus_stays_where_it_is() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    tab_to(&reader, &widget, "option-inspired");
    reader.presses(ENTER);
    widget
        .counts(&[("inspired", 1)])
        .sees("root.activeElement.dataset.part", "option-inspired");
    newsroom.has_reactions(ARTICLE, &[("inspired", 1)]);
    reader.presses(TAB).presses(' ');
    widget
        .counts(&[("surprised", 1)])
        .sees("root.activeElement.dataset.part", "option-surprised");
    newsroom.has_reactions(ARTICLE, &[("surprised", 1)]);
    reader.presses(' ');
    widget
        .counts(&[])
        .has_chosen(None)
        .sees("root.activeElement.dataset.part", "option-surprised");
    newsroom.has_reactions(ARTICLE, &[]);
}

#[test]
fn as_the_endpoint_draws_it_keys_react_as_well() {
    let newsroom = Newsroom::open();
    let page = between_links(&newsroom, HELD);
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("fragment");
    tab_to(&reader, &widget, "option-happy");
    reader.presses(' ');
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget
        .counts(&[("happy", 1)])
        .sees("root.activeElement?.dataset.part", "option-happy");
    reader.presses(TAB).presses(ENTER);
    newsroom.has_reactions(ARTICLE, &[("inspired", 1)]);
    widget
        .counts(&[("inspired", 1)])
        .sees("root.activeElement?.dataset.part", "option-inspired");
}

#[test]
fn the_noscript_frame_works_by_keyboard_in_chromium() {
    let newsroom = Newsroom::open();
    let rini = Reader::without_javascript();
    rini.goes_to(&newsroom.url(&format!(
        "/v1/sites/{SITE}/widget.html?frame=1&article=a&lang=id&share=off"
    )));
    rini.reads("[part=responses]", "Jadilah yang pertama")
        .presses(TAB)
        .presses(TAB)
        .presses(ENTER);
    newsroom.has_reactions("a", &[("inspired", 1)]);
    rini.has_attribute("[aria-pressed=true]", "data-part", Some("option-inspired"));
}

#[test]
fn escape_closes_a_panel_and_returns_the_focus() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    for (part, inside) in [
        ("qr", "root.querySelector('[part=panel] img')"),
        ("mastodon", "root.querySelector('[part=panel] input')"),
    ] {
        tab_to(&reader, &widget, part);
        reader.presses(ENTER);
        widget.sees(&format!("!!{inside}"), true).sees(
            &format!("root.querySelector('[data-part={part}]').ariaExpanded"),
            "true",
        );
        reader.presses(ESCAPE);
        widget
            .sees("root.querySelector('[part=panel]')", Value::Null)
            .sees("root.activeElement?.dataset.part", part);
        // The panel's own close button works too.
        reader.presses(' ');
        widget.sees(&format!("!!{inside}"), true);
        tab_to(&reader, &widget, "close");
        reader.presses(' ');
        widget
            .sees("root.querySelector('[part=panel]')", Value::Null)
            .sees("root.activeElement?.dataset.part", part);
    }
}

#[test]
fn more_leads_to_what_it_has_brought_and_escape_leads_back() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::with_width(360);
    let widget = reader.loads(&page);
    let shown = "[...root.querySelectorAll('[part=share] ul [part=share-button]')].filter((one) => one.checkVisibility()).map((one) => one.dataset.part)";
    let few = widget.finds(shown);
    tab_to(&reader, &widget, "more");
    reader.presses(ENTER);
    // The first button that was not visible before.
    let first = format!("{shown}.find((name) => !{few}.includes(name))");
    widget.sees(
        &format!("!!{first} && root.activeElement?.dataset.part === {first}"),
        true,
    );
    // Escape closes the panel and returns the focus to the button that opened it.
    tab_to(&reader, &widget, "qr");
    reader.presses(ENTER);
    widget.sees("!!root.querySelector('[part=panel] img')", true);
    reader.presses(ESCAPE);
    widget
        .sees("root.querySelector('[part=panel]')", Value::Null)
        .sees("root.activeElement?.dataset.part", "qr");
    reader.presses(ESCAPE);
    widget
        .sees(shown, few.clone())
        .sees("root.activeElement?.dataset.part", "more");
    // Each press of the button moves the focus a moment later. Not faster than that: the move of this Escape would be
    // taken for that of the next press.
    reader.awaits("new Promise((done) => setTimeout(done, 100))");
    // Pressing the button again closes it. It is one step back. Tab does not lead there in every browser: past the end of
    // the page, Firefox goes on to its own controls, where headless Chromium and WebKit begin the page again.
    reader.presses(ENTER);
    widget.has_all_buttons();
    reader.presses_with(SHIFT_KEY, TAB);
    widget.sees("root.activeElement?.dataset.part", "more");
    reader.presses(ENTER);
    widget
        .sees(shown, few)
        .says("[data-part=more]", "Lainnya")
        .sees("root.activeElement?.dataset.part", "more");
}

#[test]
fn a_mastodon_share_works_by_keyboard() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    tab_to(&reader, &widget, "mastodon");
    reader.presses(ENTER);
    widget.sees("root.activeElement?.localName", "input");
    reader.types("bukan server").presses(TAB).presses(' ');
    // The text field has the reader's own text, selected, and its error.
    widget
        .sees("root.activeElement?.localName", "input")
        .sees("root.activeElement.ariaInvalid", "true");
    widget.sees(
        "root.activeElement.selectionEnd - root.activeElement.selectionStart",
        "bukan server".len(),
    );
    widget
        .sees("root.getElementById(root.activeElement.getAttribute('aria-describedby')).textContent.length > 0", true);
    reader.types("mastodon.example").presses(ENTER);
    reader.has_tab("https://mastodon.example/share?text=");
    // Back in this tab, the reader stands at the button that opened the panel, and goes on from there.
    widget
        .sees("root.querySelector('[part=panel]')", Value::Null)
        .sees("root.activeElement?.dataset.part", "mastodon");
    reader.presses(TAB);
    widget.sees("root.activeElement?.dataset.part", "linkedin");
}

#[test]
fn a_link_to_copy_by_hand_is_selected_and_escape_returns() {
    let newsroom = Newsroom::open();
    let denied = "<script>navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));</script>";
    let page = between_links(&newsroom, denied);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    tab_to(&reader, &widget, "copy");
    reader.presses(ENTER);
    widget.sees("root.activeElement?.value", page.url("/"));
    widget.sees(
        "root.activeElement.selectionEnd - root.activeElement.selectionStart",
        page.url("/").len(),
    );
    reader.presses(ESCAPE);
    widget
        .sees("root.querySelector('[part=panel]')", Value::Null)
        .sees("root.activeElement?.dataset.part", "copy");
}
