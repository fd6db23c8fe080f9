use yew::prelude::*;

use super::{
    Shown,
    elements::{Stands, attribute, press, says},
};
use crate::state::Panel;

/// What a button of the share bar has opened below it: the QR code, the field for a Mastodon
/// instance, or the address to copy by hand.
pub(super) fn share_panel(shown: &Shown<'_>) -> Html {
    let Shown {
        settings,
        view,
        state,
        ..
    } = shown;
    let labels = &view.labels;
    let inner = match state.panel {
        None => return Html::default(),
        Some(Panel::Qr) => html! {
            // As large as the code needs: its SVG says so.
            <figure>
                <img src={settings.qr()} alt={attribute(&labels.qr)} />
                <figcaption aria-hidden="true">{&*labels.qr}</figcaption>
            </figure>
        },
        Some(Panel::QrFailed) => sentence(&labels.qr_failed),
        Some(Panel::QrTooLong) => sentence(&labels.qr_too_long),
        Some(Panel::CopyByHand) => html! {
            <label>{&*labels.copy_by_hand}<input readonly=true data-focus="" value={attribute(&settings.page.url)} /></label>
        },
        Some(panel @ (Panel::Mastodon | Panel::MastodonInvalid)) => {
            let invalid = panel == Panel::MastodonInvalid;
            html! {
                <>
                    <label>{&*labels.instance}
                        <input inputmode="url" autocapitalize="none" autocomplete="off" spellcheck="false"
                            placeholder="mastodon.social" data-focus="" data-value={attribute(&state.instance)}
                            aria-invalid={says(invalid)} aria-describedby="instance" />
                    </label>
                    <p id="instance" part="notice">{if invalid { &*labels.instance_invalid } else { "" }}</p>
                    {press("go", &labels.instance_go, Stands::Still)}
                </>
            }
        }
    };
    html! {
        <div part="panel">
            {inner}
            {press("close", &labels.close, Stands::Still)}
        </div>
    }
}

fn sentence(text: &str) -> Html {
    html! { <p>{text}</p> }
}
