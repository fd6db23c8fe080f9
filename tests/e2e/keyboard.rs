use serde_json::Value;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Page,
    reader::Reader,
    widget::Widget,
};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

/// Tabs on until a part has the focus.
fn tab_to(reader: &Reader, widget: &Widget<'_>, part: &str) {
    for _ in 0..40 {
        reader.presses(TAB);
        if widget.finds("root.activeElement?.dataset.part") == part {
            return;
        }
    }
    panic!("the tab key never reaches {part}");
}

#[test]
fn tab_and_enter_react_and_the_focus_stays_where_it_is() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.is_there();
    tab_to(&reader, &widget, "option-inspired");
    reader.presses(ENTER);
    widget.counts(&[("inspired", 1)]).sees("root.activeElement.dataset.part", "option-inspired");
    newsroom.has_reactions(ARTICLE, &[("inspired", 1)]);
    reader.presses(' ');
    widget.counts(&[]).has_chosen(None);
    newsroom.has_reactions(ARTICLE, &[]);
}

#[test]
fn escape_closes_what_a_button_has_opened_and_gives_the_focus_back() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.is_there();
    for (part, inside) in
        [("qr", "root.querySelector('[part=panel] img')"), ("mastodon", "root.querySelector('[part=panel] input')")]
    {
        tab_to(&reader, &widget, part);
        reader.presses(ENTER);
        widget
            .sees(&format!("!!{inside}"), true)
            .sees(&format!("root.querySelector('[data-part={part}]').ariaExpanded"), "true");
        reader.presses(ESCAPE);
        widget.sees("root.querySelector('[part=panel]')", Value::Null).sees("root.activeElement?.dataset.part", part);
    }
}
