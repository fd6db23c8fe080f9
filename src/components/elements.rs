//! Elements that components share: each `html!` compiles to code of its own.

use wire::{Dir, View};
use yew::{prelude::*, virtual_dom::VList};

use super::Shown;
use crate::{format::language, intent::Intent};

/// A piece of text.
pub(super) fn span(part: &'static str, text: &str) -> Html {
    html! { <span part={part}>{text}</span> }
}

/// A text that screen readers skip, because another one contains it.
pub(super) fn silent(part: &'static str, text: &str) -> Html {
    html! { <span part={part} aria-hidden="true">{text}</span> }
}

/// A text between elements.
pub(super) fn text(text: &str) -> Html {
    html! { {text} }
}

/// Nodes side by side. Between tags, `html!` would make a list of each expression, which takes more code.
pub(super) fn list(nodes: Vec<Html>) -> Html {
    VList::with_children(nodes, None).into()
}

/// A line of text.
pub(super) fn line(part: &'static str, text: &str) -> Html {
    html! { <p part={part}>{text}</p> }
}

/// A part with a language and direction of its own.
pub(super) fn section(part: &'static str, view: &View, nodes: Vec<Html>) -> Html {
    html! { <div {part} lang={lang(view)} dir={dir(view)}>{list(nodes)}</div> }
}

/// A button of the share bar or of its panel; `name` is its `data-part`.
pub(super) fn button(
    shown: &Shown<'_>,
    name: &str,
    stands: Stands,
    intent: Intent,
    inner: Html,
) -> Html {
    let expanded = match stands {
        Stands::Still => None,
        Stands::Expanded(expanded) => Some(says(expanded)),
    };
    html! {
        <button type="button" part="share-button" data-part={attribute(name)} aria-expanded={expanded}
            onclick={on_press(shown, intent)}>
            {inner}
        </button>
    }
}

/// A button of the panel, with its name.
pub(super) fn press(shown: &Shown<'_>, name: &str, label: &str, intent: Intent) -> Html {
    button(shown, name, Stands::Still, intent, text(label))
}

/// The listener of a press with that intent.
pub(super) fn on_press(shown: &Shown<'_>, intent: Intent) -> Callback<MouseEvent> {
    shown.on_intent.reform(move |_| intent.clone())
}

/// The state of a button for assistive technology.
#[derive(Clone, Copy)]
pub(super) enum Stands {
    /// It has none.
    Still,
    /// It opens a part of the widget: whether that is open.
    Expanded(bool),
}

/// Draws on a condition. The `if` of `html!` compiles to four times the code.
pub(super) fn when(condition: bool, draw: impl FnOnce() -> Html) -> Html {
    if condition { draw() } else { Html::default() }
}

/// A text as an attribute's value.
pub(super) fn attribute(text: &str) -> AttrValue {
    AttrValue::Rc(text.into())
}

/// The `lang` of the texts.
pub(super) fn lang(view: &View) -> AttrValue {
    attribute(language(&view.locale))
}

/// The `dir` of the texts.
pub(super) fn dir(view: &View) -> &'static str {
    match view.dir {
        Dir::Ltr => "ltr",
        Dir::Rtl => "rtl",
    }
}

/// A boolean as the value of an ARIA attribute.
pub(super) fn says(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
