use wire::{Button, ButtonKind, Network};
use yew::prelude::*;

use super::{Intent, Shown, share_panel::share_panel};
use crate::{
    share,
    state::{Panel, Said},
};

/// "Bagikan berita ke :" and the buttons; on a narrow page the style sheet shows the first few, and
/// the rest while "more" is open.
pub(super) fn share_bar(shown: &Shown<'_>) -> Html {
    let Shown { view, state, device, .. } = shown;
    let more = state.panel == Some(Panel::More);
    let copied = state.said == Some(Said::Copied);
    html! {
        <div part="share" role="group" aria-labelledby="share">
            <span id="share" part="share-label">{&view.labels.share}{" :"}</span>
            <ul role="list" data-open={more.to_string()}>
                for button in &view.networks {
                    if button.kind != ButtonKind::Native || device.share_sheet {
                        <li>{share_button(shown, button)}</li>
                    }
                }
                <li class="more">{toggle(shown, "more", &view.labels.more, Panel::More, None)}</li>
            </ul>
            if copied { <p part="notice" aria-hidden="true">{&view.labels.copied}</p> }
            {share_panel(shown)}
        </div>
    }
}

fn share_button(shown: &Shown<'_>, button: &Button) -> Html {
    let Shown { settings, view, device, .. } = shown;
    let (name, label, network) = (button.key.as_str(), &*button.label, button.key.clone());
    match button.kind {
        ButtonKind::Native => press(shown, name, label, None, Intent::ShareSheet(network)),
        ButtonKind::Copy => press(shown, name, label, None, Intent::Copy(network)),
        ButtonKind::Qr => toggle(shown, name, label, Panel::Qr, Some(network)),
        ButtonKind::Mastodon => toggle(shown, name, label, Panel::Mastodon, None),
        ButtonKind::Link => {
            let href = share::address(button, &settings.page, device.phone, "");
            let onclick = shown.click(Intent::Follow(network));
            html! {
                <a part="share-button" data-part={name.to_owned()} {href} target="_blank" rel="noopener noreferrer" {onclick}>
                    {label}<span class="said">{" "}{&view.labels.new_tab}</span>
                </a>
            }
        }
    }
}

/// A button that opens and closes a panel. `network` is given where opening counts as a share.
fn toggle(shown: &Shown<'_>, name: &str, label: &str, panel: Panel, network: Option<Network>) -> Html {
    let open = shown.state.panel.map(Panel::opener) == Some(panel);
    press(shown, name, label, Some(open.to_string()), Intent::Toggle(panel, network))
}

fn press(shown: &Shown<'_>, name: &str, label: &str, expanded: Option<String>, intent: Intent) -> Html {
    let onclick = shown.click(intent);
    html! {
        <button type="button" part="share-button" data-part={name.to_owned()} aria-expanded={expanded} {onclick}>
            {label}
        </button>
    }
}
