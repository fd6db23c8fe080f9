use yew::prelude::*;

use super::{
    Shown,
    elements::{attribute, list, press, says, text},
};
use crate::{intent::Intent, state::Panel};

/// The open panel below the share bar: the QR code, the field for a Mastodon instance, or the address to copy by hand.
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
        Some(Panel::Qr) => {
            // Without a size: the code's SVG has one.
            let image = html! {
                <img src={settings.qr()} alt={attribute(&labels.qr)} onload={saw_qr(shown, true)} onerror={saw_qr(shown, false)} />
            };
            let caption = html! { <figcaption aria-hidden="true">{&*labels.qr}</figcaption> };
            html! { <figure>{list(vec![image, caption])}</figure> }
        }
        Some(panel @ (Panel::QrFailed | Panel::QrTooLong)) => {
            let error = if panel == Panel::QrFailed {
                &labels.qr_failed
            } else {
                &labels.qr_too_long
            };
            html! { <p>{&**error}</p> }
        }
        Some(Panel::CopyByHand) => {
            let field = html! { <input readonly=true data-focus="" value={attribute(&settings.page.url)} /> };
            html! { <label>{list(vec![text(&labels.copy_by_hand), field])}</label> }
        }
        Some(panel @ (Panel::Mastodon | Panel::MastodonInvalid)) => {
            let invalid = panel == Panel::MastodonInvalid;
            let on_intent = shown.on_intent.clone();
            let onkeydown = move |event: KeyboardEvent| {
                if event.key() == "Enter" {
                    event.prevent_default();
                    // The focus is in the field already, so screen readers announce the error alone.
                    on_intent.emit(Intent::VisitInstance { in_field: true });
                }
            };
            let visit = Intent::VisitInstance { in_field: false };
            let field = html! {
                <input inputmode="url" autocapitalize="none" autocomplete="off" spellcheck="false"
                    placeholder="mastodon.social" data-focus="" data-value={attribute(&state.instance)}
                    aria-invalid={says(invalid)} aria-describedby="instance" {onkeydown} />
            };
            let error = if invalid {
                &*labels.instance_invalid
            } else {
                ""
            };
            list(vec![
                html! { <label>{list(vec![text(&labels.instance), field])}</label> },
                html! { <p id="instance" part="notice">{error}</p> },
                press(shown, "go", &labels.instance_go, visit),
            ])
        }
    };
    let close = press(shown, "close", &labels.close, Intent::Close);
    html! { <div part="panel">{list(vec![inner, close])}</div> }
}

fn saw_qr(shown: &Shown<'_>, is_there: bool) -> Callback<Event> {
    shown.on_intent.reform(move |_| Intent::SawQr(is_there))
}
