use jiff::Timestamp;
use yew::prelude::*;

/// A point in time, in UTC: `2015-11-17 09:41`.
pub(crate) fn minute(at: Timestamp) -> Html {
    let machine = at.strftime("%Y-%m-%dT%H:%MZ").to_string();
    html! { <time datetime={machine}>{ at.strftime("%Y-%m-%d %H:%M").to_string() }</time> }
}
