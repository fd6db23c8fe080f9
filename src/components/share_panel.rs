use wire::ButtonKind;
use yew::prelude::*;

use super::{Intent, Shown};
use crate::state::Panel;

/// What a button of the share bar has opened below it: the QR code, the field for a Mastodon
/// instance, or the address to copy by hand.
pub(super) fn share_panel(shown: &Shown<'_>) -> Html {
    let Shown { settings, view, state, on, .. } = shown;
    let labels = &view.labels;
    let inner = match state.panel {
        None | Some(Panel::More) => return Html::default(),
        Some(Panel::Qr) => {
            let onerror = on.reform(|_: Event| Intent::Toggle(Panel::QrFailed, None));
            html! {
                <figure>
                    <img src={settings.qr()} alt={labels.qr.clone()} width="200" height="200" {onerror} />
                    <figcaption>{&labels.qr}</figcaption>
                </figure>
            }
        }
        Some(Panel::QrFailed) => html! { <p>{&labels.qr_failed}</p> },
        Some(Panel::CopyByHand) => html! {
            <label>{&labels.copy_by_hand}<input readonly=true data-focus="" value={settings.page.url.clone()} /></label>
        },
        Some(panel @ (Panel::Mastodon | Panel::MastodonInvalid)) => {
            let place = view.networks.iter().position(|button| button.kind == ButtonKind::Mastodon).unwrap_or_default();
            let onsubmit = on.reform(move |event: SubmitEvent| {
                event.prevent_default();
                Intent::VisitInstance(place)
            });
            let invalid = panel == Panel::MastodonInvalid;
            html! {
                <form {onsubmit}>
                    <label>{&labels.instance}
                        <input name="instance" inputmode="url" autocapitalize="none" autocomplete="off" spellcheck="false"
                            placeholder="mastodon.social" data-focus="" value={state.instance.clone()}
                            aria-invalid={invalid.to_string()} aria-describedby="instance-invalid" />
                    </label>
                    <button type="submit">{&labels.instance_go}</button>
                    <p id="instance-invalid" class="notice" role="status">{if invalid { &labels.instance_invalid } else { "" }}</p>
                </form>
            }
        }
    };
    let close = shown.click(Intent::Close);
    html! {
        <div class="panel" part="panel">
            {inner}
            <button type="button" class="close" data-part="close" onclick={close}>{&labels.close}</button>
        </div>
    }
}
