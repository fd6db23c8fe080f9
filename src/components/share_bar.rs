use wire::{Button, ButtonKind};
use yew::prelude::*;

use super::{
    Shown,
    elements::{Stands, attribute, button, says, when},
    share_panel::share_panel,
};
use crate::{
    share,
    state::{Panel, Said},
};

/// "Bagikan berita ke :" and the buttons; on a narrow page the style sheet shows the first few, and
/// the rest while "more" is open.
pub(super) fn share_bar(shown: &Shown<'_>) -> Html {
    let Shown { view, state, device, .. } = shown;
    let copied = state.said == Some(Said::Copied);
    // Its name says what a press does. With `aria-expanded` beside it, one would be told that "close" is expanded.
    let more = if state.more { &view.labels.close } else { &view.labels.more };
    html! {
        <div part="share" role="group" aria-labelledby="share">
            <span id="share" part="share-label">{&*view.labels.share}</span>
            <ul role="list" data-open={says(state.more)}>
                for button in &view.networks {
                    // Known only in the browser: a place that is there, so that the others are the same everywhere.
                    <li hidden={button.kind == ButtonKind::Native && !device.share_sheet}>{share_button(shown, button)}</li>
                }
                <li class="more">{press("more", more, Stands::Still)}</li>
            </ul>
            {when(copied, || html! { <p part="notice" aria-hidden="true">{&*view.labels.copied}</p> })}
            {share_panel(shown)}
        </div>
    }
}

fn share_button(shown: &Shown<'_>, button: &Button) -> Html {
    let Shown { settings, view, device, format, .. } = shown;
    let (name, label) = (button.key.as_str(), &*button.label);
    match button.kind {
        ButtonKind::Native | ButtonKind::Copy => press(name, label, Stands::Still),
        ButtonKind::Qr => toggle(shown, name, label, Panel::Qr),
        ButtonKind::Mastodon => toggle(shown, name, label, Panel::Mastodon),
        ButtonKind::Link => {
            let href = share::address(button, &settings.page, device.phone, "", *format);
            html! {
                <a part="share-button" data-part={attribute(name)} {href} target="_blank" rel="noopener noreferrer">
                    {label}<span class="said">{" "}{&*view.labels.new_tab}</span>
                </a>
            }
        }
    }
}

/// A button that opens and closes a panel.
fn toggle(shown: &Shown<'_>, name: &str, label: &str, panel: Panel) -> Html {
    let open = shown.state.panel.map(Panel::opener) == Some(panel);
    press(name, label, Stands::Expanded(open))
}

/// A button of the share bar or of its panel.
pub(super) fn press(name: &str, label: &str, stands: Stands) -> Html {
    button("share-button", name, stands, html! { {label} })
}
