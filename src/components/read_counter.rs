use yew::prelude::*;

use super::{
    Shown,
    elements::{attribute, list, text},
};
use crate::{
    format::{count, language},
    text::join,
};

/// "Dibaca 841 kali", and the link to how that was counted.
pub(super) fn read_counter(shown: &Shown<'_>) -> Html {
    let Shown {
        view,
        state,
        format,
        ..
    } = shown;
    let method = view.method.as_deref().map(|name| method(shown, name));
    let reads = text(&count(*format, &view.labels.reads, state.reads()));
    html! { <p part="reads">{list(vec![reads, method.unwrap_or_default()])}</p> }
}

fn method(Shown { settings, view, .. }: &Shown<'_>, name: &str) -> Html {
    let href = join(&[
        &settings.endpoint,
        "v1/sites/",
        settings.site.as_str(),
        "/method.html?lang=",
        language(&view.locale),
    ]);
    html! { <a part="method" {href} title={attribute(name)} aria-label={attribute(name)}>{"?"}</a> }
}
