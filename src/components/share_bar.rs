use wire::{Button, ButtonKind};
use yew::prelude::*;

use super::{Intent, Shown, share_panel::share_panel};
use crate::{
    share,
    state::{Panel, Said},
};

/// "Bagikan berita ke :" and the buttons; on a narrow page the style sheet shows the first few, and
/// the rest while "more" is open.
pub(super) fn share_bar(shown: &Shown<'_>) -> Html {
    let Shown { view, state, device, on, .. } = shown;
    let buttons = view.networks.iter().enumerate();
    let buttons = buttons.filter(|(_, button)| button.kind != ButtonKind::Native || device.share_sheet);
    let more = state.panel == Some(Panel::More);
    let copied = state.said == Some(Said::Copied);
    let close = (*on).clone();
    let onkeydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close.emit(Intent::Close);
        }
    };
    html! {
        <div class="share" part="share" role="group" aria-labelledby="share" {onkeydown}>
            <span class="share-label" id="share" part="share-label">{&view.labels.share}{" :"}</span>
            <ul class="networks" role="list" data-open={more.to_string()}>
                { for buttons.map(|(place, button)| html! {
                    <li key={button.key.as_str()}>{share_button(shown, place, button)}</li>
                }) }
                <li key="more" class="more">{toggle(shown, "more", &view.labels.more, Panel::More, None)}</li>
            </ul>
            if copied { <p class="notice" aria-hidden="true">{&view.labels.copied}</p> }
            {share_panel(shown)}
        </div>
    }
}

fn share_button(shown: &Shown<'_>, place: usize, button: &Button) -> Html {
    let Shown { settings, view, device, on, .. } = shown;
    let name = button.key.as_str();
    let press = |intent: Intent| {
        let onclick = shown.click(intent);
        html! { <button type="button" class="network" part="share-button" data-part={name.to_owned()} {onclick}>{&button.label}</button> }
    };
    match button.kind {
        ButtonKind::Native => press(Intent::ShareSheet(place)),
        ButtonKind::Copy => press(Intent::Copy(place)),
        ButtonKind::Qr => toggle(shown, name, &button.label, Panel::Qr, Some(place)),
        ButtonKind::Mastodon => toggle(shown, name, &button.label, Panel::Mastodon, None),
        ButtonKind::Link => {
            let href = share::address(button, &settings.page, device.phone, "");
            let follow = shown.click(Intent::Follow(place));
            // A middle click opens the link too, and is no `click`.
            let middle = (*on).clone();
            let onauxclick = move |event: MouseEvent| {
                if event.button() == 1 {
                    middle.emit(Intent::Follow(place));
                }
            };
            html! {
                <a class="network" part="share-button" data-part={name.to_owned()} {href} target="_blank"
                    rel="noopener noreferrer" onclick={follow} {onauxclick}>
                    {&button.label}<span class="said">{" "}{&view.labels.new_tab}</span>
                </a>
            }
        }
    }
}

/// A button that opens and closes a panel. `place` is given where opening counts as a share.
fn toggle(shown: &Shown<'_>, name: &str, label: &str, panel: Panel, place: Option<usize>) -> Html {
    let open = shown.state.panel.map(Panel::opener) == Some(panel);
    let onclick = shown.click(Intent::Toggle(panel, place));
    html! {
        <button type="button" class="network" part="share-button" data-part={name.to_owned()}
            aria-expanded={open.to_string()} {onclick}>{label}</button>
    }
}
