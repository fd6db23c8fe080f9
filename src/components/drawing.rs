use yew::prelude::*;

use super::elements::{attribute, list};

/// A decorative picture of paths, each with its own colour or that of the style sheet. A text beside it has its meaning.
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
