use wire::{Button, ButtonKind};
use yew::prelude::*;

use super::{
    Shown,
    drawing::drawing,
    elements::{Stands, attribute, button, list, on_press, says, span, when},
    share_panel::share_panel,
};
use crate::{
    intent::Intent,
    share,
    state::{Panel, Said},
    text::join,
};

/// The buttons that a narrow page shows before "more".
const ALWAYS_SHOWN_BUTTONS: usize = 4;

/// "Bagikan berita ke:" and the buttons; on a narrow page the style sheet shows the first few, and
/// the rest while "more" is open. "More" follows the first few, so that it does not move when it opens.
pub(super) fn share_bar(shown: &Shown<'_>) -> Html {
    let Shown {
        view,
        state,
        device,
        ..
    } = shown;
    // Only the browser knows whether there is a share sheet. Draw its item in any case, so that server and browser have the
    // same items.
    let hidden = |button: &Button| button.kind == ButtonKind::Native && !device.share_sheet;
    let draw = |button: &Button| {
        html! { <li hidden={hidden(button)} title={attribute(&button.label)}>{share_button(shown, button)}</li> }
    };
    let first = ALWAYS_SHOWN_BUTTONS + view.networks.iter().filter(|button| hidden(button)).count();
    let (first, rest) = view.networks.split_at(first.min(view.networks.len()));
    let more = if state.more {
        &view.labels.close
    } else {
        &view.labels.more
    };
    let expands = Stands::Expanded(state.more);
    let name = span("share-name", &view.labels.more);
    let mut buttons = Vec::new();
    for button in first {
        buttons.push(draw(button));
    }
    buttons.push(html! {
        <li class="more" title={attribute(more)}>{button(shown, "more", expands, Intent::More, name)}</li>
    });
    for button in rest {
        buttons.push(draw(button));
    }
    let copied = || html! { <p part="notice" aria-hidden="true">{&*view.labels.copied}</p> };
    // The list has the name, which readers who enter by the tab key hear; the name of a group would be read twice.
    html! {
        <div part="share" data-style={view.share_style.name()}>
            {list(vec![
                html! { <span id="share" part="share-label">{&*view.labels.share}</span> },
                html! { <ul role="list" aria-labelledby="share" data-open={says(state.more)}>{list(buttons)}</ul> },
                when(state.said == Some(Said::Copied), copied),
                share_panel(shown),
            ])}
        </div>
    }
}

fn share_button(shown: &Shown<'_>, shared: &Button) -> Html {
    let Shown {
        settings,
        view,
        device,
        format,
        ..
    } = shown;
    let (name, label) = (shared.key.as_str(), &*shared.label);
    let intent = || Intent::Share(shared.key.clone(), shared.kind);
    let press = |stands| button(shown, name, stands, intent(), mark_and_name(shared));
    // A button that opens and closes a panel.
    let toggle = |panel| {
        let open = shown.state.panel.map(Panel::opener) == Some(panel);
        press(Stands::Expanded(open))
    };
    match shared.kind {
        ButtonKind::Native | ButtonKind::Copy => press(Stands::Still),
        ButtonKind::Qr => toggle(Panel::Qr),
        ButtonKind::Mastodon => toggle(Panel::Mastodon),
        ButtonKind::Link => {
            let href = share::address(shared, &settings.page, device.phone, "", *format);
            // A mail program opens no tab.
            let opens = !href
                .as_ref()
                .is_some_and(|href| href.starts_with("mailto:"));
            // Part of the link's name: screen readers stop at hidden text as if it were another link.
            let name_and_tab = opens.then(|| join(&[label, " ", &view.labels.new_tab]));
            let onclick = on_press(shown, intent());
            let middle = onclick.clone();
            // A middle click follows a link; a right click opens its menu.
            let onauxclick = move |event: MouseEvent| {
                if event.button() == 1 {
                    middle.emit(event);
                }
            };
            html! {
                <a part="share-button" data-part={attribute(name)} {href} target={opens.then_some("_blank")}
                    rel="noopener noreferrer" aria-label={name_and_tab} {onclick} {onauxclick}>
                    {mark_and_name(shared)}
                </a>
            }
        }
    }
}

/// The mark, if there is one, and the name, which the style sheet may leave to assistive technology.
fn mark_and_name(Button { mark, label, .. }: &Button) -> Html {
    let mark = mark
        .as_ref()
        .map(|path| drawing("share-mark", "0 0 24 24", &[(path, None)]));
    list(vec![mark.unwrap_or_default(), span("share-name", label)])
}
