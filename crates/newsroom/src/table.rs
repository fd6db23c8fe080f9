use yew::prelude::*;

/// A table that scrolls within the page where it is too wide, also by the keyboard.
pub(crate) fn scrollable(label: &str, table: Html) -> Html {
    html! {
        <div class="wide" role="region" tabindex="0" aria-label={label.to_owned()}>{ table }</div>
    }
}
