use wire::{Button, ButtonKind};
use yew::prelude::*;

use super::{
    Shown,
    elements::{Stands, attribute, press, says, when},
    share_panel::share_panel,
};
use crate::{
    share,
    state::{Panel, Said},
    text::join,
};

/// "Bagikan berita ke :" and the buttons; on a narrow page the style sheet shows the first few, and
/// the rest while "more" is open.
pub(super) fn share_bar(shown: &Shown<'_>) -> Html {
    let Shown {
        view,
        state,
        device,
        ..
    } = shown;
    let copied = state.said == Some(Said::Copied);
    // The list has the name, for who comes into it by the tab key, and not a group: that would be read twice.
    html! {
        <div part="share">
            <span id="share" part="share-label">{&*view.labels.share}</span>
            <ul role="list" aria-labelledby="share" data-open={says(state.more)}>
                for button in &view.networks {
                    // Known only in the browser: a place that is there, so that the others are the same everywhere.
                    <li hidden={button.kind == ButtonKind::Native && !device.share_sheet}>{share_button(shown, button)}</li>
                }
                <li class="more">{press("more", &view.labels.more, Stands::Expanded(state.more))}</li>
            </ul>
            {when(copied, || html! { <p part="notice" aria-hidden="true">{&*view.labels.copied}</p> })}
            {share_panel(shown)}
        </div>
    }
}

fn share_button(shown: &Shown<'_>, button: &Button) -> Html {
    let Shown {
        settings,
        view,
        device,
        format,
        ..
    } = shown;
    let (name, label) = (button.key.as_str(), &*button.label);
    match button.kind {
        ButtonKind::Native | ButtonKind::Copy => press(name, label, Stands::Still),
        ButtonKind::Qr => toggle(shown, name, label, Panel::Qr),
        ButtonKind::Mastodon => toggle(shown, name, label, Panel::Mastodon),
        ButtonKind::Link => {
            let href = share::address(button, &settings.page, device.phone, "", *format);
            // A mail program opens no tab.
            let opens = !href
                .as_ref()
                .is_some_and(|href| href.starts_with("mailto:"));
            // In the link's name: screen readers stop at hidden text as at a link of its own.
            let name_and_tab = opens.then(|| join(&[label, " ", &view.labels.new_tab]));
            html! {
                <a part="share-button" data-part={attribute(name)} {href} target={opens.then_some("_blank")}
                    rel="noopener noreferrer" aria-label={name_and_tab}>
                    {label}
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
