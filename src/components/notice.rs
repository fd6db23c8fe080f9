use yew::prelude::*;

use super::Shown;
use crate::{state::Said, text::fill};

/// What a screen reader says about the reader's own action: there from the start, since a live
/// region must be known before it changes. Nothing else ever speaks.
pub(super) fn notice(Shown { view, state, .. }: &Shown<'_>) -> Html {
    let labels = &view.labels;
    let said = match &state.said {
        None => String::new(),
        Some(Said::TakenBack) => labels.taken_back.clone(),
        Some(Said::Copied) => labels.copied.clone(),
        Some(Said::Chosen(reaction)) => {
            let choice = view.reactions.iter().find(|choice| choice.key == *reaction);
            fill(&labels.chosen, &[("option", choice.map_or("", |choice| &choice.label))])
        }
    };
    html! { <p class="said" role="status">{&*said}</p> }
}
