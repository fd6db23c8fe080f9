use yew::prelude::*;

use super::elements::attribute;

/// A picture of paths, each with a colour of its own or that of the style sheet. It is decorative: a text beside it says what it means.
pub(super) fn drawing(
    part: &'static str,
    view_box: &'static str,
    paths: &[(&str, Option<&str>)],
) -> Html {
    html! {
        <svg {part} viewBox={view_box} aria-hidden="true">
            for (path, fill) in paths {
                <path d={attribute(path)} fill={fill.map(attribute)} />
            }
        </svg>
    }
}
