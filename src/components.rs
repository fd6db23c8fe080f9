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
    /// The element's attributes.
    pub settings: &'a Settings,
    /// Options, buttons and texts.
    pub view: &'a View,
    /// Counts and choices.
    pub state: &'a State,
    /// Formatter of numbers and dates.
    pub format: &'a dyn Format,
    /// Capabilities of the device.
    pub device: Device,
    /// Whether the poll is drawn: it follows the share bar.
    pub poll: bool,
    /// Whether the live region contains the last announcement; false during the pause after a press.
    pub announces: bool,
    /// The `action` of the poll's form, which works without scripts; only server-side rendering has one.
    pub action: Option<&'a str>,
    /// Receives the reader's intents.
    pub on_intent: &'a Callback<Intent>,
}

/// Capabilities of the reader's device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// It has a share sheet of its own.
    pub share_sheet: bool,
    /// It is a phone, where some networks have another address.
    pub phone: bool,
}

/// The whole widget: heading, counter and share bar, the slot for the article, poll. Each part has `lang` and `dir` of its
/// own, because a common ancestor's would apply to the article too.
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
        // Otherwise the page would close something of its own too.
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
