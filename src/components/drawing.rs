use yew::prelude::*;

use super::elements::{attribute, list};

/// A picture of paths, each with a colour of its own or that of the style sheet. It is decorative: a text beside it says what it means.
pub(super) fn drawing(
    part: &'static str,
    view_box: &'static str,
    paths: &[(&str, Option<&str>)],
) -> Html {
    let mut drawn = Vec::new();
    for (path, fill) in paths {
        drawn.push(html! { <path d={attribute(path)} fill={fill.map(attribute)} /> });
    }
    html! { <svg {part} viewBox={view_box} aria-hidden="true">{list(drawn)}</svg> }
}
