//! The parts of the widget: functions from data to markup with listeners. They call no browser, so that the endpoint renders
//! them to text. The reader's intents go up through a callback.

use wire::View;
use yew::prelude::*;

use crate::{format::Format, intent::Intent, settings::Settings, state::State};

mod article;
mod drawing;
mod elements;
mod notice;
mod poll;
mod read_counter;
mod share_bar;
mod share_panel;

use article::heading;
use elements::{list, section, when};
use notice::notice;
use poll::poll;
use read_counter::read_counter;
use share_bar::share_bar;

/// The data of all parts, and the callback. Parts are functions of it, because each further component that Yew manages
/// would cost every reader most of a kilobyte.
pub struct Shown<'a> {
    /// What the page wants.
    pub settings: &'a Settings,
    /// Options, buttons and texts.
    pub view: &'a View,
    /// Counts and choices.
    pub state: &'a State,
    /// How numbers and dates are written.
    pub format: &'a dyn Format,
    /// What this browser can do.
    pub device: Device,
    /// Whether the poll is drawn too, or not yet.
    pub poll: bool,
    /// Whether the live region says what the reader has done, or not yet.
    pub announces: bool,
    /// Where a choice goes by itself, where nothing hears it: only what a server draws has that.
    pub action: Option<&'a str>,
    /// Receives the reader's intents.
    pub on_intent: &'a Callback<Intent>,
}

/// What the reader's device can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// It has a share sheet of its own.
    pub share_sheet: bool,
    /// It is a phone, where some networks have another address.
    pub phone: bool,
}

/// The whole widget: heading, counter and share bar, the article's own place, poll. Each part says its own language and
/// direction: what is around all of them is around the article too, which may have others.
pub fn widget(shown: &Shown) -> Html {
    let Shown {
        settings,
        view,
        state,
        on_intent,
        ..
    } = shown;
    let on_intent = (*on_intent).clone();
    let closes = state.panel.is_some() || state.more;
    let onkeydown = move |event: KeyboardEvent| {
        // An Escape that closes something here closes nothing of the page's.
        if closes && event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            on_intent.emit(Intent::Escape);
        }
    };
    let above = settings.bar_on_top || settings.body;
    let bar = || {
        let counter = when(settings.reads, || read_counter(shown));
        let share = when(settings.share, || share_bar(shown));
        section("bar", view, vec![counter, share])
    };
    let below = vec![
        when(!above, bar),
        when(shown.poll, || poll(shown)),
        notice(shown),
    ];
    html! {
        <div part="gema" {onkeydown}>
            {list(vec![
                when(settings.body, || heading(shown)),
                when(above, bar),
                html! { <slot /> },
                section("below", view, below),
            ])}
        </div>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
