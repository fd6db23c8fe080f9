use yew::prelude::*;

use super::{Shown, poll::held_up};
use crate::{
    state::{Panel, Said},
    text::fill,
};

/// What a screen reader says about the reader's own action, and then about what became of it: there from
/// the start, since a live region must be known before it changes. Nothing else ever speaks.
pub(super) fn notice(shown: &Shown<'_>) -> Html {
    let Shown { view, state, .. } = shown;
    let labels = &view.labels;
    let said = match &state.said {
        _ if state.panel == Some(Panel::QrFailed) => labels.qr_failed.clone(),
        _ if state.panel == Some(Panel::QrTooLong) => labels.qr_too_long.clone(),
        None => String::new(),
        Some(Said::Copied) => labels.copied.clone(),
        Some(_) if !held_up(shown).is_empty() => held_up(shown).to_owned(),
        Some(Said::TakenBack) => labels.taken_back.clone(),
        Some(Said::Chosen(reaction)) => {
            let choice = view.reactions.iter().find(|choice| choice.key == *reaction);
            fill(&labels.chosen, &[("option", choice.map_or("", |choice| &choice.label))])
        }
    };
    html! { <p class="said" role="status">{&*said}</p> }
}
