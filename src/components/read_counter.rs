use yew::prelude::*;

use super::Shown;
use crate::format::count;

/// "Di baca 841 kali".
pub(super) fn read_counter(Shown { view, state, format, .. }: &Shown<'_>) -> Html {
    html! { <p part="reads">{count(*format, &view.labels.reads, state.reads())}</p> }
}
