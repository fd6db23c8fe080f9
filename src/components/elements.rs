//! What there is several times in the components: each `html!` is code of its own, so that they share
//! one.

use wire::{Dir, View};
use yew::prelude::*;

use crate::format::language;

/// A piece of text.
pub(super) fn span(part: &'static str, text: &str) -> Html {
    html! { <span part={part}>{text}</span> }
}

/// The same, where another text says it.
pub(super) fn silent(part: &'static str, text: &str) -> Html {
    html! { <span part={part} aria-hidden="true">{text}</span> }
}

/// A line of text.
pub(super) fn line(part: &'static str, text: &str) -> Html {
    html! { <p part={part}>{text}</p> }
}

/// A button that says by its name what it does, and how it stands.
pub(super) fn button(part: &'static str, name: &str, stands: Stands, inner: Html) -> Html {
    let expanded = match stands {
        Stands::Still => None,
        Stands::Expanded(expanded) => Some(says(expanded)),
    };
    html! {
        <button type="button" part={part} data-part={attribute(name)} aria-expanded={expanded}>
            {inner}
        </button>
    }
}

/// A button of the share bar or of its panel.
pub(super) fn press(name: &str, label: &str, stands: Stands) -> Html {
    button("share-button", name, stands, html! { {label} })
}

/// What a button is, beside what it does.
#[derive(Clone, Copy)]
pub(super) enum Stands {
    /// Nothing more.
    Still,
    /// Has opened something, or could.
    Expanded(bool),
}

/// What is there on a condition, and else an empty place: `html!` has an `if`, which is four times
/// the code.
pub(super) fn when(condition: bool, draw: impl FnOnce() -> Html) -> Html {
    if condition { draw() } else { Html::default() }
}

/// A text as an attribute has it.
pub(super) fn attribute(text: &str) -> AttrValue {
    AttrValue::Rc(text.into())
}

/// The language of the texts, as an attribute has it.
pub(super) fn lang(view: &View) -> AttrValue {
    attribute(language(&view.locale))
}

/// The direction of its script, as an attribute has it.
pub(super) fn dir(view: &View) -> &'static str {
    match view.dir {
        Dir::Ltr => "ltr",
        Dir::Rtl => "rtl",
    }
}

/// Yes or no, as an attribute has it.
pub(super) fn says(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
