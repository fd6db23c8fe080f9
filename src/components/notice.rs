use wire::Labels;
use yew::prelude::*;

use super::{Shown, poll::held_up};
use crate::{
    state::{Panel, Said},
    text::{fill, join},
};

/// The live region: announces the reader's action, and then its result. It is rendered from the start, because screen
/// readers announce changes only of a region that they already know. There is no other live region.
pub(super) fn notice(shown: &Shown<'_>) -> Html {
    let Shown { view, state, .. } = shown;
    let labels = &view.labels;
    let said = match &state.said {
        None | Some(Said::Nothing) => String::new(),
        Some(_) if !shown.announces => String::new(),
        Some(Said::Panel(panel)) => of_panel(labels, *panel).to_owned(),
        Some(Said::Copied) => labels.copied.clone(),
        Some(_) if !held_up(shown).is_empty() => held_up(shown).to_owned(),
        Some(Said::TakenBack) => labels.taken_back.clone(),
        Some(Said::Chosen(reaction)) => {
            let choice = view.reactions.iter().find(|choice| choice.key == *reaction);
            fill(
                &labels.chosen,
                &[("option", choice.map_or("", |choice| &choice.label))],
            )
        }
    };
    // Screen readers do not announce a text that equals the previous one.
    let said = if state.again {
        join(&[&said, "\u{a0}"])
    } else {
        said
    };
    // Not `role="status"`: Orca's cursor stops at an empty one.
    html! { <p class="said" aria-live="polite" aria-atomic="true">{&*said}</p> }
}

fn of_panel(labels: &Labels, panel: Panel) -> &str {
    match panel {
        Panel::Qr => &labels.qr,
        Panel::QrFailed => &labels.qr_failed,
        Panel::QrTooLong => &labels.qr_too_long,
        Panel::MastodonInvalid => &labels.instance_invalid,
        // The focus moves into these panels, so screen readers announce them.
        Panel::Mastodon | Panel::CopyByHand => "",
    }
}
