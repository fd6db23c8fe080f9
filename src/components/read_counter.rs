use yew::prelude::*;

use super::{Shown, elements::line};
use crate::format::count;

/// "Dibaca 841 kali".
pub(super) fn read_counter(
    Shown {
        view,
        state,
        format,
        ..
    }: &Shown<'_>,
) -> Html {
    line("reads", &count(*format, &view.labels.reads, state.reads()))
}
