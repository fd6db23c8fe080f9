use yew::prelude::*;

use super::Shown;

/// "Di baca 841 kali".
#[component]
pub fn ReadCounter(Shown { view, state, format, .. }: &Shown) -> Html {
    html! { <p class="reads" part="reads">{format.count(&view.labels.reads, state.reads())}</p> }
}
